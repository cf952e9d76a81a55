/**
 * What one buyer may keep from the others (docs/decisions/0005-holds.md). Both limits are decided on what is read, and
 * kept exact by the unique indexes: two requests that race for the same place, or the same ticket, cannot both be
 * saved.
 */
import { BadRequest, Refusal } from '@ticketing/common/errors';

/** Open holds a buyer may have; each takes one of the numbered slots 1 to 10, unique by buyer. */
export const MAX_OPEN_HOLDS = 10;
/** A hold that ran out counts for an hour. */
export const LAPSE_MS = 60 * 60 * 1000;
/** Holds of one ticket that one buyer may let run out within that hour. */
export const MAX_LAPSES = 2;

const SLOTS = Array.from({ length: MAX_OPEN_HOLDS }, (_, index) => index + 1);

export class TooManyReservations extends BadRequest {
  constructor() {
    super('too_many_reservations', 'Too many reservations');
  }
}

export class ReservationPaused extends Refusal {
  constructor(until: Date, now: Date) {
    const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
    const minutes = Math.ceil(seconds / 60);
    const when = minutes === 1 ? 'in a minute' : `in ${minutes} minutes`;
    super(
      400,
      [
        {
          message: `You let this ticket lapse twice. You can reserve it again ${when}`,
          code: 'reservation_paused',
        },
      ],
      seconds,
    );
  }
}

/**
 * A free slot for one more hold.
 * @param taken the slots of the buyer's open holds
 * @param ticketId spreads requests that come at once over the free slots, so that they seldom clash
 * @throws {TooManyReservations}
 */
export const freeSlot = (taken: readonly number[], ticketId: string): number => {
  const free = SLOTS.filter((slot) => !taken.includes(slot));
  const slot = free[Number.parseInt(ticketId.slice(-6), 16) % free.length];
  if (slot === undefined) throw new TooManyReservations();
  return slot;
};

/**
 * Refuses who let the same ticket lapse twice within the last hour, until the earlier of the two is an hour ago.
 * @param lapses when holds of this buyer on this ticket ran out, latest first
 * @throws {ReservationPaused}
 */
export const refuseLapser = (lapses: readonly Date[], now: Date): void => {
  const earliest = lapses[MAX_LAPSES - 1];
  if (earliest === undefined) return;
  const until = new Date(earliest.getTime() + LAPSE_MS);
  if (until > now) throw new ReservationPaused(until, now);
};
