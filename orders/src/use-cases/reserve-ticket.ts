import { found, Unavailable } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/http';
import { type IdempotencyKey, withKey } from '@ticketing/common/idempotency';
import { Types } from 'mongoose';
import { type OrderAnswer, toAnswer } from '../answer.ts';
import { freeSlot, LAPSE_MS, MAX_LAPSES, refuseLapser } from '../limits.ts';
import { expire, isListed, isOverdue, type Order, reserve, TicketReserved } from '../order.ts';
import type { Deps } from './deps.ts';

export interface ReserveTicket {
  readonly user: SessionUser;
  readonly ticketId: string;
  readonly idempotency?: IdempotencyKey;
}

/** Each time we are overtaken somebody else has made a hold; so many in a row and the buyer had better ask again. */
const MAX_TRIES = 25;

/**
 * Holds a ticket for a buyer. Of many at once exactly one succeeds: the unique index on held tickets decides.
 * @throws {NotFound} for a ticket that is unknown, or withdrawn
 * @throws {OwnTicket} {TicketStarted} {TicketReserved} {TooManyReservations} {ReservationPaused}
 */
export const reserveTicket =
  (deps: Deps) =>
  async ({ user, ticketId, idempotency }: ReserveTicket): Promise<OrderAnswer> => {
    const { orders, tickets, clock, holdSeconds } = deps;
    const known = found(await tickets.findSoon(ticketId), 'Ticket');
    const ticket = found(isListed(known) ? known : undefined, 'Ticket');

    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const after = await lastOrder(deps, ticketId);
      const slot = await slotFor(deps, user.id, ticketId, after);
      const id = new Types.ObjectId().toHexString();
      const now = clock.now();
      const order = reserve({ id, buyer: user.id, ticket, after, slot, now, holdSeconds });
      const answer = toAnswer(order);
      switch (await orders.hold(order, withKey(user, idempotency, now, answer))) {
        case 'ours':
          return answer;
        case 'taken':
          throw new TicketReserved();
        case 'overtaken':
          continue;
      }
    }
    throw new Unavailable();
  };

/** The ticket's last order; if its time is over, it is cancelled in passing, and the ticket is to be had. */
const lastOrder = async ({ orders, clock, metrics }: Deps, ticketId: string): Promise<Order | undefined> => {
  const last = await orders.lastOf(ticketId);
  if (last === undefined || !isOverdue(last, clock.now())) return last;
  const outcome = found(await orders.change(last.id, (order) => expire(order, clock.now())), 'Order');
  if (outcome.kind === 'changed') metrics.expired(clock.now().getTime() - last.expiresAt.getTime());
  return outcome.state;
};

/** A free slot of the buyer's, who must not have let this ticket lapse again and again. */
const slotFor = async (
  { orders, clock, limited }: Deps,
  buyer: string,
  ticketId: string,
  after: Order | undefined,
): Promise<number | undefined> => {
  // Somebody has it: nothing of the buyer's matters. In a rush this is nearly everybody, at the cost of one read.
  if (!limited || (after !== undefined && after.status !== 'cancelled')) return undefined;
  const now = clock.now();
  const since = new Date(now.getTime() - LAPSE_MS);
  const [taken, lapses] = await Promise.all([
    orders.openSlots(buyer),
    orders.lapses(buyer, ticketId, since, MAX_LAPSES),
  ]);
  refuseLapser(lapses, now);
  return freeSlot(taken, ticketId);
};
