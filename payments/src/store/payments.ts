import {
  type PaymentStatus,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
} from '@ticketing/common/events';
import { idempotencyIndex } from '@ticketing/common/idempotency';
import { aggregateSchema, aggregateStore } from '@ticketing/common/outbox';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema } from 'mongoose';
import { contract } from '../contract.ts';
import { isSettled, type Payment, toPublic, underWay } from '../payment.ts';

const schema = idempotencyIndex(
  aggregateSchema({
    orderId: { type: String, required: true },
    userId: { type: String, required: true },
    status: { type: String, required: true },
    amount: { type: Number, required: true },
    currency: { type: String, required: true },
    means: { type: Schema.Types.Mixed, required: true },
    keyNumber: { type: Number, required: true },
    startedAt: { type: Date, required: true },
    intentId: { type: String },
    action: { clientSecret: { type: String }, url: { type: String } },
    reason: { type: String },
    refunded: { type: Number },
    decline: { message: { type: String }, code: { type: String }, declineCode: { type: String } },
    index: {
      /** Not settled yet. */
      open: { type: Boolean, required: true },
      /** When the worker looks at it next. */
      lookAt: { type: Date, required: true },
      /** Looks since the last change, for the pauses between them. */
      looks: { type: Number, required: true },
    },
  }),
);
export const ONE_UNDER_WAY = 'one_under_way';
schema.index(
  { orderId: 1 },
  { name: ONE_UNDER_WAY, unique: true, partialFilterExpression: { status: { $in: [...underWay] } } },
);
schema.index({ orderId: 1, _id: -1 }, { name: 'order' });
schema.index({ intentId: 1 }, { name: 'intent', partialFilterExpression: { intentId: { $exists: true } } });
schema.index({ 'index.lookAt': 1 }, { name: 'due', partialFilterExpression: { 'index.open': true } });

/** The process that changed an attempt goes on with it at once; the worker looks only after this, in milliseconds. */
const FIRST_LOOK_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
const DUE_AT_ONCE = 50;
/** Attempts open for long that are told of at once; more than a few are one trouble. */
const MOST_OPEN = 500;

/** The states that others hear of. */
const told: Partial<Record<PaymentStatus, (typeof contract.events)[number]>> = {
  authorized: paymentAuthorized,
  captured: paymentCreated,
  failed: paymentFailed,
};

export const openPaymentStore = ({ mongo, relay, clock }: Pick<ServiceDeps, 'mongo' | 'relay' | 'clock'>) => {
  const after = (ms: number) => new Date(clock.now().getTime() + ms);

  const store = aggregateStore<Payment, (typeof contract.events)[number]>({
    mongo,
    name: 'payments',
    schema,
    source: contract.source,
    toPublic,
    toIndex: (payment) => ({ open: !isSettled(payment), lookAt: after(FIRST_LOOK_MS), looks: 0 }),
    republish: {
      eventOf: ({ status }) => told[status],
      isSettled,
    },
    relay,
    clock,
  });

  /** The attempts of an order, newest first. */
  const ofOrder = (orderId: string): Promise<Payment[]> => store.list({ orderId }, { _id: -1 }, 100);

  /** The attempt that the index admits. */
  const underWayOf = async (orderId: string): Promise<Payment | undefined> => {
    const [payment] = await store.list({ orderId, status: { $in: [...underWay] } }, { _id: -1 }, 1);
    return payment;
  };

  const byIntent = async (intentId: string): Promise<Payment | undefined> => {
    const [payment] = await store.list({ intentId }, { _id: -1 }, 1);
    return payment;
  };

  const ofIds = (ids: readonly string[]): Promise<Payment[]> =>
    store.list({ _id: { $in: ids } }, { _id: 1 }, Math.max(1, ids.length));

  /** Attempts that began by then and are not settled yet. */
  const openSince = (startedBy: Date): Promise<Payment[]> =>
    store.list(
      { 'index.open': true, 'index.lookAt': { $gt: new Date(0) }, startedAt: { $lte: startedBy } },
      { 'index.lookAt': 1 },
      MOST_OPEN,
      'due',
    );

  /**
   * Takes attempts that are due, and puts their next look off with growing pauses and jitter. Each is given to one of
   * the replicas that ask at once; that only saves calls, as any number of drivers may drive the same attempt.
   * @param most no more than whoever asks can drive: what is taken is not looked at by others for a while
   * @returns their ids
   */
  const takeDue = async (most: number): Promise<string[]> => {
    const due = await store.model
      .find({ 'index.open': true, 'index.lookAt': { $lte: clock.now() } }, { index: 1 })
      .sort({ 'index.lookAt': 1 })
      .limit(Math.min(most, DUE_AT_ONCE))
      .lean<{ _id: unknown; index: { lookAt: Date; looks: number } }[]>();
    const taken: string[] = [];
    for (const { _id, index } of due) {
      const pause = Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** index.looks) * (0.75 + Math.random() / 2);
      const { modifiedCount } = await store.model.updateOne(
        { _id, 'index.lookAt': index.lookAt },
        { $set: { 'index.lookAt': after(pause) }, $inc: { 'index.looks': 1 } },
      );
      if (modifiedCount === 1) taken.push(String(_id));
    }
    return taken;
  };

  /** Tells a payment again that has ended, unless that is going to be done anyway. */
  const tellIfEnded = (id: string): Promise<void> => store.tellSoon(id, { 'index.open': false });

  return { ...store, ofOrder, underWayOf, byIntent, ofIds, openSince, takeDue, tellIfEnded };
};

export type PaymentStore = ReturnType<typeof openPaymentStore>;
