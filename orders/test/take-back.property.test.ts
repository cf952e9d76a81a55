/**
 * Random lives of a few tickets, told in part, a backup at any moment of them and a loss later; then the command of rule 8
 * (docs/protocol.md) over a real database, broken off at any write and run again.
 *
 * A life is made by the decisions of the service alone. What was published, payments and tickets have; that is what the
 * command waits for.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import { envelope, type OrderState } from '@ticketing/common/events';
import { NotRestored, writtenLater } from '@ticketing/common/operations';
import { replicaOf } from '@ticketing/common/replica';
import {
  aPaymentState,
  aTicketState,
  BrokenOff,
  mortal,
  newId,
  type TestDatabase,
  testDatabase,
} from '@ticketing/common/testing';
import fc from 'fast-check';
import { contract } from '../src/contract.ts';
import { complete, expire, losePayment, type Order, release, reserve, told, toPublic } from '../src/order.ts';
import type { LockedTicket } from '../src/restore.ts';
import { type OrderStore, openOrderStore } from '../src/store/orders.ts';
import { openTicketReplica } from '../src/store/tickets.ts';
import { takeBackOrders } from '../src/use-cases/take-back-orders.ts';

const RUNS = 12;
const TEST_MS = 240_000;
const tickets = [aTicketState(), aTicketState()];
const buyers = [newId(), newId()];
const holds = ({ status }: Order): boolean => status !== 'cancelled';

/** An order with the states of it that have not been published yet, the oldest first. */
interface Kept {
  readonly order: Order;
  readonly unpublished: readonly Order[];
}

/** Everything at one moment: what orders has, what was published. */
interface World {
  readonly kept: ReadonlyMap<string, Kept>;
  /** The newest state that was published. */
  readonly heard: ReadonlyMap<string, Order>;
  readonly locks: ReadonlyMap<string, LockedTicket['lock']>;
}

const nothing: World = { kept: new Map(), heard: new Map(), locks: new Map() };

type Step =
  | { readonly kind: 'reserve'; readonly ticket: number; readonly buyer: number }
  | { readonly kind: 'release' | 'expire' | 'pay' | 'fail' | 'publish'; readonly ticket: number };

const lastOf = ({ kept }: World, ticketId: string): Order | undefined =>
  [...kept.values()]
    .map(({ order }) => order)
    .filter(({ ticket }) => ticket.id === ticketId)
    .sort((a, b) => b.holdSequence - a.holdSequence)[0];

const lockBy = ({ id, status, holdSequence, version }: Order): LockedTicket['lock'] => ({
  ...(status === 'cancelled' ? {} : { orderId: id }),
  holdSequence,
  orderVersion: version,
});

const isNewer = (order: Order, lock: LockedTicket['lock'] | undefined): boolean =>
  lock === undefined ||
  order.holdSequence > lock.holdSequence ||
  (order.holdSequence === lock.holdSequence && order.version > lock.orderVersion);

const saved = (world: World, order: Order): World => {
  const before = world.kept.get(order.id)?.unpublished ?? [];
  // As an outbox is: of each type the newest.
  const unpublished = [...before.filter(({ status }) => status !== order.status), order];
  return { ...world, kept: new Map(world.kept).set(order.id, { order, unpublished }) };
};

/** All that waits of this ticket is published, and handled by both consumers. */
const published = (world: World, ticketId: string): World => {
  const [kept, heard, locks] = [new Map(world.kept), new Map(world.heard), new Map(world.locks)];
  for (const [id, { order, unpublished }] of world.kept) {
    if (order.ticket.id !== ticketId) continue;
    for (const state of unpublished) {
      if (state.version > (heard.get(id)?.version ?? -1)) heard.set(id, state);
      if (isNewer(state, locks.get(ticketId))) locks.set(ticketId, lockBy(state));
    }
    kept.set(id, { order, unpublished: [] });
  }
  return { kept, heard, locks };
};

/** The world after a step; the same where the step is refused. Time goes by: each hold is over as soon as it may expire. */
const after = (world: World, step: Step): World => {
  const ticket = tickets[step.ticket] ?? aTicketState();
  const last = lastOf(world, ticket.id);
  if (step.kind === 'publish') return published(world, ticket.id);
  if (step.kind === 'reserve') {
    if (last !== undefined && holds(last)) return world;
    const [buyer = '', now] = [buyers[step.buyer], new Date()];
    const hold = { id: newId(), buyer, ticket, after: last, slot: step.ticket + 1, now, holdSeconds: 900 };
    return saved(world, reserve(hold));
  }
  if (last === undefined) return world;
  const { amount, currency } = last.ticket.price;
  const payment = aPaymentState({ id: last.paymentId ?? newId(), orderId: last.id, amount, currency });
  const decision = {
    release: () => release(last, last.userId),
    expire: () => expire(last, last.expiresAt),
    pay: () => complete(last, payment),
    fail: () => losePayment(last, payment),
  }[step.kind]();
  return decision.kind === 'changed' ? saved(world, { ...decision.next, version: last.version + 1 }) : world;
};

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('reserve' as const), ticket: fc.nat(1), buyer: fc.nat(1) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('release', 'expire', 'pay', 'fail', 'publish'),
        ticket: fc.nat(1),
      }),
    },
  ) as fc.Arbitrary<Step>,
  { minLength: 4, maxLength: 24 },
);

