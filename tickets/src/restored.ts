/** The operator's command `restored` of tickets; see its `--help` and docs/protocol.md, rule 8. */
import { systemClock } from '@ticketing/common/clock';
import { deadLettersInMongo } from '@ticketing/common/dead-letters';
import type { OrderStatus, TicketState } from '@ticketing/common/events';
import { type Opened, type Restoration, restoredCommand, writtenLater } from '@ticketing/common/operations';
import { replicaOf } from '@ticketing/common/replica';
import { connectMongo } from '@ticketing/common/store';
import type { Connection } from 'mongoose';
import { readRestoredConfig } from './config.ts';
import { contract } from './contract.ts';
import { openTicketStore } from './store/tickets.ts';
import type { LockingOrder } from './ticket.ts';
import { takeBackTickets } from './use-cases/take-back-tickets.ts';

/** What is read of an order's document in the database of orders. */
interface StoredOrder {
  readonly _id: string;
  readonly order: {
    readonly _id: unknown;
    readonly status: OrderStatus;
    readonly expiresAt: Date;
    readonly holdSequence: number;
    readonly version: number;
  };
}

/** By the index on `{ticket.id, holdSequence}` of orders. */
const lastOrdersIn =
  (orders: Connection) =>
  async (ticketIds: readonly string[]): Promise<ReadonlyMap<string, LockingOrder>> => {
    const found = orders.collection('orders').aggregate<StoredOrder>([
      { $match: { 'ticket.id': { $in: [...ticketIds] } } },
      { $sort: { 'ticket.id': 1, holdSequence: 1 } },
      { $group: { _id: '$ticket.id', order: { $last: '$$ROOT' } } },
      {
        $project: {
          order: { _id: 1, status: 1, expiresAt: 1, holdSequence: 1, version: 1 },
        },
      },
    ]);
    const last = new Map<string, LockingOrder>();
    for await (const { _id: ticketId, order } of found) {
      const { _id, status, expiresAt, holdSequence, version } = order;
      last.set(ticketId, {
        id: String(_id),
        status,
        expiresAt: expiresAt.toISOString(),
        holdSequence,
        version,
      });
    }
    return last;
  };

const open = async (given: Restoration<ReturnType<typeof readRestoredConfig>>): Promise<Opened> => {
  const { config, mongo, say } = given;
  const orders = await connectMongo(config.ORDERS_MONGO_URL, 'long work');
  const takeBack = takeBackTickets({
    tickets: openTicketStore({ mongo, relay: writtenLater(), clock: systemClock }),
    copies: replicaOf<TicketState>(orders, 'tickets'),
    lastOrdersOf: lastOrdersIn(orders),
  });
  return {
    letters: { orders: deadLettersInMongo(orders) },
    async restore() {
      const { compared, missing, newer, relocked } = await takeBack();
      say(
        `${compared} tickets compared: ${missing} were missing, ${newer} are newer in orders, ` +
          `${relocked} have got another lock.`,
      );
    },
    close: () => orders.close(),
  };
};

await restoredCommand({
  service: contract.source,
  events: contract.events,
  about: `
tickets that orders has heard of, and of every ticket who has it.`,
  settings: `those of tickets (MONGO_URL, NATS_URL, TRANSPORT, NATS_CLUSTER_ID), NATS_MONITOR_URL with NATS Streaming,
ORDERS_MONGO_URL`,
  readConfig: readRestoredConfig,
  open,
});
