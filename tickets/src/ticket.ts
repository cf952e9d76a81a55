/** The aggregate: its states and decisions. No I/O, no clock: `now` comes in, a change with its event comes out. */
import { isDeepStrictEqual } from 'node:util';
import { BadRequest, InvalidFields, NotFound, NotYours } from '@ticketing/common/errors';
import {
  type EveryField,
  everyField,
  type OrderState,
  type TicketState,
  type TicketStatus,
  ticketUpdated,
} from '@ticketing/common/events';
import type { Money } from '@ticketing/common/money';
import { change, refuse, unchanged } from '@ticketing/common/outbox';
import { invalidTexts } from '@ticketing/common/texts';

/**
 * Who has the ticket, as far as orders has said (docs/protocol.md, "Ticket lock"). `holdSequence` is a fencing token:
 * an order with a lower one can neither take nor free it.
 */
export interface Lock {
  readonly state: 'free' | 'reserved' | 'sold';
  readonly orderId?: string;
  /** When a hold ends if nobody pays; only to tell people, orders alone ends it. */
  readonly until?: Date | undefined;
  readonly holdSequence: number;
  readonly orderVersion: number;
}

export interface Ticket {
  readonly id: string;
  readonly version: number;
  /** Its seller. */
  readonly userId: string;
  readonly title: string;
  readonly price: Money;
  readonly startsAt?: Date | undefined;
  readonly place?: string | undefined;
  /** The seller's own fact; the lock is orders'. Neither touches the other. */
  readonly listed: boolean;
  readonly lock: Lock;
}

/** What a seller says of a ticket: all that is neither who and what it is, nor told by orders. */
export type Offer = Omit<Ticket, 'id' | 'version' | 'userId' | 'listed' | 'lock'>;

/** The offer in it alone. A field of an offer that is not named here does not compile. */
const offerOf = ({ title, price, startsAt, place }: Offer): EveryField<Offer> => ({
  title,
  price,
  startsAt,
  place,
});

export class TicketReserved extends BadRequest {
  constructor() {
    super('ticket_reserved', 'The ticket is reserved: a buyer is paying');
  }
}

export class TicketSold extends BadRequest {
  constructor() {
    super('ticket_sold', 'The ticket is sold');
  }
}

export class TicketWithdrawn extends BadRequest {
  constructor() {
    super('ticket_withdrawn', 'The ticket is withdrawn');
  }
}

export class StartsInThePast extends InvalidFields {
  constructor() {
    super([{ field: 'startsAt', message: 'startsAt must be in the future' }]);
  }
}

/** The lock of a ticket that never had an order. */
export const NEVER_HELD: Lock = { state: 'free', holdSequence: 0, orderVersion: 0 };

const isPast = (startsAt: Date | undefined, now: Date): boolean => startsAt !== undefined && startsAt <= now;

/** An offer must be one that people can read, of something to come. Texts that stand already may stay. */
const whyNotToOffer = ({ title, place, startsAt }: Offer, now: Date, standing?: Ticket) =>
  invalidTexts({ title, place }, standing) ?? (isPast(startsAt, now) ? new StartsInThePast() : undefined);

/** A new ticket, on sale at once. @throws {InvalidFields} {StartsInThePast} */
export const putUp = (id: string, seller: string, offer: Offer, now: Date): Ticket => {
  const refusal = whyNotToOffer(offer, now);
  if (refusal !== undefined) throw refusal;
  return { id, version: 0, userId: seller, ...offer, listed: true, lock: NEVER_HELD };
};

const sameOffer = (ticket: Ticket, offer: Offer): boolean =>
  isDeepStrictEqual(offerOf(ticket), offerOf(offer));

/** Sold, reserved, withdrawn, on sale, in this order; whatever the time (an answer minds it: `toAnswer`). */
const statusOf = ({ lock, listed }: Ticket): TicketStatus => {
  if (lock.state === 'sold') return 'sold';
  if (lock.state === 'reserved') return 'reserved';
  return listed ? 'on sale' : 'withdrawn';
};

/** A withdrawn ticket is there for its seller alone. */
export const isHiddenFrom = (ticket: Ticket, user: string | undefined): boolean =>
  statusOf(ticket) === 'withdrawn' && ticket.userId !== user;

