/** Which of a visitor’s orders of one ticket counts. Pure. */
import type { Order } from '../api/types.ts';

/** What this module needs to know of an order. */
export type Known = Pick<Order, 'id' | 'version' | 'status'>;

/**
 * The one that is newer: of one order its higher version; of two the one made later, which an ObjectId tells by the second.
 * Of one second it is the one that still holds the ticket, since a ticket is held by one order at most.
 */
export const newestOf = <O extends Known>(one: O | undefined, other: O | undefined): O | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.id === other.id) return other.version > one.version ? other : one;
  const [madeOne, madeOther] = [one, other].map(({ id }) => id.slice(0, 8)) as [string, string];
  if (madeOne === madeOther) return one.status === 'cancelled' ? other : one;
  return madeOther > madeOne ? other : one;
};
