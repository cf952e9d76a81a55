import type { Clock } from '@ticketing/common/clock';
import { batchesOf } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { type Ages, type Difference, differences, type Facts, madeFor, usualAges } from '../difference.ts';
import { noteRefund, type Payment } from '../payment.ts';
import type { OrderReplica } from '../store/orders.ts';
import type { PaymentStore } from '../store/payments.ts';
import {
  type Intent,
  IntentUnknown,
  type StripePort,
  StripeRefused,
  StripeUnavailable,
} from '../stripe/stripe-port.ts';

export interface Reconciling {
  readonly payments: PaymentStore;
  readonly orders: OrderReplica;
  readonly stripe: StripePort;
  readonly clock: Clock;
  readonly logger: ServiceDeps['logger'];
  /** Moves an attempt on as far as it goes now. @throws {StripeUnavailable} */
  drive(paymentId: string): Promise<unknown>;
}

export interface Reconcile {
  /** Intents and orders made since; attempts that are open are looked at however old they are. */
  readonly since: Date;
  /** Repairs what has one right answer; otherwise only reports. */
  readonly repair: boolean;
  readonly ages?: Ages;
}

/** A difference, and whether it is gone by now. */
export interface Reported extends Difference {
  readonly repaired: boolean;
}

type About = Pick<Facts, 'paymentId' | 'orderId'>;

const byId = <T extends { readonly id: string }>(all: readonly T[]) =>
  new Map(all.map((one) => [one.id, one] as const));

/**
 * Compares Stripe's intents with the attempts, and both with the orders: from Stripe's list, so that no money is missed
 * that we have forgotten; from the completed orders, so that none is missed that Stripe has never heard of; and from the
 * attempts that are open. What looks different in a batch is looked at again, alone and freshly, before it counts.
 *
 * Harmless again and again, and by several replicas at once: a repair is a call that does nothing the second time.
 */
export const reconcile = ({ payments, orders, stripe, clock, logger, drive }: Reconciling) => {
  /** @returns undefined where Stripe has no such intent */
  const ask = async (intentId: string): Promise<Intent | undefined> => {
    try {
      return await stripe.retrieve(intentId);
    } catch (error) {
      if (error instanceof StripeRefused) return undefined;
      throw error;
    }
  };

  /**
   * Looks at one payment by itself. The attempt is read before and after Stripe is asked: one that moved meanwhile is
   * under way, and what was said of its intent may be the past already.
   */
  const lookAt = async (about: About, ages: Ages, givenIntent?: string): Promise<Difference[]> => {
    const before = await payments.find(about.paymentId);
    const intentId = givenIntent ?? before?.intentId;
    const intent = intentId === undefined ? undefined : await ask(intentId);
    const attempt = await payments.find(about.paymentId);
    if (attempt?.version !== before?.version) return [];
    const order = await orders.find(attempt?.orderId ?? about.orderId);
    return differences({ ...about, intent, attempt, order }, clock.now(), ages);
  };

  const note = async (paymentId: string, intentId: string): Promise<void> => {
    const intent = await ask(intentId);
    if (intent !== undefined) await payments.change(paymentId, (current) => noteRefund(current, intent));
  };

  const mend = async ({ repair, intentId, paymentId }: Difference): Promise<void> => {
    try {
      if (repair === 'drive attempt') await drive(paymentId);
      else if (intentId === undefined) return;
      else if (repair === 'note refund') await note(paymentId, intentId);
      else await stripe.cancel(intentId);
    } catch (error) {
      // Whether it is repaired is for the next look to say, not for an error.
      const isStripe = [StripeRefused, StripeUnavailable, IntentUnknown].some(
        (kind) => error instanceof kind,
      );
      if (!isStripe) throw error;
      logger.warn({ paymentId, intentId, err: error }, 'a difference could not be repaired');
    }
  };

  const repaired = async (difference: Difference, ages: Ages): Promise<Reported> => {
    if (difference.repair === undefined) return { ...difference, repaired: false };
    await mend(difference);
    const left = await lookAt(difference, ages, difference.intentId);
    return { ...difference, repaired: !left.some(({ kind }) => kind === difference.kind) };
  };

  /** @throws {StripeUnavailable} when Stripe does not answer: what was found by then is not the whole */
  return async ({ since, repair, ages = usualAges }: Reconcile): Promise<Reported[]> => {
    const reported = new Map<string, Reported>();
    /** Intents that were looked at, and the payments they were made for; they need no second question. */
    const seen = new Set<string>();

    const report = async (about: About, intentId?: string): Promise<void> => {
      for (const difference of await lookAt(about, ages, intentId)) {
        const key = `${difference.kind} ${difference.paymentId} ${difference.intentId}`;
        if (reported.has(key)) continue;
        reported.set(key, repair ? await repaired(difference, ages) : { ...difference, repaired: false });
      }
    };

    const lookAtIntents = async (intents: readonly Intent[]): Promise<void> => {
      const ours = intents.flatMap((intent) => {
        const about = madeFor(intent);
        return about === undefined ? [] : [{ ...about, intent }];
      });
      const attempts = byId(await payments.ofIds(ours.map(({ paymentId }) => paymentId)));
      const known = byId(await orders.ofIds(ours.map(({ orderId }) => orderId)));
      for (const { intent, ...about } of ours) {
        seen.add(intent.id).add(about.paymentId);
        const facts = {
          ...about,
          intent,
          attempt: attempts.get(about.paymentId),
          order: known.get(about.orderId),
        };
        if (differences(facts, clock.now(), ages).length > 0) await report(about, intent.id);
      }
    };

    const isSeen = (paymentId: string, attempt: Payment | undefined): boolean =>
      attempt === undefined
        ? seen.has(paymentId)
        : attempt.intentId !== undefined && seen.has(attempt.intentId);

    for await (const intents of batchesOf(stripe.list(since))) await lookAtIntents(intents);

    const settledBy = new Date(clock.now().getTime() - ages.intentMs);
    for await (const completed of batchesOf(orders.completed(since, settledBy))) {
      const attempts = byId(await payments.ofIds(completed.map(({ paymentId }) => paymentId)));
      for (const { id: orderId, paymentId } of completed) {
        if (!isSeen(paymentId, attempts.get(paymentId))) await report({ paymentId, orderId });
      }
    }

    const startedBy = new Date(clock.now().getTime() - ages.attemptMs);
    for (const { id: paymentId, orderId } of await payments.openSince(startedBy))
      await report({ paymentId, orderId });
    return [...reported.values()];
  };
};
