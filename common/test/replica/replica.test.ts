import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { type Connection, Types } from 'mongoose';
import type { TicketState } from '../../src/events/index.ts';
import { isDuplicateKey, type Replica, replicaOf } from '../../src/replica/index.ts';
import { connectMongo } from '../../src/store/index.ts';
import {
  aTicketState,
  everyOrder,
  explainQueries,
  newId,
  type TestDatabase,
  testDatabase,
} from '../../src/testing/index.ts';

const openReplica = (mongo: Connection): Replica<TicketState> => replicaOf<TicketState>(mongo, 'tickets');

describe("a service's copy of a ticket", () => {
  let database: TestDatabase;
  let tickets: Replica<TicketState>;

  beforeAll(async () => {
    database = await testDatabase();
    tickets = openReplica(database.mongo);
    await database.buildIndexes();
  });

  afterAll(async () => {
    await database.end();
  });

  /** The same ticket over time, each version different from the others, some with fields that others lack. */
  const history = (id: string, versions: readonly number[]): TicketState[] =>
    versions.map((version) =>
      aTicketState({
        id,
        version,
        userId: 'a'.repeat(24),
        title: `Title ${version}`,
        ...(version % 2 === 0 ? { place: `Place ${version}` } : { orderId: newId() }),
      }),
    );

  const newest = (states: readonly TicketState[]): TicketState | undefined =>
    states.toSorted((a, b) => a.version - b.version).at(-1);

  it('is the same as the ticket, field by field', async () => {
    const ticket = aTicketState({ place: '$place', title: '$$ROOT', startsAt: '2027-05-01T18:00:00.000Z' });
    expect(await tickets.find(ticket.id)).toBeUndefined();
    expect(await tickets.apply(ticket)).toBe(true);
    expect(await tickets.find(ticket.id)).toEqual(ticket);
  });

  it('is the newest of four versions in whatever order they arrive, each of them twice', async () => {
    for (const order of everyOrder([0, 1, 2, 3])) {
      const id = newId();
      const states = history(id, [0, 1, 2, 3]);
      let best = -1;
      for (const version of order.flatMap((one) => [one, one])) {
        expect(await tickets.apply(states[version] as TicketState)).toBe(version > best);
        best = Math.max(best, version);
      }
      expect(await tickets.find(id)).toEqual(states[3]);
    }
  });

  it('is the newest of whatever arrived, with duplicates and gaps, one after the other or at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 6 }).chain((versions) =>
          fc.record({
            versions: fc.constant(versions),
            deliveries: fc.array(fc.nat({ max: versions.length - 1 }), { minLength: 1, maxLength: 15 }),
            atOnce: fc.boolean(),
          }),
        ),
        async ({ versions, deliveries, atOnce }) => {
          const states = history(newId(), versions);
          const arrivals = deliveries.map((index) => states[index] as TicketState);
          const kept: boolean[] = [];
          if (atOnce) kept.push(...(await Promise.all(arrivals.map((state) => tickets.apply(state)))));
          else for (const state of arrivals) kept.push(await tickets.apply(state));
          const best = newest(arrivals) as TicketState;
          expect(await tickets.find(best.id)).toEqual(best);
          // The newest was kept exactly once, however often it came.
          const times = arrivals.filter((state, index) => state.version === best.version && kept[index]);
          expect(times.length).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the newest also when six versions of an unknown ticket arrive at the same moment', async () => {
    for (let round = 0; round < 30; round += 1) {
      const states = history(newId(), [0, 1, 2, 3, 4, 5]);
      await Promise.all(states.map((state) => tickets.apply(state)));
      expect(await tickets.find((states[0] as TicketState).id)).toEqual(states[5]);
    }
  });

  it('is the newest also when an older one was inserted at the very moment it was to be inserted itself', async () => {
    const [older, newer] = history(newId(), [1, 2]) as [TicketState, TicketState];
    const mongo = await connectMongo(database.url, 'requests');
    const racing = openReplica(mongo);
    // Two upserts that find nothing both insert, which happens once in a hundred times; here it always does. The error
    // is the database's own.
    const { model } = racing;
    const clash = async () => {
      await tickets.apply(older);
      return model.collection.insertOne({ _id: new Types.ObjectId(newer.id) });
    };
    jest.spyOn(model, 'replaceOne').mockImplementationOnce(clash as unknown as typeof model.replaceOne);
    expect(await racing.apply(newer).finally(() => mongo.close())).toBe(true);
    expect(await tickets.find(newer.id)).toEqual(newer);
  });

  it('loses the fields that the ticket no longer has', async () => {
    const reserved = aTicketState({ version: 4, status: 'reserved', orderId: newId(), place: 'Gent' });
    const { orderId: _order, place: _place, ...rest } = reserved;
    const free: TicketState = { ...rest, version: 5, status: 'on sale' };
    await tickets.apply(reserved);
    await tickets.apply(free);
    expect(await tickets.find(free.id)).toEqual(free);
    const raw = await tickets.model.collection.findOne({ _id: new Types.ObjectId(free.id) });
    expect(Object.keys(raw ?? {})).not.toContain('orderId');
  });

  it('keeps every field of the event, also one that it does not know, as it is', async () => {
    const ticket: Required<TicketState> = {
      ...aTicketState({ version: 2, status: 'reserved' }),
      orderId: newId(),
      reservedUntil: '2027-05-01T20:00:00.000Z',
      startsAt: '2027-05-02T20:00:00.000Z',
      place: '$Gent',
    };
    const newer = {
      ...ticket,
      colour: 'red',
      price: { ...ticket.price, vat: 21 },
      seats: [{ row: '1', $of: 2 }],
    };
    expect(await tickets.apply(newer)).toBe(true);
    expect(await tickets.find(ticket.id)).toEqual(newer);
  });

  it('is on the disk of a majority before the event is acknowledged', async () => {
    const mongo = await connectMongo(database.url, 'requests', { monitorCommands: true });
    const concerns: unknown[] = [];
    mongo.getClient().on('commandStarted', ({ command }) => {
      if ('update' in command) concerns.push(command.writeConcern);
    });
    await openReplica(mongo).apply(aTicketState());
    expect(concerns).toEqual([{ w: 'majority', j: true }]);
    await mongo.close();
  });

  it('is read and written by its id', async () => {
    const ticket = aTicketState();
    const plans = await explainQueries(database.mongo, async () => {
      await tickets.apply(ticket);
      await tickets.apply({ ...ticket, version: 1 });
      await tickets.find(ticket.id);
    });
    expect(plans.length).toBe(3);
    for (const { summary } of plans) expect(summary).toMatch(/^(IDHACK|IXSCAN \{ _id: 1 \})$/);
  });

  it('can be waited for when the ticket is only just made, and is there as soon as its event is', async () => {
    const waits: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const ticket = aTicketState();
      const found = tickets.findSoon(ticket.id);
      // Its first look has come before ours.
      expect(await tickets.find(ticket.id)).toBeUndefined();
      await tickets.apply(ticket);
      const applied = performance.now();
      expect(await found).toEqual(ticket);
      waits.push(performance.now() - applied);
    }
    // Woken, and not found by the next of its looks, which come 100 ms apart.
    expect(Math.min(...waits)).toBeLessThan(50);
  });

  it('can be waited for also when another process is told of the ticket', async () => {
    const mongo = await connectMongo(database.url, 'requests');
    const ticket = aTicketState();
    const found = tickets.findSoon(ticket.id);
    await openReplica(mongo).apply(ticket);
    expect(await found).toEqual(ticket);
    await mongo.close();
  });
});

