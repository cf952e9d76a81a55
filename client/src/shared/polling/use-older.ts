'use client';
import { type MouseEvent, useEffect, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import type { Page } from '../api/types.ts';

interface Known<T> {
  readonly items: readonly T[];
  /** The cursor of what comes after these. */
  readonly next: string | undefined;
  /** How many of them there were before the last ones came. */
  readonly before: number;
}

export interface Older<T> extends Known<T> {
  /** For the link to the next page. */
  load(event: MouseEvent): Promise<void>;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
}

/** What had been read on when one left a list, for the way back: then the router hands out the same page again. */
const left = new WeakMap<object, Known<unknown>>();

/**
 * What comes after the page of a list that was rendered; without script the same link leads to it.
 * @param page as the server rendered it: its own object
 * @param ask the page of a cursor; rejects with an ApiError
 */
export const useOlder = <T>(
  page: Pick<Page<unknown>, 'next'>,
  ask: (cursor: string) => Promise<Page<T>>,
): Older<T> => {
  const [known, setKnown] = useState<Known<T>>(() => {
    const { items, next } = (left.get(page) as Known<T> | undefined) ?? { items: [], next: page.next };
    return { items, next, before: items.length };
  });
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const { items, next } = known;
  useEffect(() => {
    left.set(page, known);
  }, [page, known]);
  const load = async (event: MouseEvent): Promise<void> => {
    // Another tab, another window: as with any link.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (state === 'loading' || next === undefined) return;
    setState('loading');
    try {
      const more = await ask(next);
      setKnown({ items: [...items, ...more.items], next: more.next, before: items.length });
      setState('idle');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState('failed');
    }
  };
  return { ...known, load, isLoading: state === 'loading', hasFailed: state === 'failed' };
};
