import { InvalidCursor } from '@ticketing/common/errors';
import { decodeCursor, type Position } from '@ticketing/common/pages';

/** The place after something in a list. */
export const positionIn =
  (list: string) =>
  ({ id }: { readonly id: string }): Position => [list, id];

/** The id after which a page of this list begins. @throws {InvalidCursor} */
export const readCursor = (cursor: string | undefined, list: string): string | undefined => {
  if (cursor === undefined) return undefined;
  const [of, id] = decodeCursor(cursor, ['string', 'string']);
  if (of !== list || !/^[0-9a-f]{24}$/.test(String(id))) throw new InvalidCursor();
  return String(id);
};
