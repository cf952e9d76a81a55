/** Documents in the form in which the services write them, where a test says only what it is about. */
import { randomBytes } from 'node:crypto';
import { newId } from '@ticketing/common/testing';
import type { OrderDocument, PaymentDocument, ReplicaDocument, TicketDocument } from '../src/documents.ts';
import type { Intent } from '../src/intent.ts';
import { stateOfOrder, stateOfTicket } from '../src/public-state.ts';

export const MINUTE_MS = 60_000;
export const price = { amount: 1_999, currency: 'usd' } as const;

/** An id that was made then, to the second. */
export const idAt = (time: Date): string =>
  Math.floor(time.getTime() / 1000)
    .toString(16)
    .padStart(8, '0') + randomBytes(8).toString('hex');

export const aTicket = (given: Partial<TicketDocument> = {}): TicketDocument => ({
  id: newId(),
  version: 0,
  userId: newId(),
  title: 'Nils Frahm',
  price,
  startsAt: new Date('2031-05-01T18:00:00Z'),
  place: 'Hamburg',
  listed: true,
  lock: { state: 'free', holdSequence: 0, orderVersion: 0 },
  ...given,
});

export const anOrder = (
  { id, title, startsAt, place }: TicketDocument,
  given: Partial<OrderDocument> = {},
): OrderDocument => ({
  id: newId(),
  version: 0,
  userId: newId(),
  status: 'awaiting payment',
  expiresAt: new Date(Date.now() + 15 * MINUTE_MS),
  holdSequence: 1,
  ticket: { id, title, price },
  ...(startsAt === undefined ? {} : { startsAt }),
  ...(place === undefined ? {} : { place }),
  savedAt: new Date(),
  ...given,
});

export const completedBy = (order: OrderDocument, paymentId: string): OrderDocument => ({
  ...order,
  version: 1,
  status: 'completed',
  paymentId,
});

export const cancelled = (order: OrderDocument, given: Partial<OrderDocument> = {}): OrderDocument => ({
  ...order,
  version: 1,
  status: 'cancelled',
  reason: 'released',
  ...given,
});

/** A ticket whose lock says what this order is. */
export const lockedBy = (ticket: TicketDocument, order: OrderDocument): TicketDocument => {
  const { holdSequence, version: orderVersion, id: orderId, status, expiresAt: until } = order;
  const version = { holdSequence, orderVersion };
  const locks = {
    'awaiting payment': { state: 'reserved', orderId, until, ...version },
    completed: { state: 'sold', orderId, ...version },
    cancelled: { state: 'free', ...version },
  } as const;
  return { ...ticket, version: ticket.version + 1, lock: locks[status] };
};

export const anAttempt = (order: OrderDocument, given: Partial<PaymentDocument> = {}): PaymentDocument => ({
  id: newId(),
  version: 3,
  orderId: order.id,
  status: 'captured',
  ...price,
  startedAt: order.savedAt,
  savedAt: order.savedAt,
  intentId: 'pi_1',
  ...given,
});

export const anIntent = (attempt: PaymentDocument, given: Partial<Intent> = {}): Intent => ({
  id: 'pi_1',
  status: 'succeeded',
  ...price,
  amountReceived: given.status === undefined || given.status === 'succeeded' ? price.amount : 0,
  amountRefunded: 0,
  metadata: { paymentId: attempt.id, orderId: attempt.orderId },
  created: new Date(Date.now() - 30 * MINUTE_MS),
  ...given,
});

/** As an event carries it. */
const asJson = (state: object): ReplicaDocument => JSON.parse(JSON.stringify(state));

export const copyOfTicket = (ticket: TicketDocument): ReplicaDocument => asJson(stateOfTicket(ticket));
export const copyOfOrder = (order: OrderDocument): ReplicaDocument => asJson(stateOfOrder(order));
