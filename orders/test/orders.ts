/** Orders of every kind, where a test says only what it is about. */
import { aTicketState, newId } from '@ticketing/common/testing';
import type { Order } from '../src/order.ts';

/** Today at a time of the day, in UTC: `at('12:15')`, `at('12:15:01')`. */
export const at = (time: string): Date =>
  new Date(`2027-05-01T${time.length === 5 ? `${time}:00` : time}.000Z`);

/** An order awaiting payment, made at noon and held until a quarter past. */
export const anOrder = (given: Partial<Order> = {}): Order => {
  const { id, title, price } = aTicketState();
  return {
    id: newId(),
    version: 0,
    userId: newId(),
    status: 'awaiting payment',
    expiresAt: at('12:15'),
    holdSequence: 1,
    slot: 1,
    ticket: { id, title, price },
    termsKept: true,
    ...given,
  };
};

export const aPaidOrder = (given: Partial<Order> = {}): Order =>
  anOrder({ status: 'completed', version: 1, paymentId: newId(), ...given });

export const aCancelledOrder = (given: Partial<Order> = {}): Order =>
  anOrder({ status: 'cancelled', version: 1, reason: 'released', ...given });
