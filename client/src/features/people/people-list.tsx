'use client';
import Link from 'next/link';
import { useActionState } from 'react';
import type { Page, Person } from '../../shared/api/types.ts';
import { PersonLine } from '../../shared/person/person-line.tsx';
import { OWN_PATH } from '../../shared/person/person-path.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { type TieState, unblock, unfollow } from './actions.ts';

const { own, follow, block } = texts.people;

const kinds = {
  following: {
    ...own.following,
    action: unfollow,
    undo: follow.undo,
    undoing: follow.undo,
    isUndone: follow.isUndone,
  },
  blocked: {
    ...own.blocked,
    action: unblock,
    undo: block.undo,
    undoing: block.undoing,
    isUndone: block.isUndone,
  },
};

interface PeopleListProps {
  readonly kind: keyof typeof kinds;
  readonly page: Page<Person>;
  /** Of the page shown; none for the newest. */
  readonly cursor: string | undefined;
}

const untouched: TieState = {};

/** The people one follows, or has blocked, and the way to undo it. */
export const PeopleList = ({ kind, page: { items, next }, cursor }: PeopleListProps) => {
  const { title, none, action: undo, undo: verb, undoing, isUndone } = kinds[kind];
  const [state, action] = useActionState(undo, untouched);
  // What was pressed is gone then.
  const news = useRefusalFocus<HTMLElement>(state);
  return (
    <section ref={news} aria-labelledby={kind}>
      <h2 id={kind} className="title regular text-lg">
        {title}
      </h2>
      {state.message !== undefined && <FormMessage surface="counter">{state.message}</FormMessage>}
      {state.isUndone !== undefined && (
        <p role="status" data-form-message tabIndex={-1} className="mt-2 font-semibold">
          {isUndone(state.isUndone)}
        </p>
      )}
      {items.length === 0 && cursor === undefined ? (
        <p className="mt-2 text-quiet">{none}</p>
      ) : (
        <ul className="mt-2">
          {items.map((person) => (
            <li
              key={person.userId}
              className="flex items-center justify-between gap-4 border-t-2 border-dotted border-line py-1"
            >
              <PersonLine person={person} />
              <form action={action} className="flex-none">
                <input type="hidden" name="handle" value={person.handle} />
                <input type="hidden" name="name" value={person.name} />
                <SubmitButton look="quiet" pending={undoing}>
                  {verb}
                  <span className="sr-only"> {person.name}</span>
                </SubmitButton>
              </form>
            </li>
          ))}
        </ul>
      )}
      {(next !== undefined || cursor !== undefined) && (
        <p className="flex flex-wrap gap-x-5 border-t-2 border-dotted border-line">
          {next !== undefined && (
            <Link
              href={`${OWN_PATH}?${new URLSearchParams({ [kind]: next })}#${kind}`}
              prefetch={false}
              className={button.quiet}
            >
              {own.more}
            </Link>
          )}
          {cursor !== undefined && (
            <Link href={`${OWN_PATH}#${kind}`} prefetch={false} className={button.quiet}>
              {own.first}
            </Link>
          )}
        </p>
      )}
    </section>
  );
};
