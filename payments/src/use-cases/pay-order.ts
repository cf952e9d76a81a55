import { NotYours } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/http';
import { type IdempotencyKey, withKey } from '@ticketing/common/idempotency';
import { isDuplicateKey } from '@ticketing/common/replica';
import { Types } from 'mongoose';
import { outcomeOf, type PaymentAnswer, toAnswer } from '../answer.ts';
import { begin, type Order, type Payment, supersede } from '../payment.ts';
import { OrderCancelled, OrderExpired, OrderPaid, PaymentUnderWay } from '../refusals.ts';
import { ONE_UNDER_WAY } from '../store/payments.ts';
import type { Means } from '../stripe/stripe-port.ts';
import type { Driving } from './deps.ts';

export interface PayOrder {
  readonly user: SessionUser;
  readonly orderId: string;
  readonly means: Means;
  readonly idempotency?: IdempotencyKey;
}

/** The buyer has an answer by then, if only that it is being processed; in milliseconds. */
const ANSWER_WITHIN_MS = 8_000;

/** What is left of that for a request that came in at `asked`, whatever it has waited for meanwhile. */
export const timeToAnswer = (asked: Date, now: Date): number =>
  Math.max(0, ANSWER_WITHIN_MS - (now.getTime() - asked.getTime()));

/** Stripe has said something, or the order has ended. What is authorised is waited for: its capture is moments away. */
export const isAnswered = (payment: Payment): boolean => toAnswer(payment).status !== 'processing';

const payable = (order: Order, user: SessionUser, now: Date): Order => {
  if (order.userId !== user.id) throw new NotYours('This order is not yours');
  if (order.status === 'cancelled') throw new OrderCancelled();
  if (order.status === 'completed') throw new OrderPaid();
  if (new Date(order.expiresAt) <= now) throw new OrderExpired();
  return order;
};

/**
 * Pays for an order: begins an attempt and drives it as far as it goes in a few seconds. Of many at once exactly one
 * begins: the unique index on attempts under way decides.
 * @throws {CardRefused} the refusals of `payable` {PaymentUnderWay} {OrderOnItsWay}
 */
export const payOrder = ({ payments, lookup, attempts, clock, at }: Driving) => {
  /** An attempt left at the bank's page gives way; every other one that is under way stands. */
  const makeWay = async (orderId: string): Promise<void> => {
    const other = await payments.underWayOf(orderId);
    if (other === undefined) return;
    if (other.status === 'captured') throw new OrderPaid();
    if (other.status !== 'requires_action') throw new PaymentUnderWay();
    await at('before write superseded');
    await payments.change(other.id, supersede);
    await at('after write superseded');
    attempts.wake(other.id);
  };

  return async ({ user, orderId, means, idempotency }: PayOrder): Promise<PaymentAnswer> => {
    const asked = clock.now();
    const order = payable(await lookup.find(orderId), user, clock.now());
    await makeWay(orderId);
    const payment = begin(new Types.ObjectId().toHexString(), order, means, clock.now());
    try {
      await at('before write begin');
      await payments.insert(payment, undefined, withKey(user, idempotency, clock.now()));
      await at('after write begin');
    } catch (error) {
      if (isDuplicateKey(error, ONE_UNDER_WAY)) throw new PaymentUnderWay();
      throw error;
    }
    attempts.wake(payment.id);
    const left = timeToAnswer(asked, clock.now());
    return outcomeOf((await attempts.until(payment.id, isAnswered, left)) ?? payment);
  };
};
