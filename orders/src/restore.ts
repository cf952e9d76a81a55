/**
 * What becomes of an order after its database was restored from a backup (docs/protocol.md, rule 8). Pure: the backup's own
 * order and what payments has heard of it come in, what the order is comes out.
 */
import { everyField, type OrderState } from '@ticketing/common/events';
import { fromPublic, type Order } from './order.ts';

/** What is known of the orders of one ticket, at all places together. */
export interface TicketHistory {
  /** By `holdSequence`: when the order was made, in seconds since 1970. */
  readonly madeAt: (number | undefined)[];
  /** The order with the highest `holdSequence`. */
  last: { readonly id: string; readonly holdSequence: number; readonly version: number };
}

/** The lock of a ticket, with what is needed to name its order where no place has it. */
export interface LockedTicket {
  readonly id: string;
  readonly title: string;
  readonly price: Order['ticket']['price'];
  readonly startsAt?: Date | undefined;
  readonly place?: string | undefined;
  readonly lock: {
    readonly orderId?: string | undefined;
    readonly until?: Date | undefined;
    readonly holdSequence: number;
    readonly orderVersion: number;
  };
}

/** An order of which nothing tells whose it was. */
const NOBODY = '0'.repeat(24);

/** The first four bytes of an id are the second in which it was made. */
const secondOf = (id: string): number => Number.parseInt(id.slice(0, 8), 16);

/** The newer of the two. Of one version it is the same state, and the own order has its slot and its receipt as well. */
export const newestOf = (own: Order | undefined, copy: OrderState | undefined): Order | undefined =>
  copy !== undefined && (own === undefined || copy.version > own.version) ? fromPublic(copy) : own;

/** Adds an order to the histories, by the ids of their tickets. */
export const noteOrder = (histories: Map<string, TicketHistory>, order: Order): void => {
  const { id, holdSequence, version, ticket } = order;
  const last = { id, holdSequence, version };
  const history = histories.get(ticket.id) ?? { madeAt: [], last };
  history.madeAt[holdSequence] = secondOf(id);
  if (holdSequence >= history.last.holdSequence) history.last = last;
  histories.set(ticket.id, history);
};

/**
 * The order as it really is. One that holds its ticket although another order of that ticket has a higher `holdSequence`,
 * whatever became of that one, had ended before, and nobody heard of it. Only a failed payment ends one that is completed.
 */
export const asItIs = (heard: Order, { last }: Pick<TicketHistory, 'last'>): Order => {
  if (heard.status === 'cancelled' || heard.holdSequence >= last.holdSequence) return heard;
  const reason = heard.status === 'completed' ? 'payment_failed' : undefined;
  return { ...heard, version: heard.version + 1, status: 'cancelled', reason };
};

/** A lock that knows more than every place that has orders: an event was thrown away. */
export const isAhead = (
  { holdSequence, orderVersion }: LockedTicket['lock'],
  history: Pick<TicketHistory, 'last'> | undefined,
): boolean => {
  const last = history?.last ?? { holdSequence: 0, version: 0 };
  if (holdSequence !== last.holdSequence) return holdSequence > last.holdSequence;
  return holdSequence > 0 && orderVersion > last.version;
};

/**
 * The order that such a lock knows, cancelled one version above what the lock has heard, with its sequence.
 * @param known the order with that sequence, where there is one: a free lock does not name it
 * @param newId of an order that nothing names
 */
export const cancelUnknown = (
  { lock, ...ticket }: LockedTicket,
  known: Order | undefined,
  newId: string,
  now: Date,
): Order => {
  const version = lock.orderVersion + 1;
  if (known !== undefined) return { ...known, version, status: 'cancelled' };
  const { id, title, price, startsAt, place } = ticket;
  return everyField<Order>({
    id: lock.orderId ?? newId,
    version,
    userId: NOBODY,
    status: 'cancelled',
    expiresAt: lock.until ?? now,
    holdSequence: lock.holdSequence,
    slot: undefined,
    paymentId: undefined,
    reason: undefined,
    ticket: { id, title, price },
    startsAt,
    place,
    termsKept: true,
    receipt: undefined,
  });
};

/**
 * When it was saved last, which no copy tells: at the latest when its hold ended and before the next order of its ticket was
 * made. The holds of a ticket follow one another, and stay so for who compares (docs/protocol.md, rule 7).
 */
export const savedBy = ({ expiresAt, holdSequence }: Order, history: TicketHistory, now: Date): Date => {
  const next = history.madeAt[holdSequence + 1];
  const latest = Math.min(now.getTime(), expiresAt.getTime());
  return new Date(next === undefined ? latest : Math.min(latest, next * 1_000));
};
