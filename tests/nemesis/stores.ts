/** What of a run can be read once it is over, from the stores and from Stripe, and how long that is waited for. */
import { connectMongo } from '@ticketing/common/store';
import { eventually } from '@ticketing/common/testing';
import { stripeSettings } from '@ticketing/local/stripe-settings';
import { databaseUrl } from '@ticketing/local/supervisor';
import { type Report, reconcile, stripeIntents } from '@ticketing/reconcile';
import { Redis } from 'ioredis';
import { chargedIn } from '../support/stripe.ts';
import type { OwnSystem } from '../support/system.ts';
import type { Evidence } from './checker.ts';

/** So short that many a hold ends within a run. */
export const HOLD_SECONDS = 5;
/** Until nothing moves any more: what a broker or a worker looks at again only after a while. */
const SETTLED_MS = 180_000;
const SECOND_LOOK_MS = 1_000;
/** Nobody is here any more, so nothing is too young to count. */
const NOTHING_UNDER_WAY = { intentMs: 0, unknownMs: 0, attemptMs: 0, overdueMs: 5_000 };

export const openStores = async (system: OwnSystem) => {
  const connect = (service: string) => connectMongo(databaseUrl(system.run.mongoUri, service), 'long work');
  const [tickets, orders, payments] = await Promise.all([
    connect('tickets'),
    connect('orders'),
    connect('payments'),
  ]);
  const all = <T>(store: typeof orders, name: string) =>
    store.collection(name).find().toArray() as unknown as Promise<T[]>;
  const expiration = new Redis(system.run.redisUrl ?? '', { lazyConnect: true });
  // It is killed now and then; it is asked once all is well again.
  expiration.on('error', () => {});
  const { STRIPE_SECRET_KEY = '', DEPLOYMENT = '' } = stripeSettings({
    home: system.home.folder,
    apiBase: system.run.stripe?.url,
    keys: {},
  });
  const stripe = stripeIntents({
    secretKey: STRIPE_SECRET_KEY,
    apiBase: system.run.stripe?.url,
    deployment: DEPLOYMENT,
  });
  const look = reconcile({ tickets, orders, payments, expiration, stripe });
  const isAnyOpen = async (): Promise<boolean> =>
    (await orders.collection('orders').countDocuments({ status: 'awaiting payment' })) > 0;
  const reconcileAll = (): Promise<Report> =>
    look({ since: new Date(0), secondLookMs: SECOND_LOOK_MS, ages: NOTHING_UNDER_WAY });
  return {
    async evidence(): Promise<Omit<Evidence, 'entries' | 'uptime'>> {
      return {
        tickets: await all(tickets, 'tickets'),
        orders: await all(orders, 'orders'),
        payments: await all(payments, 'payments'),
        charged: await chargedIn(system),
      };
    },

    /** Waits until every order has ended and all stores agree. @throws where that takes more than three minutes */
    settled: (): Promise<void> =>
      eventually(async () => {
        if (await isAnyOpen()) throw new Error('some orders await payment still');
        if ((await reconcileAll()).findings.length > 0) throw new Error('not all agrees yet');
      }, SETTLED_MS),

    reconcile: reconcileAll,

    async close(): Promise<void> {
      expiration.disconnect();
      await Promise.all([tickets.close(), orders.close(), payments.close()]);
    },
  };
};

export type Stores = Awaited<ReturnType<typeof openStores>>;