/** Lives in which each of the three kinds of write is needed, and their order: with the moment of the backup. */
const examples: [life: Step[], backupAt: number][] = [
  // The backup has it open, and it was let go since.
  [
    [
      { kind: 'reserve', ticket: 0, buyer: 0 },
      { kind: 'publish', ticket: 0 },
      { kind: 'release', ticket: 0 },
      { kind: 'publish', ticket: 0 },
    ],
    2,
  ],
  // … and the next buyer has paid.
  [
    [
      { kind: 'reserve', ticket: 0, buyer: 0 },
      { kind: 'publish', ticket: 0 },
      { kind: 'release', ticket: 0 },
      { kind: 'reserve', ticket: 0, buyer: 1 },
      { kind: 'pay', ticket: 0 },
      { kind: 'publish', ticket: 0 },
    ],
    2,
  ],
  // One buyer holds two tickets that the backup does not know.
  [
    [
      { kind: 'reserve', ticket: 0, buyer: 0 },
      { kind: 'reserve', ticket: 1, buyer: 0 },
      { kind: 'publish', ticket: 0 },
      { kind: 'publish', ticket: 1 },
    ],
    0,
  ],
];

/** What the databases are after the loss: of orders that of the backup, of the others what they have heard. */
interface Loss {
  readonly backup: World;
  readonly lost: World;
}

const lossOf = (life: readonly Step[], backupAt: number): Loss => {
  const worlds = [nothing];
  for (const step of life) worlds.push(after(worlds.at(-1) ?? nothing, step));
  return { backup: worlds[backupAt % worlds.length] ?? nothing, lost: worlds.at(-1) ?? nothing };
};

const databases: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.end()));
});

/** The database of orders, and what payments has heard of them; both are empty. */
const openStores = async () => {
  const [own, payments] = await Promise.all([testDatabase(), testDatabase()]);
  databases.push(own, payments);
  const { mongo } = own;
  const store = openOrderStore(
    { mongo, relay: writtenLater(), clock: systemClock },
    openTicketReplica({ mongo }),
  );
  await own.buildIndexes();
  return { own, store, copies: replicaOf<OrderState>(payments.mongo, 'orders') };
};

