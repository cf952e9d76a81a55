import { NotRestored, someOf } from '@ticketing/common/operations';
import type { Heard } from '@ticketing/common/outbox';
import { batchesOf } from '@ticketing/common/replica';
import type { contract } from '../contract.ts';
import { madeFor } from '../difference.ts';
import type { Payment } from '../payment.ts';
import { asItIs, isUncertain, type MadeFor, type OwnOrder } from '../restore.ts';
import type { PaymentStore } from '../store/payments.ts';
import type { Intent, StripePort } from '../stripe/stripe-port.ts';

export interface TakingBack {
  readonly payments: PaymentStore;
  readonly stripe: Pick<StripePort, 'list'>;
  /** When the backup was made. */
  readonly backupFrom: Date;
  /** What orders itself has of these orders. */
  ordersOf(ids: readonly string[]): Promise<readonly OwnOrder[]>;
  /** Every order of orders that is completed, with its payment. */
  completedOrders(): AsyncIterable<MadeFor>;
  /** Makes the indexes of the attempts, where the restored database has not got them all. */
  buildIndexes(): Promise<void>;
}

/** How many attempts there are, and what uncertain ones have become. */
export interface TakenBack {
  /** In the backup. */
  readonly compared: number;
  readonly missing: number;
  readonly capturing: number;
  readonly cancelling: number;
}

type Written = Heard<Payment, (typeof contract.events)[number]>;

/** Stripe's clock and ours. */
const SLACK_MS = 5 * 60_000;

/**
 * Takes back what Stripe and orders know of the attempts (docs/protocol.md, rule 8). Everything is read and decided before the first
 * write; those that are given up are written first, or the unique index would refuse those that are captured. So it may
 * break off after any write, and be done again.
 */
export const takeBackPayments =
  ({ payments, stripe, backupFrom, ordersOf, completedOrders, buildIndexes }: TakingBack) =>
  async (): Promise<TakenBack> => {
    let compared = 0;
    const uncertain = new Map<string, Payment>();
    for await (const payment of payments.all()) {
      compared += 1;
      if (isUncertain(payment)) uncertain.set(payment.id, payment);
    }

    const begun = [...uncertain.values()].filter(({ intentId }) => intentId === undefined);
    const oldest = Math.min(backupFrom.getTime(), ...begun.map(({ startedAt }) => startedAt.getTime()));
    const intents = new Map<string, Intent[]>();
    const traces = new Map<string, MadeFor>(
      [...uncertain.values()].map(({ id, orderId }) => [id, { paymentId: id, orderId }]),
    );
    /** Those that the backup does not have. */
    const missing = async (all: readonly MadeFor[]): Promise<MadeFor[]> => {
      const known = await payments.ofIds(all.map(({ paymentId }) => paymentId));
      const ids = new Set(known.map(({ id }) => id));
      return all.filter(({ paymentId }) => !ids.has(paymentId));
    };
    // Listed and never searched: what Stripe finds lags behind what it has.
    for await (const batch of batchesOf(stripe.list(new Date(oldest - SLACK_MS)))) {
      const ours = batch.flatMap((intent) => {
        const about = madeFor(intent);
        if (about === undefined) return [];
        intents.set(about.paymentId, [...(intents.get(about.paymentId) ?? []), intent]);
        return [about];
      });
      for (const about of await missing(ours)) traces.set(about.paymentId, about);
    }
    for await (const batch of batchesOf(completedOrders()))
      for (const about of await missing(batch)) traces.set(about.paymentId, about);

    const written: Written[] = [];
    const lost: MadeFor[] = [];
    for await (const batch of batchesOf(traces.values())) {
      const orders = new Map(
        (await ordersOf(batch.map(({ orderId }) => orderId))).map((one) => [one.id, one]),
      );
      for (const about of batch) {
        const own = uncertain.get(about.paymentId);
        const its = intents.get(about.paymentId) ?? [];
        const next = asItIs({ ...about, own, intents: its, order: orders.get(about.orderId) });
        if (next === 'lost') lost.push(about);
        else if (next !== undefined) written.push({ current: own, next, event: undefined });
      }
    }
    if (lost.length > 0) throw new NotRestored(tellLost(lost));

    const [capturing, cancelling] = [
      written.filter(({ next }) => next.status === 'capturing'),
      written.filter(({ next }) => next.status === 'cancelling'),
    ];
    for await (const batch of batchesOf(cancelling)) await payments.takeBack(batch);
    await buildIndexes();
    for await (const batch of batchesOf(capturing)) await payments.takeBack(batch);
    return {
      compared,
      missing: written.filter(({ current }) => current === undefined).length,
      capturing: capturing.length,
      cancelling: cancelling.length,
    };
  };

const tellLost = (lost: readonly MadeFor[]): string =>
  [
    'Orders are completed by payments that neither the backup nor Stripe has:',
    ...someOf(lost.map(({ paymentId, orderId }) => `order ${orderId}: payment ${paymentId}`)),
    'Nothing was written. Look whether --backup-from is early enough, and whether STRIPE_SECRET_KEY and DEPLOYMENT are',
    'those of the payments that were lost.',
  ].join('\n');
