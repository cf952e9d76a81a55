'use client';
import { type MouseEvent, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { request } from '../api/browser.ts';
import { toPage } from '../api/pages.ts';

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

/**
 * What comes after the page of a list that was rendered; without script the same link leads to it.
 * @param first the cursor of the next page
 * @param pathOf where the API has the page of a cursor
 */
export const useOlder = <T>(first: string | undefined, pathOf: (cursor: string) => string): Older<T> => {
  const [known, setKnown] = useState<Known<T>>({ items: [], next: first, before: 0 });
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const { items, next } = known;
  const load = async (event: MouseEvent): Promise<void> => {
    // Another tab, another window: as with any link.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (state === 'loading' || next === undefined) return;
    setState('loading');
    try {
      const page = toPage(await request<T[]>({ url: pathOf(next) }));
      setKnown({ items: [...items, ...page.items], next: page.next, before: items.length });
      setState('idle');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState('failed');
    }
  };
  return { ...known, load, isLoading: state === 'loading', hasFailed: state === 'failed' };
};
