/** Three databases as the services keep them, a stand-in for Stripe, and a Redis; consistent until a test breaks it. */
import { randomBytes } from 'node:crypto';
import { newId, testDatabase } from '@ticketing/common/testing';
import { type RunningStandIn, startStandIn } from '@ticketing/stripe-stand-in';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import mongoose from 'mongoose';
import Stripe from 'stripe';
import type { OrderDocument, PaymentDocument, ReplicaDocument, TicketDocument } from '../src/documents.ts';
import { reconcile, type Sources } from '../src/reconcile.ts';
import type { Finding, Report } from '../src/report.ts';
import { stripeIntents } from '../src/stripe-intents.ts';
import {
  anAttempt,
  anOrder,
  aTicket,
  cancelled,
  completedBy,
  copyOfOrder,
  copyOfTicket,
  idAt,
  lockedBy,
  MINUTE_MS,
  price,
} from './builders.ts';

type Store = 'tickets' | 'orders' | 'payments';

/** Everything counts, however young. */
const AT_ONCE = { intentMs: 0, unknownMs: 0, attemptMs: 0 };

const objectId = (id: string) => new mongoose.Types.ObjectId(id);

/** The indexes of the services that reading goes by. */
const indexes = async (stores: Record<Store, Connection>): Promise<void> => {
  const saved = { savedAt: 1 } as const;
  const waits = { partialFilterExpression: { 'outbox.0.time': { $exists: true } } };
  for (const name of ['tickets', 'orders', 'payments'] as const) {
    await stores[name].collection(name).createIndex(saved);
    await stores[name].collection(name).createIndex({ 'outbox.0.time': 1 }, waits);
    await stores[name].collection('dead_letters').createIndex({ firstAt: 1 });
  }
  const orders = stores.orders.collection('orders');
  await orders.createIndex({ 'ticket.id': 1, holdSequence: 1 });
  const awaiting = { partialFilterExpression: { status: 'awaiting payment' } };
  await orders.createIndex({ expiresAt: 1 }, awaiting);
  const payments = stores.payments.collection('payments');
  await payments.createIndex({ orderId: 1, _id: -1 });
  await payments.createIndex({ 'index.lookAt': 1 }, { partialFilterExpression: { 'index.open': true } });
};

const stored = ({ id, ...fields }: { readonly id: string }, more: object = {}) => ({
  _id: objectId(id),
  ...fields,
  outbox: [],
  savedAt: new Date(),
  ...more,
});

