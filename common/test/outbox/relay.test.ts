import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Connection } from 'mongoose';
import type { Clock } from '../../src/clock/index.ts';
import { type CloudEvent, ticketCreated, ticketUpdated } from '../../src/events/index.ts';
import { BusUnavailable, type EventBus, EventTooLarge } from '../../src/messaging/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import type { RelayOptions } from '../../src/outbox/index.ts';
import {
  eventually,
  explainQueries,
  type Listener,
  listenTo,
  type TestDatabase,
  testDatabase,
} from '../../src/testing/index.ts';
import { aSeat, type Seat, type SeatStore, seatStore, watchedConnection } from './seats.ts';

/** Longer than any test: what happens all the same does not wait for a look, or for an event to be old. */
const NEVER = 10 * 60_000;

let database: TestDatabase;
let broker: MemoryBroker;
let listener: Listener;
/** Events that the relays of this test have published. */
let published = 0;
const endings: (() => Promise<unknown>)[] = [];

const connect = (): EventBus => {
  const bus = connectMemory({ broker });
  endings.push(() => bus.close());
  return bus;
};

/** A process of the service, with its own connections. */
const open = async (options: Partial<RelayOptions> = {}): Promise<SeatStore & { mongo: Connection }> => {
  const mongo = await watchedConnection(database.url);
  const onPublished = (event: CloudEvent) => {
    published += 1;
    options.onPublished?.(event);
  };
  const store = seatStore(mongo, { bus: connect(), pollMs: 20, graceMs: 0, ...options, onPublished });
  await store.model.createCollection();
  await store.model.createIndexes();
  endings.push(async () => {
    await store.relay.drain(5_000);
    await mongo.close();
  });
  return { ...store, mongo };
};

/** Waits until nothing stands in an outbox any more, and what was published has been heard. */
const emptied = (seats: SeatStore) =>
  eventually(async () => {
    expect((await seats.relay.depths())[0]?.depth).toBe(0);
    expect(listener.heard.length).toBeGreaterThanOrEqual(published);
  });

const versionsOf = (id: string): number[] => listener.about(id).map((event) => event.data.version);

beforeEach(async () => {
  database = await testDatabase();
  broker = new MemoryBroker();
  published = 0;
  listener = await listenTo(connect(), ticketCreated, ticketUpdated);
});

afterEach(async () => {
  broker.comeBack();
  for (const end of endings.splice(0).reverse()) await end();
  await database.end();
  expect(listener.refused).toEqual([]);
});

