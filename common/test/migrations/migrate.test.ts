import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Connection, Types } from 'mongoose';
import { ticketCreated } from '../../src/events/index.ts';
import { type Migration, migrating } from '../../src/migrations/index.ts';
import { createLogger } from '../../src/service/index.ts';
import { eventually, explainQueries, type TestDatabase, testDatabase } from '../../src/testing/index.ts';
import { aSeat, type SeatStore, seatStore } from '../outbox/seats.ts';

const noBroker = { publish: () => Promise.reject(new Error('nobody published')) };
const silent = createLogger('box-office', 'silent');

/** A logger, and what it was told. */
const listening = () => {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('box-office', 'info', {
    write: (line: string) => lines.push(JSON.parse(line)),
  });
  return { logger, saying: (message: string) => lines.filter(({ msg }) => msg === message) };
};

let database: TestDatabase;
let mongo: Connection;
let seats: SeatStore;
let now: Date;
const clock = { now: () => now };

beforeEach(async () => {
  database = await testDatabase();
  mongo = database.mongo;
  seats = seatStore(mongo, { bus: noBroker });
  await database.buildIndexes();
  now = new Date();
});
afterEach(() => database.end());

/** Seats have no row in their old form; it is the end of their title. */
const rows = (given: Partial<Migration> = {}): Migration => ({
  name: '0001-rows',
  collection: 'seats',
  old: { row: { $exists: false } },
  published: true,
  changes: async (documents) =>
    documents.map(({ title }) => ({ set: { row: Number(String(title).split(' ')[1]) }, unset: ['place'] })),
  ...given,
});

/** The migrations of a replica of its own. */
const replica = (migrations: readonly Migration[], logger = silent) =>
  migrating({ migrations, longWork: mongo, clock, logger });

const stored = () => mongo.collection('seats').find({}).sort({ _id: 1 }).toArray();
const oldSeats = async (count: number, given: Record<string, unknown> = {}): Promise<string[]> => {
  const documents = Array.from({ length: count }, (_, index) => ({
    ...{ _id: new Types.ObjectId(), title: `Row ${index}`, cents: 1_000, place: 'left', version: 3 },
    ...{ outbox: [], index: { words: [] }, savedAt: now },
    ...given,
  }));
  await mongo.collection('seats').insertMany(documents);
  return documents.map(({ _id }) => _id.toHexString());
};

