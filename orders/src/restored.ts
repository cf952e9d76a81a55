/** The operator's command `restored` of orders; see its `--help` and docs/protocol.md, rule 8. */
import { systemClock } from '@ticketing/common/clock';
import { deadLettersInMongo } from '@ticketing/common/dead-letters';
import { deadLettersInRedis } from '@ticketing/common/dead-letters/redis';
import type { OrderState } from '@ticketing/common/events';
import { type Opened, type Restoration, restoredCommand, writtenLater } from '@ticketing/common/operations';
import { replicaOf, republishWhatLacks } from '@ticketing/common/replica';
import { buildIndexes, connectMongo } from '@ticketing/common/store';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { readRestoredConfig } from './config.ts';
import { contract } from './contract.ts';
import type { LockedTicket } from './restore.ts';
import { openOrderStore } from './store/orders.ts';
import { openTicketReplica } from './store/tickets.ts';
import { takeBackOrders } from './use-cases/take-back-orders.ts';

const CANCEL_UNKNOWN = 'cancel-unknown';

/** The tickets in the database of their service, as far as their locks need it. */
async function* lockedTicketsIn(tickets: Connection): AsyncIterable<LockedTicket> {
  const projection = { title: 1, price: 1, startsAt: 1, place: 1, lock: 1 };
  const found = tickets
    .collection<Omit<LockedTicket, 'id'>>('tickets')
    .find({}, { projection, batchSize: 500 });
  for await (const { _id, ...ticket } of found) yield { id: String(_id), ...ticket };
}

const open = async (given: Restoration<ReturnType<typeof readRestoredConfig>>): Promise<Opened> => {
  const { config, mongo, has, say } = given;
  const [tickets, payments] = await Promise.all([
    connectMongo(config.TICKETS_MONGO_URL, 'long work'),
    connectMongo(config.PAYMENTS_MONGO_URL, 'long work'),
  ]);
  const redis =
    config.EXPIRATION_REDIS_URL === undefined
      ? undefined
      : new Redis(config.EXPIRATION_REDIS_URL, { maxRetriesPerRequest: 2 });
  redis?.on('error', () => {}); // each request fails by itself
  const clock = systemClock;
  const orders = openOrderStore({ mongo, relay: writtenLater(), clock }, openTicketReplica({ mongo }));
  const takeBack = takeBackOrders({
    orders,
    copies: replicaOf<OrderState>(payments, 'orders'),
    lockedTickets: () => lockedTicketsIn(tickets),
    buildIndexes: () => buildIndexes(mongo, mongo),
    cancelsUnknown: has(CANCEL_UNKNOWN),
    clock,
  });
  return {
    letters: {
      tickets: deadLettersInMongo(tickets),
      payments: deadLettersInMongo(payments),
      ...(redis === undefined ? {} : { expiration: deadLettersInRedis(redis, 'expiration') }),
    },
    async restore() {
      const { compared, missing, newer, endedUnheard, unknown } = await takeBack();
      say(
        `${compared} orders compared: ${missing} were missing, ${newer} are newer in payments, ` +
          `${endedUnheard} had ended unheard, ${unknown} that only locks know were cancelled.`,
      );
      const told = await republishWhatLacks({ source: tickets, consumer: mongo, collection: 'tickets' });
      say(`${told} tickets will be published again.`);
      // Orders decides them anew: what it had decided, and nobody had heard of, is lost.
      await payments
        .collection('payments')
        .updateMany({ status: 'authorized' }, { $set: { republishAt: clock.now() } });
    },
    close: () => Promise.all([tickets.close(), payments.close(), redis?.quit()]),
  };
};

await restoredCommand({
  service: contract.source,
  events: contract.events,
  about: `
orders that payments has heard of. One that holds its ticket although a later order of that ticket is known had ended
before; it is cancelled. Where a ticket's lock knows of an order that no place has, it lists them and writes nothing.`,
  options: { [CANCEL_UNKNOWN]: 'cancel such orders, and go on' },
  settings: `those of orders (MONGO_URL, NATS_URL, TRANSPORT, NATS_CLUSTER_ID), NATS_MONITOR_URL with NATS Streaming,
TICKETS_MONGO_URL, PAYMENTS_MONGO_URL, EXPIRATION_REDIS_URL`,
  readConfig: readRestoredConfig,
  open,
});