describe('a saved event', () => {
  it('is published at once, without waiting for the next look', async () => {
    const seats = await open({ pollMs: NEVER, graceMs: NEVER });
    seats.relay.start();
    const seat = aSeat({ place: undefined });
    await seats.insert(seat, ticketCreated);
    await emptied(seats);
    expect(versionsOf(seat.id)).toEqual([0]);
  });

  it('is published at once also while an earlier one of the same seat is on its way', async () => {
    const seats = await open({ pollMs: NEVER, graceMs: NEVER });
    seats.relay.start();
    let seat = aSeat();
    await seats.insert(seat, ticketCreated);
    for (let change = 1; change <= 20; change += 1) {
      seat = await seats.commit(seat, { ...seat, cents: seat.cents + 1 }, ticketUpdated);
    }
    await emptied(seats);
    expect(versionsOf(seat.id)).toEqual(Array.from({ length: 21 }, (_, version) => version));
  });

  it('is published at once also when it was saved together with many others', async () => {
    const seats = await open({ pollMs: NEVER, graceMs: NEVER });
    seats.relay.start();
    const rows = Array.from({ length: 300 }, () => aSeat());
    await Promise.all(rows.map((seat) => seats.insert(seat, ticketCreated)));
    await emptied(seats);
    const changes = rows.map((current) => ({
      current,
      next: { ...current, cents: 7 },
      event: ticketUpdated,
    }));
    expect(await seats.commitAll(changes)).toBe(300);
    await emptied(seats);
    for (const { id } of rows) expect([...new Set(versionsOf(id))]).toEqual([0, 1]);
  });

  it('is left alone by a look while it is young, since the process that saved it publishes it', async () => {
    let now = Date.now();
    const clock: Clock = { now: () => new Date(now) };
    const writer = await open({ clock });
    const seat = aSeat();
    await writer.insert(seat, ticketCreated); // its relay does not run: as if it had crashed here
    let looks = 0;
    const other = await open({ clock, graceMs: 1_000 });
    other.mongo.getClient().on('commandStarted', ({ commandName }) => {
      if (commandName === 'find') looks += 1;
    });
    other.relay.start();
    await eventually(() => expect(looks).toBeGreaterThan(3));
    expect(versionsOf(seat.id)).toEqual([]);
    now += 1_000;
    await emptied(other);
    expect(versionsOf(seat.id)).toEqual([0]);
  });

  it('is published by the next look when there were too many at once', async () => {
    const seats = await open({ pollMs: NEVER, graceMs: NEVER, concurrency: 2 });
    seats.relay.start();
    const all = Array.from({ length: 100 }, () => aSeat());
    await Promise.all(all.map((seat) => seats.insert(seat, ticketCreated)));
    await emptied(seats);
    expect(new Set(listener.heard.map((event) => event.subject))).toEqual(new Set(all.map(({ id }) => id)));
  });

  it('goes out in the order of its seat when many were left behind', async () => {
    const seats = await open();
    await seats.leaveBehind(20, 10);
    seats.relay.start();
    await emptied(seats);
    for (const { subject } of listener.heard) {
      expect(versionsOf(subject)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(listener.heard.length).toBe(200);
  });

  it('reaches the broker without what is undefined, also when a look publishes it', async () => {
    const seats = await open();
    const toPublic = { ...aSeat(), place: undefined };
    await seats.insert(toPublic, ticketCreated);
    await seats.change(toPublic.id, (seat: Seat) => ({
      kind: 'changed',
      next: { ...seat, place: undefined },
      event: ticketUpdated,
    }));
    seats.relay.start();
    await emptied(seats);
    expect(versionsOf(toPublic.id)).toEqual([0, 1]);
  });
});

describe('with two relays on one collection', () => {
  it('nothing is lost, and the outboxes empty', async () => {
    const [one, other] = [await open(), await open()];
    await one.leaveBehind(300, 2);
    one.relay.start();
    other.relay.start();
    const fresh = Array.from({ length: 60 }, () => aSeat());
    await Promise.all(
      fresh.map(async (seat, index) => {
        const writer = index % 2 === 0 ? one : other;
        await writer.insert(seat, ticketCreated);
        await writer.commit(seat, { ...seat, cents: 1 }, ticketUpdated);
      }),
    );
    await emptied(one);
    await eventually(() => expect(new Set(listener.heard.map(({ id }) => id)).size).toBe(720));
    expect(await one.standing()).toEqual([]);
  });
});

describe('while the broker is away', () => {
  it('changes are saved all the same, and their events arrive once it is back, without a restart', async () => {
    const seats = await open();
    seats.relay.start();
    broker.goAway();
    const all = Array.from({ length: 30 }, () => aSeat());
    await Promise.all(all.map((seat) => seats.insert(seat, ticketCreated)));
    await seats.commit(all[0] as Seat, { ...(all[0] as Seat), cents: 1 }, ticketUpdated);
    expect((await seats.standing()).length).toBe(31);
    expect(listener.heard).toEqual([]);

    broker.comeBack();
    await emptied(seats);
    await eventually(() => expect(new Set(listener.heard.map(({ id }) => id)).size).toBe(31));
    const later = aSeat();
    await seats.insert(later, ticketCreated);
    await eventually(() => expect(versionsOf(later.id)).toContain(0));
  });

  it('it is told once, and not asked again for every change', async () => {
    const told: boolean[] = [];
    let asked = 0;
    const bus = connect();
    const seats = await open({
      pollMs: NEVER,
      graceMs: NEVER,
      onFailed: (_error, again) => told.push(again),
      bus: {
        publish: (event) => {
          asked += 1;
          return bus.publish(event);
        },
      },
    });
    seats.relay.start();
    broker.goAway();
    for (let count = 0; count < 50; count += 1) await seats.insert(aSeat(), ticketCreated);
    expect(told).toEqual([false]);
    expect(asked).toBe(1);
  });

  it('a stop gives up when its time is over, and what is left stays saved', async () => {
    const seats = await open();
    seats.relay.start();
    broker.goAway();
    await seats.insert(aSeat(), ticketCreated);
    expect(await seats.relay.drain(1_000)).toBe(false);
    expect((await seats.standing()).length).toBe(1);
  });
});

describe('a backlog', () => {
  it('of 10,000 is published with a bounded number of them in memory', async () => {
    const concurrency = 32;
    const bus = connect();
    let publishing = 0;
    let mostPublishing = 0;
    let read = 0;
    let done = 0;
    let mostAtOnce = 0;
    const seats = await open({
      concurrency,
      onPublished: () => {
        done += 1;
      },
      bus: {
        async publish(event) {
          publishing += 1;
          mostPublishing = Math.max(mostPublishing, publishing);
          await bus.publish(event).finally(() => {
            publishing -= 1;
          });
        },
      },
    });
    await seats.leaveBehind(10_000);
    seats.mongo.getClient().on('commandSucceeded', ({ reply }) => {
      const cursor = (reply as { cursor?: { firstBatch?: unknown[]; nextBatch?: unknown[] } }).cursor;
      read += cursor?.firstBatch?.length ?? cursor?.nextBatch?.length ?? 0;
      mostAtOnce = Math.max(mostAtOnce, read - done);
    });
    seats.relay.start();
    await eventually(() => expect(done).toBeGreaterThanOrEqual(10_000), 25_000);
    await emptied(seats);
    expect(mostPublishing).toBeLessThanOrEqual(concurrency);
    expect(mostPublishing).toBeGreaterThan(1);
    // A batch that is being read, one that is being published.
    expect(mostAtOnce).toBeLessThanOrEqual(2 * 200 + concurrency);
    expect(new Set(listener.heard.map(({ id }) => id)).size).toBe(10_000);
  });

  it('of 3,000 events of one seat, as releases before this one left them, is published in their order', async () => {
    const seats = await open({ pollMs: NEVER });
    await seats.leaveBehind(1, 3_000);
    seats.relay.start();
    await emptied(seats);
    await eventually(() => expect(listener.heard.length).toBe(3_000));
    expect(listener.heard.map((event) => event.data.version)).toEqual(
      Array.from({ length: 3_000 }, (_, v) => v),
    );
  });

  it('is found by an index, counted by it, and never sorted', async () => {
    const seats = await open({ pollMs: NEVER, graceMs: NEVER, concurrency: 200 });
    for (let count = 0; count < 5; count += 1) {
      const quiet = Array.from({ length: 100 }, () => ({ version: 0, title: 'Row 1', cents: 1, outbox: [] }));
      await seats.model.collection.insertMany(quiet);
    }
    await seats.leaveBehind(30, 250);
    const plans = await explainQueries(seats.mongo, async () => {
      expect(await seats.relay.depths()).toMatchObject([{ name: 'seats', depth: 30 }]);
      expect(await seats.relay.drain(20_000)).toBe(true);
    });
    const ofSeats = plans.filter((plan) => plan.collection === 'seats');
    expect(ofSeats.length).toBeGreaterThan(30);
    for (const plan of ofSeats) {
      expect(plan.summary).not.toContain('COLLSCAN');
      expect(plan.sorted).toBe(false);
      expect(plan.docsExamined).toBeLessThanOrEqual(31);
    }
    const looks = ofSeats.filter((plan) => plan.command.find === 'seats' && plan.returned === 30);
    expect(looks.map((plan) => [plan.summary, plan.keysExamined])).toEqual([
      ['IXSCAN { outbox.0.time: 1 }', 30],
    ]);
  });
});

describe('when something goes wrong on the way', () => {
  it('an event that was published but could not be removed is published once more, and not lost', async () => {
    const seats = await open({ pollMs: NEVER, graceMs: NEVER });
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    // A real refusal by the database: nothing with an empty outbox may be written.
    await seats.mongo.db?.command({ collMod: 'seats', validator: { 'outbox.0': { $exists: true } } });
    expect(await seats.relay.drain(10_000)).toBe(false);
    await eventually(() => expect(versionsOf(seat.id)).toEqual([0]));
    expect((await seats.standing()).length).toBe(1);

    await seats.mongo.db?.command({ collMod: 'seats', validator: {} });
    expect(await seats.relay.drain(10_000)).toBe(true);
    await eventually(() => expect(versionsOf(seat.id)).toEqual([0, 0]));
  });

  it('one that no broker would take does not stand in the way of the others, and is told of once', async () => {
    const told: [unknown, boolean][] = [];
    const seats = await open({ onFailed: (error, again) => told.push([error, again]) });
    await seats.leaveBehind(1, 1, 'x'.repeat(600 * 1024));
    await seats.leaveBehind(5);
    seats.relay.start();
    await eventually(() => expect(told.length).toBeGreaterThan(2));
    expect(told.every(([error]) => error instanceof EventTooLarge)).toBe(true);
    expect(told.map(([, again]) => again)).toEqual([false, ...Array(told.length - 1).fill(true)]);
    await eventually(() => expect(listener.heard.length).toBe(5));
    expect((await seats.relay.depths())[0]?.depth).toBe(1);
    const later = aSeat();
    await seats.insert(later, ticketCreated);
    await eventually(() => expect(versionsOf(later.id)).toContain(0));
  });

  it('what the broker took in a part of a round is not published again for what it did not take', async () => {
    const bus = connect();
    const taken: string[] = [];
    const seats = await open({
      pollMs: NEVER,
      bus: {
        async publish(event: CloudEvent) {
          if (taken.length === 7) throw new BusUnavailable('gone in the middle');
          await bus.publish(event);
          taken.push(event.id);
        },
      },
    });
    await seats.leaveBehind(1, 10);
    expect(await seats.relay.drain(10_000)).toBe(false);
    expect((await seats.standing()).map((event) => event.data.version)).toEqual([7, 8, 9]);
  });
});

describe('a stop', () => {
  it('publishes everything that is left', async () => {
    const seats = await open({ pollMs: NEVER, graceMs: NEVER, concurrency: 1 });
    seats.relay.start();
    await Promise.all(Array.from({ length: 40 }, () => seats.insert(aSeat(), ticketCreated)));
    expect(await seats.relay.drain(20_000)).toBe(true);
    expect(await seats.standing()).toEqual([]);
    await eventually(() => expect(new Set(listener.heard.map(({ id }) => id)).size).toBe(40));
  });

  it('is over in time, also when the broker never answers', async () => {
    const seats = await open({ bus: { publish: () => new Promise(() => {}) } });
    endings.pop();
    await seats.leaveBehind(3);
    seats.relay.start();
    const started = performance.now();
    expect(await seats.relay.drain(200)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect((await seats.standing()).length).toBe(3);
    await seats.mongo.close();
  });
});

describe('an outbox', () => {
  it('says how many wait, and how long the oldest has', async () => {
    const now = Date.now();
    const clock: Clock = { now: () => new Date(now) };
    const seats = await open({ clock, pollMs: NEVER, graceMs: NEVER });
    expect(await seats.relay.depths()).toEqual([{ name: 'seats', depth: 0, ageSeconds: 0 }]);
    await seats.leaveBehind(3, 2);
    await seats.insert(aSeat(), ticketCreated);
    const [outbox] = await seats.relay.depths();
    expect(outbox).toMatchObject({ name: 'seats', depth: 4 });
    expect(outbox?.ageSeconds).toBeGreaterThan(50);
    expect(outbox?.ageSeconds).toBeLessThan(70);
    expect(await seats.relay.drain(20_000)).toBe(true);
    expect(await seats.relay.depths()).toEqual([{ name: 'seats', depth: 0, ageSeconds: 0 }]);
  });
});