describe('a migration', () => {
  it('brings documents of the old form into the new one, and leaves those of the new form alone', async () => {
    await oldSeats(2);
    await oldSeats(1, { row: 77 });
    expect(await replica([rows()]).beforeReady()).toBe(2);
    const documents = await stored();
    expect(documents.map(({ row, version }) => [row, version])).toEqual([
      [0, 4],
      [1, 4],
      [77, 3],
    ]);
    expect(documents[0]).not.toHaveProperty('place');
    expect(documents[2]).toMatchObject({ place: 'left' });
    expect(documents[2]).not.toHaveProperty('republishAt');
  });

  it('of more documents than are read at once is whole, and has all of them published soon, the newest first', async () => {
    const ids = await oldSeats(1_200);
    expect(await replica([rows()]).beforeReady()).toBe(1_200);
    const due = (await stored()).map(({ republishAt }) => republishAt.getTime() - now.getTime());
    expect(due.length).toBe(ids.length);
    // Fifty a second, so that what is saved meanwhile does not wait behind them.
    expect(Math.max(...due)).toBeLessThanOrEqual((1_200 / 50) * 1_000);
    expect(due.at(-1)).toBe(0);
    const perSecond = new Map<number, number>();
    for (const ms of due)
      perSecond.set(Math.floor(ms / 1_000), (perSecond.get(Math.floor(ms / 1_000)) ?? 0) + 1);
    expect(Math.max(...perSecond.values())).toBe(50);
  });

  it('has a state published no later than it was going to be', async () => {
    const soon = new Date(now.getTime() - 1_000);
    await oldSeats(60, { republishAt: soon });
    await replica([rows()]).beforeReady();
    expect(new Set((await stored()).map(({ republishAt }) => republishAt.getTime()))).toEqual(
      new Set([soon.getTime()]),
    );
  });

  it('that does not change what is published raises no version and has nothing published', async () => {
    await oldSeats(1);
    await replica([rows({ published: false })]).beforeReady();
    const [document] = await stored();
    expect(document).toMatchObject({ row: 0, version: 3 });
    expect(document).not.toHaveProperty('republishAt');
  });

  it('leaves alone what has got the new form in between', async () => {
    await oldSeats(1);
    const late = rows({
      published: false,
      async changes(documents, connection) {
        await connection.collection('seats').updateOne({}, { $set: { row: 5 } });
        return rows().changes(documents, connection);
      },
    });
    expect(await replica([late]).beforeReady()).toBe(0);
    expect((await stored())[0]).toMatchObject({ row: 5, place: 'left' });
  });

  it('and a change at the same moment both happen: what was changed in between is read again', async () => {
    const [id = ''] = await oldSeats(1);
    let tries = 0;
    const racing = rows({
      async changes(documents, connection) {
        tries += 1;
        if (tries === 1) {
          const seat = await seats.find(id);
          if (seat !== undefined) await seats.commit(seat, { ...seat, title: 'Row 9' }, undefined);
        }
        return rows().changes(documents, connection);
      },
    });
    expect(await replica([racing]).beforeReady()).toBe(1);
    expect(tries).toBe(2);
    expect((await stored())[0]).toMatchObject({ title: 'Row 9', row: 9, version: 5 });
  });

  it('goes on where a replica has died: each document is migrated once', async () => {
    await oldSeats(1_100);
    let batches = 0;
    const dying = rows({
      async changes(documents, connection) {
        batches += 1;
        if (batches === 2) throw new Error('killed');
        return rows().changes(documents, connection);
      },
    });
    await expect(replica([dying]).beforeReady()).rejects.toThrow('killed');
    expect(await mongo.collection('seats').countDocuments({ version: 4 })).toBe(500);
    expect(await replica([rows()]).beforeReady()).toBe(600);
    expect(await mongo.collection('seats').countDocuments({ version: 4 })).toBe(1_100);
  });

  it('is done by one replica at a time; the others wait for it', async () => {
    await oldSeats(600);
    let [atWork, most] = [0, 0];
    const counting = rows({
      async changes(documents, connection) {
        atWork += 1;
        most = Math.max(most, atWork);
        await mongo.collection('seats').findOne({});
        const changes = await rows().changes(documents, connection);
        atWork -= 1;
        return changes;
      },
    });
    const done = await Promise.all([1, 2, 3].map(() => replica([counting]).beforeReady()));
    expect(done.sort()).toEqual([0, 0, 600]);
    expect(most).toBe(1);
  });

  it('waits for a replica that is at it, and says so; no longer than the lease of one that is dead', async () => {
    await oldSeats(1);
    const leases = mongo.collection<{ _id: string; until: Date }>('migrations');
    await leases.insertOne({
      _id: 'lease',
      holder: 'another',
      until: new Date(Date.now() + 600_000),
    } as never);
    const { logger, saying } = listening();
    const waiting = replica([rows()], logger).beforeReady();
    await eventually(() => expect(saying('another replica migrates; waiting for it').length).toBe(1));
    expect((await stored())[0]).not.toHaveProperty('row');
    expect(await replica([rows()]).job.run()).toBe(0);
    await leases.updateOne({ _id: 'lease' }, { $set: { until: new Date(Date.now() - 1) } });
    expect(await waiting).toBe(1);
    expect(await leases.findOne({ _id: 'lease' })).toBeNull();
  });

  it('holds its lease for 5 seconds at a time: others wait no longer for one that was killed with it', async () => {
    await oldSeats(1);
    const leases = mongo.collection<{ _id: string; until: Date }>('migrations');
    let left = Number.NaN;
    const migration = rows({
      changes: async (documents) => {
        const { until } = (await leases.findOne({ _id: 'lease' })) ?? {};
        left = (until?.getTime() ?? Number.NaN) - Date.now();
        return documents.map(() => ({ set: { row: 1 } }));
      },
    });
    expect(await replica([migration]).beforeReady()).toBe(1);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('finds what a replica of the version before has written since, by an index, and reads no others', async () => {
    await oldSeats(5);
    const { beforeReady, job } = replica([rows()]);
    await beforeReady();
    now = new Date(now.getTime() + 3_600_000);
    await oldSeats(1);
    await job.run();
    expect(await mongo.collection('seats').countDocuments({ row: { $exists: false } })).toBe(0);
    now = new Date(now.getTime() + 3_600_000);
    await mongo.collection('seats').insertMany([{ title: 'Row 1', savedAt: new Date(0), version: 0 }]);
    const plans = await explainQueries(mongo, async () => {
      expect(await job.run()).toBe(0);
    });
    expect(plans.filter(({ collection }) => collection === 'seats').map(({ summary }) => summary)).toEqual([
      expect.stringContaining('IXSCAN { savedAt: 1 }'),
    ]);
  });

  it('does not read everything again at the next start, and finds what was written while no new replica ran', async () => {
    await oldSeats(2);
    await replica([rows()]).beforeReady();
    await oldSeats(1, { savedAt: new Date(now.getTime() - 5 * 60_000) });
    now = new Date(now.getTime() + 30 * 86_400_000);
    await oldSeats(1, { savedAt: new Date(now.getTime() - 86_400_000) });
    expect(await replica([rows()]).beforeReady()).toBe(2);
  });

  it('leaves what it can make nothing of, says so, and goes on with the others', async () => {
    const [first = ''] = await oldSeats(3);
    const { logger, saying } = listening();
    const picky = rows({
      changes: async (documents, connection) =>
        (await rows().changes(documents, connection)).map((change, index) =>
          String(documents[index]?._id) === first ? undefined : change,
        ),
    });
    expect(await replica([picky], logger).beforeReady()).toBe(2);
    expect((await stored())[0]).toMatchObject({ version: 3, place: 'left' });
    expect(saying('documents stay in their old form')).toMatchObject([{ count: 1, ids: [first] }]);
    expect(saying('migrated')).toMatchObject([{ migration: '0001-rows', documents: 2 }]);
  });

  it('goes on with the others where the server refuses a document, and says which', async () => {
    const [older = '', newer = ''] = await oldSeats(2);
    await mongo.collection('seats').createIndex({ row: 1 }, { unique: true, sparse: true });
    await oldSeats(1, { row: 1 });
    const { logger, saying } = listening();
    expect(await replica([rows()], logger).beforeReady()).toBe(1);
    expect(saying('a document cannot be migrated')).toMatchObject([
      { id: newer, reason: expect.stringContaining('E11000') },
    ]);
    expect((await seats.raw(older)).version).toBe(4);
  });

  it('keeps the events that wait in the outbox', async () => {
    const seat = await seats.insert(aSeat(), ticketCreated);
    await replica([rows()]).beforeReady();
    const { outbox, version } = await seats.raw(seat.id);
    expect(version).toBe(1);
    expect(outbox).toMatchObject([{ type: ticketCreated.type, data: { version: 0 } }]);
  });
});

describe('migrations', () => {
  it('run in the order of their numbers', async () => {
    await oldSeats(1);
    const twice = rows({
      name: '0002-doubled',
      old: { doubled: { $exists: false } },
      changes: async (documents) => documents.map(({ row }) => ({ set: { doubled: Number(row) * 2 + 1 } })),
    });
    await replica([rows(), twice]).beforeReady();
    expect((await stored())[0]).toMatchObject({ row: 0, doubled: 1, version: 5 });
  });

  it.each([[['0002-b', '0001-a']], [['0001-a', '0001-a']], [['rows']], [['1-rows']], [['0001_rows']]])(
    'that are not numbered, or not in order, are refused: %j',
    (names) => {
      expect(() => replica(names.map((name) => rows({ name })))).toThrow('in the order of their numbers');
    },
  );

  it('of a service that has none cost nothing', async () => {
    const plans = await explainQueries(mongo, async () => {
      expect(await replica([]).beforeReady()).toBe(0);
    });
    expect(plans).toEqual([]);
  });
});
