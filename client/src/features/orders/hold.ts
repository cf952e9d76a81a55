import type { Order } from '../../shared/api/types.ts';

/** The perforation is the countdown: so many holes, and one closes every hold ÷ 30 (art direction). */
export const HOLES = 30;

/** By the server's clock: an ObjectId begins with the second it was made in (MongoDB's BSON). */
const orderedAt = ({ id }: Pick<Order, 'id'>): Date => new Date(Number.parseInt(id.slice(0, 8), 16) * 1000);

/** The whole time that an order has. */
export const holdSeconds = (order: Pick<Order, 'id' | 'expiresAt'>): number =>
  Math.max(1, Math.floor((Date.parse(order.expiresAt) - orderedAt(order).getTime()) / 1000));

/** Holes that are closed by now, from none at the beginning to all of them at the end. */
export const holesClosed = (secondsLeft: number, hold: number): number =>
  Math.min(HOLES, Math.max(0, Math.floor(((hold - secondsLeft) / hold) * HOLES)));

/** Time left at which the colour changes, and words say why, in seconds. */
const URGENT = 60;

/** Less than a minute, and not over. */
export const isUrgent = (secondsLeft: number): boolean => secondsLeft > 0 && secondsLeft < URGENT;

/** Time left that is said aloud, in seconds: never each second, which would drown everything else. */
export const ANNOUNCED = [300, 60, 30] as const;

export type Announced = (typeof ANNOUNCED)[number];

/**
 * What is to be said now that time has gone from `before` to `now`, in seconds left. A page that slept meanwhile says
 * only the last of what it missed.
 */
export const toAnnounce = (before: number, now: number): Announced | undefined =>
  now <= 0 ? undefined : ANNOUNCED.filter((at) => now <= at && at < before).at(-1);

/**
 * Milliseconds until it is worth asking how an order is; null where nothing will change any more.
 * @param secondsLeft of its hold
 * @param isPaying a payment is under way, whose end is moments away
 */
export const askEvery = (
  order: Pick<Order, 'status' | 'receipt'>,
  secondsLeft: number,
  isPaying: boolean,
): number | null => {
  switch (order.status) {
    case 'cancelled':
      return null;
    case 'completed':
      // The receipt is noted when the money is taken, a moment later.
      return order.receipt === undefined ? 1_500 : null;
    default:
      if (secondsLeft <= 0) return 700;
      if (isPaying) return 1_000;
      if (secondsLeft <= 15) return 1_500;
      return secondsLeft <= 60 ? 3_000 : 6_000;
  }
};