/** Only its seller may change a ticket, and only while nobody holds it. */
const whyNotToChange = (ticket: Ticket, user: string) => {
  if (isHiddenFrom(ticket, user)) return new NotFound('Ticket not found');
  if (ticket.userId !== user) return new NotYours('This ticket is not yours');
  if (ticket.lock.state === 'reserved') return new TicketReserved();
  if (ticket.lock.state === 'sold') return new TicketSold();
  return undefined;
};

/**
 * What becomes of a ticket when its seller says something else of it. Saying the same again changes nothing, also when it
 * has begun meanwhile. Refused: {NotFound} {NotYours} {TicketReserved} {TicketSold} {TicketWithdrawn} {InvalidFields}
 * {StartsInThePast}
 */
export const edit = (ticket: Ticket, user: string, offer: Offer, now: Date) => {
  const refusal = whyNotToChange(ticket, user);
  if (refusal !== undefined) return refuse(refusal);
  if (!ticket.listed) return refuse(new TicketWithdrawn());
  if (sameOffer(ticket, offer)) return unchanged;
  const badOffer = whyNotToOffer(offer, now, ticket);
  if (badOffer !== undefined) return refuse(badOffer);
  return change({ ...ticket, ...offerOf(offer) }, ticketUpdated);
};

/** Takes it off sale for good. Refused, unless it is free: {NotFound} {NotYours} {TicketReserved} {TicketSold} */
export const withdraw = (ticket: Ticket, user: string) => {
  const refusal = whyNotToChange(ticket, user);
  if (refusal !== undefined) return refuse(refusal);
  if (!ticket.listed) return unchanged;
  return change({ ...ticket, listed: false }, ticketUpdated);
};

const lockStates = { 'awaiting payment': 'reserved', completed: 'sold', cancelled: 'free' } as const;

/** Of an order, what its ticket's lock is made of. */
export type LockingOrder = Pick<OrderState, 'id' | 'status' | 'expiresAt' | 'holdSequence' | 'version'>;

/** The lock of a ticket whose last order this is. */
export const lockBy = ({ id, status, expiresAt, holdSequence, version }: LockingOrder): Lock => {
  const state = lockStates[status];
  return {
    state,
    ...(state === 'free' ? {} : { orderId: id }),
    ...(state === 'reserved' ? { until: new Date(expiresAt) } : {}),
    holdSequence,
    orderVersion: version,
  };
};

const isNewer = (order: LockingOrder, lock: Lock): boolean =>
  order.holdSequence > lock.holdSequence ||
  (order.holdSequence === lock.holdSequence && order.version > lock.orderVersion);

/**
 * Follows what orders says, if it is newer than what the lock knows, by (holdSequence, version); also on a withdrawn
 * ticket. So events may come late, twice and in any order: an old order never frees what somebody else holds by now.
 */
export const follow = (ticket: Ticket, order: LockingOrder) =>
  isNewer(order, ticket.lock) ? change({ ...ticket, lock: lockBy(order) }, ticketUpdated) : unchanged;

/** On sale now: listed, free, and not begun. */
export const isOnSale = (ticket: Ticket, now: Date): boolean =>
  statusOf(ticket) === 'on sale' && !isPast(ticket.startsAt, now);

/** The public state. It alone builds answers and events. */
export const toPublic = (ticket: Ticket): TicketState =>
  everyField<TicketState>({
    id: ticket.id,
    version: ticket.version,
    userId: ticket.userId,
    title: ticket.title,
    price: ticket.price,
    listed: ticket.listed,
    status: statusOf(ticket),
    orderId: ticket.lock.orderId,
    reservedUntil: ticket.lock.until?.toISOString(),
    startsAt: ticket.startsAt?.toISOString(),
    place: ticket.place,
  });

/** The ticket that a public state tells of; the numbers of its lock are in no public state. */
export const fromPublic = (state: TicketState, lock: Lock): Ticket =>
  everyField<Ticket>({
    id: state.id,
    version: state.version,
    userId: state.userId,
    title: state.title,
    price: state.price,
    startsAt: state.startsAt === undefined ? undefined : new Date(state.startsAt),
    place: state.place,
    listed: state.listed,
    lock,
  });
