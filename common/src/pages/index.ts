/**
 * Lists in pages by keyset: a page begins after the sort keys of the item before it, so pages neither repeat nor skip
 * while things come and go. This module knows no HTTP, so that use cases need not either.
 */
import { createHash } from 'node:crypto';
import { InvalidCursor } from '../errors/index.ts';

/** A page of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Position after the last item, absent on the last page. */
  readonly next?: Position | undefined;
}

/** Where a page begins: the sort keys of the item before it, and what else says which list it is a place in. */
export type Position = readonly (string | number)[];

/** The page of `limit` items, of what was found by asking for one more: only that one tells whether there is a next page. */
export const pageOf = <T>(found: readonly T[], limit: number, positionOf: (last: T) => Position): Page<T> => {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? positionOf(last) : undefined };
};

/** Short name of a list, to stand in its positions: a position is a place in one list, and means nothing in another. */
export const listName = (...what: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('base64url').slice(0, 12);

const MAX_CURSOR = 512;

/** An opaque cursor for the URL. */
export const encodeCursor = (position: Position): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

const kindOf = (key: unknown): string => typeof key;

/**
 * The position a cursor stands for.
 * @param kinds what each key must be; a cursor of another list or a forged one is refused
 * @throws {InvalidCursor}
 */
export const decodeCursor = (cursor: string, kinds: readonly ('string' | 'number')[]): Position => {
  if (cursor.length > MAX_CURSOR) throw new InvalidCursor();
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(position) &&
      position.length === kinds.length &&
      position.every((key, index) => kindOf(key) === kinds[index]) &&
      // Ours are written in one way only; this leaves out numbers without end and rubbish between the letters.
      encodeCursor(position) === cursor
    ) {
      return position;
    }
  } catch {
    // Not base64url of JSON: refused below, like every other thing that is no cursor.
  }
  throw new InvalidCursor();
};
