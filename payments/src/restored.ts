/** The operator's command `restored` of payments; see its `--help` and docs/protocol.md, rule 8. */
import { systemClock } from '@ticketing/common/clock';
import { deadLettersInMongo } from '@ticketing/common/dead-letters';
import type { OrderStatus } from '@ticketing/common/events';
import {
  NotRestored,
  type Opened,
  type Restoration,
  restoredCommand,
  writtenLater,
} from '@ticketing/common/operations';
import { republishWhatLacks } from '@ticketing/common/replica';
import { buildIndexes, connectMongo } from '@ticketing/common/store';
import { type Connection, Types } from 'mongoose';
import { readRestoredConfig } from './config.ts';
import { contract } from './contract.ts';
import type { MadeFor, OwnOrder } from './restore.ts';
import { openPaymentStore } from './store/payments.ts';
import { connectStripe } from './stripe/connect-stripe.ts';
import { StripeUnavailable } from './stripe/stripe-port.ts';
import { takeBackPayments } from './use-cases/take-back-payments.ts';

interface StoredOrder {
  readonly userId: string;
  readonly status: OrderStatus;
  readonly paymentId?: string;
}

const projection = { userId: 1, status: 1, paymentId: 1 };

/** The documents of orders. */
const ordersIn = (orders: Connection) => ({
  async ofIds(ids: readonly string[]): Promise<OwnOrder[]> {
    const found = orders
      .collection<StoredOrder>('orders')
      .find({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } }, { projection });
    return (await found.toArray()).map(({ _id, ...order }) => ({ id: String(_id), ...order }));
  },
  async *completed(): AsyncIterable<MadeFor> {
    const found = orders
      .collection<StoredOrder>('orders')
      .find({ status: 'completed' }, { projection, batchSize: 500 });
    for await (const { _id, paymentId } of found)
      if (paymentId !== undefined) yield { orderId: String(_id), paymentId };
  },
});

const open = async (given: Restoration<ReturnType<typeof readRestoredConfig>>): Promise<Opened> => {
  const { config, mongo, backupFrom, say } = given;
  const orders = await connectMongo(config.ORDERS_MONGO_URL, 'long work');
  const { ofIds, completed } = ordersIn(orders);
  const takeBack = takeBackPayments({
    payments: openPaymentStore({ mongo, relay: writtenLater(), clock: systemClock }),
    stripe: connectStripe(config),
    backupFrom,
    ordersOf: ofIds,
    completedOrders: completed,
    buildIndexes: () => buildIndexes(mongo, mongo),
  });
  return {
    letters: { orders: deadLettersInMongo(orders) },
    async restore() {
      const { compared, missing, capturing, cancelling } = await takeBack().catch((error: unknown) => {
        if (!(error instanceof StripeUnavailable)) throw error;
        throw new NotRestored(`Stripe did not answer, and nothing was written: ${error.message}`);
      });
      say(
        `${compared} attempts in the backup, ${missing} more at Stripe: ${capturing} will be captured, ${cancelling} given up.`,
      );
      const told = await republishWhatLacks({ source: orders, consumer: mongo, collection: 'orders' });
      say(`${told} orders will be published again.`);
    },
    close: () => orders.close(),
  };
};

await restoredCommand({
  service: contract.source,
  events: contract.events,
  about: `
attempts to pay that Stripe knows. One by which its order is completed will be captured; every other that the backup does
not know, or has unfinished, is cancelled at Stripe, and its buyer pays again.`,
  settings: `those of payments (MONGO_URL, NATS_URL, TRANSPORT, NATS_CLUSTER_ID, STRIPE_SECRET_KEY,
STRIPE_PUBLISHABLE_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE, STRIPE_TIMEOUT_MS, DEPLOYMENT), NATS_MONITOR_URL with NATS
Streaming, ORDERS_MONGO_URL`,
  readConfig: readRestoredConfig,
  open,
});