describe('a clash on a unique index', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
  });

  afterAll(async () => {
    await database.end();
  });

  it('is told by the index, whatever the user wrote into the clashing value', async () => {
    const keys = database.mongo.collection<{ _id: string; key: string; seat: number }>('keys');
    await keys.createIndex({ key: 1 }, { unique: true, name: 'key' });
    await keys.createIndex({ seat: 1 }, { unique: true, name: 'holds_ticket' });
    const key = 'x index: holds_ticket dup key: ';
    await keys.insertOne({ _id: 'a', key, seat: 1 });
    const clash = async (document: { _id: string; key: string; seat: number }) =>
      keys.insertOne(document).catch((error: unknown) => error);
    const upsert = (error: unknown) =>
      ['_id_', 'key', 'holds_ticket'].filter((i) => isDuplicateKey(error, i));

    expect(upsert(await clash({ _id: 'b', key, seat: 2 }))).toEqual(['key']);
    expect(upsert(await clash({ _id: 'c', key: 'other', seat: 1 }))).toEqual(['holds_ticket']);
    expect(upsert(await clash({ _id: 'a', key: 'third', seat: 3 }))).toEqual(['_id_']);
    const changed = keys.findOneAndUpdate({ _id: 'd' }, { $set: { key, seat: 4 } }, { upsert: true });
    expect(upsert(await changed.catch((error: unknown) => error))).toEqual(['key']);
  });

  it('is not what any other error is', () => {
    expect(isDuplicateKey(new Error('E11000 duplicate key error index: key dup key: {}'))).toBe(false);
    expect(isDuplicateKey({ code: 11_000 })).toBe(false);
    expect(isDuplicateKey(undefined)).toBe(false);
    expect(isDuplicateKey(Object.assign(new Error('any'), { code: 11_000 }))).toBe(true);
  });
});