/** @param database of the one Redis of a run; it is emptied */
export const openWorld = async (database: number) => {
  const [tickets, orders, payments] = await Promise.all([testDatabase(), testDatabase(), testDatabase()]);
  const stores: Record<Store, Connection> = {
    tickets: tickets.mongo,
    orders: orders.mongo,
    payments: payments.mongo,
  };
  await indexes(stores);
  const stripe: RunningStandIn = await startStandIn();
  const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { db: database });
  const { hostname, port } = new URL(stripe.url);
  const byHand = new Stripe(stripe.secretKey, { host: hostname, port: Number(port), protocol: 'http' });
  const sourceOf = (deployment: string) => ({
    deployment,
    intents: stripeIntents({ secretKey: stripe.secretKey, apiBase: stripe.url, deployment }),
  });
  /** Stripe forgets nothing, so each test is a deployment of its own. */
  let ours = sourceOf(newId());

  const collection = (store: Store, name: string = store) => stores[store].collection(name);
  /** Puts a document in the place of the one there is. */
  const put = async (store: Store, name: string, document: object & { _id: unknown }): Promise<void> => {
    await collection(store, name).replaceOne({ _id: document._id as never }, document, { upsert: true });
  };
  const putTicket = (ticket: TicketDocument, more?: object) =>
    put('tickets', 'tickets', stored(ticket, more));
  const putOrder = (order: OrderDocument, more?: object) => put('orders', 'orders', stored(order, more));
  const putAttempt = (attempt: PaymentDocument, more?: object) => {
    const open = !['captured', 'canceled', 'failed'].includes(attempt.status);
    return put(
      'payments',
      'payments',
      stored(attempt, { index: { open, lookAt: new Date(), looks: 0 }, ...more }),
    );
  };
  const putCopy = (store: 'orders' | 'payments', { id, ...state }: ReplicaDocument) =>
    put(store, store === 'orders' ? 'tickets' : 'orders', { _id: objectId(id), ...state });

  /** A ticket that is for sale, and known to orders. */
  const newTicket = async (given: Partial<TicketDocument> = {}): Promise<TicketDocument> => {
    const ticket = aTicket(given);
    await putTicket(ticket);
    await putCopy('orders', copyOfTicket(ticket));
    return ticket;
  };
  /** An order as it is, on every side; its ticket follows. */
  const know = async (
    ticket: TicketDocument,
    order: OrderDocument,
    more?: object,
  ): Promise<TicketDocument> => {
    const locked = lockedBy(ticket, order);
    await putOrder(order, more);
    await putCopy('payments', copyOfOrder(order));
    await putTicket(locked);
    await putCopy('orders', copyOfTicket(locked));
    return locked;
  };
  const newIntent = async (
    about: { readonly paymentId: string; readonly orderId: string },
    become: 'requires_confirmation' | 'requires_capture' | 'succeeded' | 'canceled',
    deployment = ours.deployment,
  ): Promise<string> => {
    const { id } = await byHand.paymentIntents.create(
      {
        ...price,
        capture_method: 'manual',
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { ...about, deployment },
      },
      { idempotencyKey: randomBytes(8).toString('hex') },
    );
    if (become === 'requires_confirmation') return id;
    await byHand.paymentIntents.confirm(id);
    if (become === 'succeeded') await byHand.paymentIntents.capture(id);
    if (become === 'canceled') await byHand.paymentIntents.cancel(id);
    return id;
  };
  /** A ticket that is reserved. */
  const reserved = async (given: Partial<OrderDocument> = {}) => {
    const ticket = await newTicket();
    const order = anOrder(ticket, given);
    return { order, ticket: await know(ticket, order) };
  };
  /** A ticket that is paid. */
  const paid = async () => {
    const ticket = await newTicket();
    const paymentId = newId();
    const order = completedBy(anOrder(ticket), paymentId);
    const intentId = await newIntent({ paymentId, orderId: order.id }, 'succeeded');
    const attempt = anAttempt(order, { id: paymentId, intentId });
    await putAttempt(attempt);
    return { order, attempt, ticket: await know(ticket, order) };
  };
  /** A ticket whose only order was cancelled, after a payment that was given up. */
  const letGo = async () => {
    const ticket = await newTicket();
    const order = cancelled(anOrder(ticket, { id: idAt(new Date(Date.now() - MINUTE_MS)) }));
    const paymentId = newId();
    const intentId = await newIntent({ paymentId, orderId: order.id }, 'canceled');
    const attempt = anAttempt(order, { id: paymentId, intentId, status: 'canceled' });
    await putAttempt(attempt);
    return { order, attempt, ticket: await know(ticket, order) };
  };

  /** Compares everything, with nothing between the two looks but `meanwhile`. */
  const compare = (
    given: {
      since?: Date;
      now?: () => Date;
      ages?: object;
      signal?: AbortSignal;
      report?: (said: string) => void;
    } = {},
    sources: Partial<Sources> = {},
  ): Promise<Report> =>
    reconcile({ ...stores, expiration: redis, stripe: ours.intents, ...sources })({
      since: new Date(0),
      secondLookMs: 0,
      ages: AT_ONCE,
      ...given,
    });

  return {
    stores,
    urls: { tickets: tickets.url, orders: orders.url, payments: payments.url },
    stripe,
    byHand,
    intents: () => ours.intents,
    deployment: () => ours.deployment,
    redis,
    collection,
    putTicket,
    putOrder,
    putAttempt,
    putCopy,
    newTicket,
    newIntent,
    know,
    reserved,
    paid,
    letGo,
    compare,
    async found(...given: Parameters<typeof compare>): Promise<readonly Finding[]> {
      return (await compare(...given)).findings;
    },
    /** The last of what the first look reads is Redis: what happens there is between the two looks. */
    meanwhile: (happens: () => Promise<unknown>): Partial<Sources> => ({
      expiration: {
        zrange: async () => {
          await happens();
          return [];
        },
      } as unknown as Redis,
    }),
    /** As new. */
    async clear(): Promise<void> {
      for (const store of Object.values(stores)) {
        for (const { collectionName } of (await store.db?.collections()) ?? [])
          await store.collection(collectionName).deleteMany({});
      }
      await redis.flushdb();
      ours = sourceOf(newId());
    },
    async end(): Promise<void> {
      redis.disconnect();
      await Promise.all([tickets.end(), orders.end(), payments.end()]);
      await stripe.stop();
    },
  };
};

export type World = Awaited<ReturnType<typeof openWorld>>;
