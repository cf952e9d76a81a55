import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OrderState, orderCancelled, orderCreated } from '../../src/events/index.ts';
import { BusUnavailable } from '../../src/messaging/index.ts';
import { markForRepublishing } from '../../src/operations/index.ts';
import {
  aggregateSchema,
  aggregateStore,
  change,
  createRelay,
  republishing,
} from '../../src/outbox/index.ts';
import { anOrderState, explainQueries, type TestDatabase, testDatabase } from '../../src/testing/index.ts';

const MINUTE_MS = 60_000;

describe('telling present states again', () => {
  let database: TestDatabase;
  let published: { id: string; type: string }[];
  let away: boolean;
  /** Aggregates whose state the broker would never take. */
  let unspeakable: string[];
  let now: Date;

  beforeEach(async () => {
    database = await testDatabase();
    published = [];
    away = false;
    unspeakable = [];
    now = new Date('2027-05-01T20:00:00Z');
  });
  afterEach(() => database.end());

  const open = async () => {
    const clock = { now: () => now };
    const bus = {
      async publish({ id, type, subject }: { id: string; type: string; subject: string }) {
        if (away) throw new BusUnavailable('away');
        if (unspeakable.includes(subject)) throw new Error('too large');
        published.push({ id, type });
      },
    };
    const orders = aggregateStore<OrderState, typeof orderCreated | typeof orderCancelled>({
      mongo: database.mongo,
      name: 'orders',
      schema: aggregateSchema({
        userId: { type: String },
        status: { type: String },
        expiresAt: { type: String },
        holdSequence: { type: Number },
        ticket: {
          id: { type: String },
          title: { type: String },
          price: { amount: { type: Number }, currency: { type: String } },
        },
      }),
      source: 'orders',
      toPublic: (order) => order,
      republish: {
        eventOf: ({ status }) => (status === 'cancelled' ? orderCancelled : orderCreated),
        isSettled: ({ status }) => status === 'cancelled',
      },
      relay: createRelay({ bus, clock }),
      clock,
    });
    await database.buildIndexes();
    return orders;
  };
  const later = (minutes: number) => {
    now = new Date(now.getTime() + minutes * MINUTE_MS);
  };
  const cancel = (order: OrderState) => change({ ...order, status: 'cancelled' as const }, orderCancelled);

  it('says what is not settled again and again, under the same version', async () => {
    const orders = await open();
    const { id } = await orders.insert(anOrderState(), orderCreated);
    expect(await orders.republishDue()).toBe(0);
    for (const minutes of [1, 5, 5]) {
      later(minutes);
      expect(await orders.republishDue()).toBe(1);
      expect(await orders.republishDue()).toBe(0);
    }
    expect(published).toEqual(Array(3).fill({ id: `order/${id}@0`, type: 'order:created' }));
  });

  it('says what is settled once more, as its event may have been lost, and then no longer', async () => {
    const orders = await open();
    const { id } = await orders.insert(anOrderState(), orderCreated);
    await orders.change(id, cancel);
    later(1);
    expect(await orders.republishDue()).toBe(1);
    later(60);
    expect(await orders.republishDue()).toBe(0);
    expect(published).toEqual([{ id: `order/${id}@1`, type: 'order:cancelled' }]);
  });

  it('keeps what is due while the broker is away', async () => {
    const orders = await open();
    await orders.insert(anOrderState(), orderCreated);
    later(1);
    away = true;
    expect(await republishing(orders).run()).toBe(0);
    away = false;
    expect(await republishing(orders).run()).toBe(1);
    expect(published).toHaveLength(1);
  });

  it('is not kept from the others by one that cannot be told, which is tried again later', async () => {
    const orders = await open();
    const broken = await orders.insert(anOrderState(), orderCreated);
    const sound = await orders.insert(anOrderState(), orderCreated);
    unspeakable = [broken.id];
    for (const minutes of [1, 5]) {
      published = [];
      later(minutes);
      await expect(republishing(orders).run()).rejects.toThrow('some orders could not be told again');
      expect(published).toEqual([{ id: `order/${sound.id}@0`, type: 'order:created' }]);
      expect(await republishing(orders).run()).toBe(0);
    }
    unspeakable = [];
    later(5);
    expect(await republishing(orders).run()).toBe(2);
  });

  it('does not lose the telling of a change that came while the state before it was told', async () => {
    const orders = await open();
    const order = await orders.insert(anOrderState(), orderCreated);
    later(1);
    const telling = orders.republishDue();
    await orders.change(order.id, cancel);
    await telling;
    later(1);
    await orders.republishDue();
    expect(published.at(-1)).toEqual({ id: `order/${order.id}@1`, type: 'order:cancelled' });
  });

  it('says again what an operator asks for, of the time he says', async () => {
    const orders = await open();
    const old = await orders.insert(anOrderState(), orderCreated);
    await orders.change(old.id, cancel);
    later(1);
    await orders.republishDue();
    later(120);
    const recent = await orders.insert(anOrderState(), orderCreated);
    published = [];
    const since = new Date(now.getTime() - 10 * MINUTE_MS);
    expect(await markForRepublishing(database.mongo, since, now)).toEqual({ orders: 1 });
    await orders.republishDue();
    expect(published.map(({ id }) => id)).toEqual([`order/${recent.id}@0`]);
    published = [];
    expect(await markForRepublishing(database.mongo, new Date(0), now)).toEqual({ orders: 2 });
    await orders.republishDue();
    expect(published.map(({ id }) => id).sort()).toEqual(
      [`order/${old.id}@1`, `order/${recent.id}@0`].sort(),
    );
  });

  it('finds what is due by an index', async () => {
    const orders = await open();
    for (let n = 0; n < 20; n += 1) await orders.insert(anOrderState(), orderCreated);
    later(1);
    const plans = await explainQueries(database.mongo, async () => {
      await orders.republishDue();
      await markForRepublishing(database.mongo, new Date(now.getTime() - MINUTE_MS), now);
    });
    expect(plans.length).toBeGreaterThan(2);
    expect(plans.filter(({ stages }) => stages.includes('COLLSCAN') || stages.includes('SORT'))).toEqual([]);
  });
});