describe('orders, restored from a backup', () => {
  const restored = async ({ backup, lost }: Loss) => {
    const { own, store, copies } = await openStores();
    const time = new Date();
    const event = (order: Order) =>
      envelope(told[order.status], toPublic(order), { source: contract.source, time });
    for (const { order, unpublished } of backup.kept.values()) {
      await store.insert(order, told[order.status]);
      await own.mongo.collection('orders').updateOne(
        { 'ticket.id': order.ticket.id, holdSequence: order.holdSequence },
        {
          $set: { outbox: unpublished.map(event) },
        },
      );
    }
    for (const order of lost.heard.values()) await copies.apply(toPublic(order));

    const takeBack = (orders: OrderStore = store) =>
      takeBackOrders({
        orders,
        copies,
        async *lockedTickets() {
          for (const ticket of tickets) {
            const lock = lost.locks.get(ticket.id) ?? { holdSequence: 0, orderVersion: 0 };
            yield { id: ticket.id, title: ticket.title, price: ticket.price, lock };
          }
        },
        buildIndexes: own.buildIndexes,
        cancelsUnknown: false,
        clock: systemClock,
      })();
    const all = async (): Promise<Order[]> => {
      const found: Order[] = [];
      for await (const order of store.all()) found.push(order);
      return found;
    };
    /** What waits to be published, by order: types and versions. */
    const outboxes = async (): Promise<Record<string, string[]>> => {
      const documents = await own.mongo
        .collection('orders')
        .find({}, { projection: { outbox: 1 } })
        .sort({ _id: 1 })
        .toArray();
      return Object.fromEntries(
        documents.map(({ _id, outbox }) => [
          String(_id),
          (outbox as { id: string; type: string }[]).map(({ id, type }) => `${type} ${id}`),
        ]),
      );
    };
    return { store, takeBack, all, outboxes };
  };

  it(
    'take back what was heard, and no ticket is held twice',
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, fc.nat(), async (life, backupAt) => {
          const loss = lossOf(life, backupAt);
          const { takeBack, all, outboxes } = await restored(loss);
          const before = new Map([...loss.backup.kept].map(([id, { order }]) => [id, order]));
          await takeBack();
          const orders = await all();
          const byId = new Map(orders.map((order) => [order.id, order]));

          for (const { id } of tickets)
            expect(orders.filter((order) => order.ticket.id === id && holds(order)).length).toBeLessThan(2);
          for (const [id, order] of loss.lost.heard) {
            const known = byId.get(id);
            expect(known?.version).toBeGreaterThanOrEqual(order.version);
            // What was heard to be paid, and has not lost its payment, is paid.
            if (loss.lost.kept.get(id)?.order.status === 'completed' && order.status === 'completed')
              expect(known).toMatchObject({ status: 'completed', paymentId: order.paymentId });
            if (order.status === 'cancelled') expect(known?.status).toBe('cancelled');
          }
          // No lock is ahead of its orders, so the next order of each ticket gets through.
          for (const [ticketId, lock] of loss.lost.locks) {
            const last = orders
              .filter(({ ticket }) => ticket.id === ticketId)
              .sort((a, b) => b.holdSequence - a.holdSequence)[0];
            expect(last === undefined || isNewer({ ...last, version: last.version + 1 }, lock)).toBe(true);
          }
          // Whatever was written is told.
          const waiting = await outboxes();
          for (const order of orders)
            if (order.version !== before.get(order.id)?.version)
              expect(waiting[order.id]).toContain(
                `${told[order.status].type} order/${order.id}@${order.version}`,
              );
        }),
        { numRuns: RUNS, examples },
      );
    },
    TEST_MS,
  );

  it(
    'come to the same when the command is broken off after any write and run again, and a second run changes nothing',
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, fc.nat(), fc.nat(4), async (life, backupAt, writes) => {
          const loss = lossOf(life, backupAt);
          const [once, broken] = [await restored(loss), await restored(loss)];
          await once.takeBack();
          await broken.takeBack(mortal(broken.store, writes)).catch((error: unknown) => {
            if (!(error instanceof BrokenOff)) throw error;
          });
          await broken.takeBack();
          expect(await broken.all()).toEqual(await once.all());
          expect(await broken.outboxes()).toEqual(await once.outboxes());

          const dead = mortal(once.store, 0);
          await once.takeBack(dead);
        }),
        { numRuns: RUNS },
      );
    },
    TEST_MS,
  );
});

describe('a lock that is ahead of every copy', () => {
  /** tickets has heard of an order, payments never did, and the backup is older than it. */
  const unknownTo = async (lock: LockedTicket['lock'], cancelsUnknown: boolean) => {
    const { own, store, copies } = await openStores();
    const { id, title, price } = aTicketState();
    const takeBack = takeBackOrders({
      orders: store,
      copies,
      async *lockedTickets() {
        yield { id, title, price, lock };
      },
      buildIndexes: own.buildIndexes,
      cancelsUnknown,
      clock: systemClock,
    });
    return { store, takeBack, ticketId: id };
  };

  it('is listed, and nothing is written', async () => {
    const orderId = newId();
    const { store, takeBack } = await unknownTo({ orderId, holdSequence: 1, orderVersion: 0 }, false);
    await expect(takeBack()).rejects.toThrow(NotRestored);
    await expect(takeBack()).rejects.toThrow(orderId);
    expect(await store.model.countDocuments()).toBe(0);
  });

  it('has its order cancelled where that was asked for, once', async () => {
    const orderId = newId();
    const { store, takeBack, ticketId } = await unknownTo(
      { orderId, holdSequence: 3, orderVersion: 1 },
      true,
    );
    expect(await takeBack()).toMatchObject({ unknown: 1 });
    expect(await store.lastOf(ticketId)).toMatchObject({
      id: orderId,
      status: 'cancelled',
      version: 2,
      holdSequence: 3,
    });
    expect(await takeBack()).toMatchObject({ unknown: 0 });
  });

  it('that is free has an order of a new id cancelled', async () => {
    const { store, takeBack, ticketId } = await unknownTo({ holdSequence: 1, orderVersion: 1 }, true);
    await takeBack();
    expect(await store.lastOf(ticketId)).toMatchObject({ status: 'cancelled', version: 2, holdSequence: 1 });
    expect(await takeBack()).toMatchObject({ unknown: 0 });
    expect(await store.model.countDocuments()).toBe(1);
  });
});
