/**
 * The aggregate: its states and decisions (docs/protocol.md, "Order"). No I/O, no clock: `now` comes in, a change with
 * its event comes out.
 */
import { BadRequest, NotYours, Refusal } from '@ticketing/common/errors';
import {
  type CancelReason,
  everyField,
  type OrderState,
  type OrderStatus,
  orderCancelled,
  orderCompleted,
  orderCreated,
  type PaymentState,
  type TicketState,
} from '@ticketing/common/events';
import { type Money, sameMoney } from '@ticketing/common/money';
import { change, putOff, refuse, unchanged } from '@ticketing/common/outbox';

/** The event that tells each state. */
export const told = {
  'awaiting payment': orderCreated,
  completed: orderCompleted,
  cancelled: orderCancelled,
} as const satisfies Record<OrderStatus, unknown>;

/** A ticket as it was when the order was made: what its seller changes later is not what this buyer agreed to. */
export interface OrderedTicket {
  readonly id: string;
  readonly title: string;
  readonly price: Money;
}

/** Noted beside the state once the money is taken: of no decision, no version and no event is it part. */
export interface Receipt {
  readonly paymentId: string;
  readonly paidAt: Date;
}

export interface Order {
  readonly id: string;
  readonly version: number;
  /** Its buyer. */
  readonly userId: string;
  readonly status: OrderStatus;
  readonly expiresAt: Date;
  /** Fencing token of the ticket's lock: one more with each order of the ticket. */
  readonly holdSequence: number;
  /** Which of the buyer's places for open holds it takes; absent where nobody counts them. See `limits.ts`. */
  readonly slot?: number | undefined;
  /** The payment that won. */
  readonly paymentId?: string | undefined;
  /** Why it was cancelled. */
  readonly reason?: CancelReason | undefined;
  readonly ticket: OrderedTicket;
  /** When the show begins, and where it is, as its buyer agreed to; absent where the ticket did not say. */
  readonly startsAt?: Date | undefined;
  readonly place?: string | undefined;
  /**
   * The date and the place are kept here, if the ticket had any: by its absence the migration knows an order of a version
   * that did not keep them (migrations/0001-date-and-place.ts).
   */
  readonly termsKept?: true | undefined;
  readonly receipt?: Receipt | undefined;
}

/** Somebody has the ticket: they may still pay for it, or they have. */
export class TicketReserved extends BadRequest {
  constructor() {
    super('ticket_reserved', 'Ticket is already reserved');
  }
}

/** Nobody buys from themselves. */
export class OwnTicket extends BadRequest {
  constructor() {
    super('own_ticket', 'You cannot reserve your own ticket');
  }
}

export class TicketStarted extends BadRequest {
  constructor() {
    super('ticket_started', 'The ticket is no longer on sale: it has begun');
  }
}

export class OrderCompleted extends BadRequest {
  constructor() {
    super('order_completed', 'The order is paid and cannot be cancelled');
  }
}

/** A payment of another amount, or in another currency, than the order's. It buys nothing. */
export class WrongAmount extends Refusal {
  constructor() {
    super(400, [{ message: 'The payment is not of the order’s amount' }]);
  }
}

/** A ticket that is no longer on sale by its seller is as good as unknown. */
export const isListed = (ticket: TicketState): boolean => ticket.listed;

const hasStarted = ({ startsAt }: TicketState, now: Date): boolean =>
  startsAt !== undefined && new Date(startsAt) <= now;

/** Its time is over, and nobody has paid or let go yet. */
export const isOverdue = (order: Order, now: Date): boolean =>
  order.status === 'awaiting payment' && order.expiresAt <= now;

export interface Reservation {
  readonly id: string;
  readonly buyer: string;
  readonly ticket: TicketState;
  /** The ticket's last order, if it ever had one. */
  readonly after: Order | undefined;
  readonly slot: number | undefined;
  readonly now: Date;
  readonly holdSeconds: number;
}

/**
 * Holds a ticket for a buyer who is not its seller, if no other order holds it. What it decides on may be old by the time it
 * is saved: then the unique indexes refuse the insert.
 * @throws {OwnTicket} {TicketStarted} {TicketReserved}
 */
