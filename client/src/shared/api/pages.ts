import type { AxiosResponse } from 'axios';
import type { Page } from './types.ts';

/** The page of a list in an answer: its items, and the cursor that the `Link` header names as next. */
export const toPage = <T>({ data, headers }: AxiosResponse<readonly T[]>): Page<T> => {
  const next = nextCursor(headers.link);
  return next === undefined ? { items: data } : { items: data, next };
};

const nextCursor = (link: unknown): string | undefined => {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(String(link ?? ''))?.[1];
  if (target === undefined) return undefined;
  return new URL(target, 'http://any').searchParams.get('cursor') ?? undefined;
};
