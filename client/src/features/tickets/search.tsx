'use client';
import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { MAX_QUERY, shopPath, type TicketQuery } from './query.ts';
import styles from './search.module.css';

/** A pause in typing that is long enough to look. */
const PAUSE_MS = 250;

const { search } = texts.tickets;

/** What is searched for stays on one line, so it is set narrower the longer it gets, like a title. */
const widthOfLine = (typed: string): string => {
  const { length } = typed === '' ? search.placeholder : typed;
  if (length <= 8) return 'wide';
  if (length <= 14) return 'wide max-sm:regular';
  if (length <= 20) return 'regular max-sm:narrow';
  if (length <= 30) return 'regular max-sm:tight';
  return length <= 44 ? 'narrow max-sm:tight' : 'tight';
};

/** One large line to search by; it looks as one types, and before the page is alive when it is sent. */
export const Search = ({ query }: { query: TicketQuery }) => {
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  /** What was looked for last, from here. */
  const asked = useRef(query.q);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [typed, setTyped] = useState(query.q);

  // The address changed, and not from here: the way back, or a link.
  useEffect(() => {
    if (query.q === asked.current) return;
    asked.current = query.q;
    if (input.current !== null) input.current.value = query.q;
    setTyped(query.q);
  }, [query.q]);

  const look = (): void => {
    clearTimeout(pause.current);
    const q = (input.current?.value ?? '').trim();
    if (q === asked.current) return;
    asked.current = q;
    router.replace(shopPath({ q, sort: query.sort }), { scroll: false });
  };

  const type = (value: string): void => {
    setTyped(value);
    clearTimeout(pause.current);
    pause.current = setTimeout(look, PAUSE_MS);
  };

  // What was typed before the page was alive.
  const catchUp = useEffectEvent(() => type(input.current?.value ?? ''));
  useEffect(() => {
    catchUp();
    // Who presses something before the pause is over wants that: looking now would take them away from where it leads.
    const forget = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest('a, button') !== null) clearTimeout(pause.current);
    };
    document.addEventListener('click', forget, { capture: true });
    return () => {
      document.removeEventListener('click', forget, { capture: true });
      clearTimeout(pause.current);
    };
  }, []);

  const send = (event: FormEvent): void => {
    event.preventDefault();
    look();
  };

  return (
    <search>
      <form action="/" onSubmit={send} className={styles.search}>
        <label htmlFor="q" className="sr-only">
          {search.label}
        </label>
        <input
          ref={input}
          id="q"
          type="search"
          name="q"
          defaultValue={query.q}
          onChange={(event) => type(event.target.value)}
          maxLength={MAX_QUERY}
          placeholder={search.placeholder}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="search"
          className={`title ${widthOfLine(typed)} ${styles.line}`}
        />
        {query.sort !== 'newest' && <input type="hidden" name="sort" value={query.sort} />}
        <button type="submit" className={styles.button}>
          {search.verb}
        </button>
      </form>
    </search>
  );
};