export const reserve = ({ id, buyer, ticket, after, slot, now, holdSeconds }: Reservation): Order => {
  if (ticket.userId === buyer) throw new OwnTicket();
  if (hasStarted(ticket, now)) throw new TicketStarted();
  if (after !== undefined && after.status !== 'cancelled') throw new TicketReserved();
  return everyField<Order>({
    id,
    version: 0,
    userId: buyer,
    status: 'awaiting payment',
    expiresAt: new Date(now.getTime() + holdSeconds * 1000),
    holdSequence: (after?.holdSequence ?? 0) + 1,
    slot,
    paymentId: undefined,
    reason: undefined,
    ticket: { id: ticket.id, title: ticket.title, price: ticket.price },
    startsAt: ticket.startsAt === undefined ? undefined : new Date(ticket.startsAt),
    place: ticket.place,
    termsKept: true,
    receipt: undefined,
  });
};

const cancel = (order: Order, reason: CancelReason) =>
  change({ ...order, status: 'cancelled' as const, reason }, orderCancelled);

/** Only its buyer sees an order. @throws {NotYours} */
export const ownedBy = (order: Order, user: string): Order => {
  if (order.userId !== user) throw new NotYours('This order is not yours');
  return order;
};

/** Its buyer lets go. Doing it twice is doing it once. */
export const release = (order: Order, user: string) => {
  if (order.userId !== user) return refuse(new NotYours('This order is not yours'));
  if (order.status === 'cancelled') return unchanged;
  if (order.status === 'completed') return refuse(new OrderCompleted());
  return cancel(order, 'released');
};

/** The time ran out. */
export const expire = (order: Order, now: Date) => {
  if (order.status !== 'awaiting payment') return unchanged; // late or repeated: nothing to do
  if (now < order.expiresAt) return putOff(order.expiresAt); // the sender's clock is ahead of ours
  return cancel(order, 'expired');
};

/** A payment was authorised. Overdue or not: as long as nobody cancelled, the buyer gets the ticket. */
export const complete = (order: Order, payment: PaymentState) => {
  if (order.status !== 'awaiting payment') return unchanged; // payments reads the verdict from our state
  if (!sameMoney(payment, order.ticket.price)) return refuse(new WrongAmount());
  return change({ ...order, status: 'completed' as const, paymentId: payment.id }, orderCompleted);
};

/** A capture can never succeed. Only the payment that won the order can lose it. */
export const losePayment = (order: Order, payment: PaymentState) => {
  if (order.status !== 'completed' || order.paymentId !== payment.id) return unchanged;
  return cancel(order, 'payment_failed');
};

/**
 * Nothing waits for it any more: its money is taken, and its ticket says of itself what the order says of it. Else
 * tickets may have lost what it was told, and the ticket would be locked, or on sale, for ever (docs/protocol.md, "Rule
 * 5: republishing").
 * @param ticket as tickets has last said it is
 */
export const isSettled = ({ id, status, receipt }: Order, ticket: TicketState | undefined): boolean => {
  const isHeld = ticket?.orderId === id;
  switch (status) {
    case 'awaiting payment':
      return false;
    case 'completed':
      return receipt !== undefined && isHeld && ticket.status === 'sold';
    case 'cancelled':
      return !isHeld;
  }
};

/** The public state. It alone builds answers and events. */
export const toPublic = (order: Order): OrderState =>
  everyField<OrderState>({
    id: order.id,
    version: order.version,
    userId: order.userId,
    status: order.status,
    expiresAt: order.expiresAt.toISOString(),
    holdSequence: order.holdSequence,
    paymentId: order.paymentId,
    reason: order.reason,
    ticket: everyField<OrderState['ticket']>({
      id: order.ticket.id,
      title: order.ticket.title,
      price: order.ticket.price,
      startsAt: order.startsAt?.toISOString(),
      place: order.place,
    }),
  });

/** The order that a public state tells of; its slot and its receipt are in no public state. */
export const fromPublic = (state: OrderState): Order =>
  everyField<Order>({
    id: state.id,
    version: state.version,
    userId: state.userId,
    status: state.status,
    expiresAt: new Date(state.expiresAt),
    holdSequence: state.holdSequence,
    slot: undefined,
    paymentId: state.paymentId,
    reason: state.reason,
    ticket: { id: state.ticket.id, title: state.ticket.title, price: state.ticket.price },
    startsAt: state.ticket.startsAt === undefined ? undefined : new Date(state.ticket.startsAt),
    place: state.ticket.place,
    termsKept: true,
    receipt: undefined,
  });
