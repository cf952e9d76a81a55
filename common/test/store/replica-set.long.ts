/** On a replica set only what a majority has is true (docs/protocol.md, rule 1). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ReplicaSet, startReplicaSet } from '@ticketing/local/engines';
import { type Connection, Types } from 'mongoose';
import { ticketCreated, ticketUpdated } from '../../src/events/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import { connectMongo, smallWrite, watchStore } from '../../src/store/index.ts';
import { eventually, type Listener, listenTo, newId } from '../../src/testing/index.ts';
import { aSeat, type SeatStore, seatStore } from '../outbox/seats.ts';

const START_MS = 300_000;
const TEST_MS = 120_000;
/** Longer than any test: the primary stays one, however lonely. */
const NEVER_ELECTED_MS = 10 * 60_000;

let folder: string;
let set: ReplicaSet;
let database: string;
let url: string;
const endings: (() => Promise<unknown>)[] = [];

const followers = async () => {
  const primary = await set.primary();
  return set.members.filter((member) => member !== primary);
};
/** As a power cut would: what lies in the buffers of their sockets is gone as well. */
const cutOffFollowers = async () => {
  await Promise.all((await followers()).map((member) => member.kill()));
};
const bringBackFollowers = async () => {
  const away = (await followers()).filter(({ process }) => process.signalCode !== null);
  await Promise.all(away.map((member) => member.restart()));
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ticketing-replica-set-'));
  set = await startReplicaSet({ dataDir: folder, electionTimeoutMs: NEVER_ELECTED_MS });
}, START_MS);

afterAll(async () => {
  await set?.stop();
  await rm(folder, { recursive: true, force: true });
}, START_MS);

beforeEach(() => {
  database = `test_${newId()}`;
  url = set.url.replace('/?', `/${database}?`);
});

afterEach(async () => {
  await bringBackFollowers();
  for (const end of endings.splice(0).reverse()) await end();
}, START_MS);

const connect = async (purpose: 'requests' | 'long work'): Promise<Connection> => {
  const mongo = await connectMongo(url, purpose, { monitorCommands: true });
  endings.push(() => mongo.close());
  return mongo;
};

describe('an event', () => {
  let broker: MemoryBroker;
  let listener: Listener;
  let seats: SeatStore;
  /** Looks of the relay that were answered. */
  let looks = 0;

  beforeEach(async () => {
    broker = new MemoryBroker();
    const bus = connectMemory({ broker });
    listener = await listenTo(bus, ticketCreated, ticketUpdated);
    const mongo = await connect('requests');
    mongo.getClient().on('commandSucceeded', ({ commandName }) => {
      if (commandName === 'find') looks += 1;
    });
    seats = seatStore(mongo, { bus, pollMs: 20, graceMs: 0 });
    endings.push(() => seats.relay.drain(5_000));
    // The collection is there before anybody is cut off.
    await seats.insert(aSeat(), ticketCreated);
    seats.relay.start();
    await eventually(() => expect(listener.heard.length).toBe(1));
  });

  const someLooks = async () => {
    const before = looks;
    await eventually(() => expect(looks).toBeGreaterThan(before + 20));
  };

  it(
    'that only the primary has is not published; once a majority has it, it is',
    async () => {
      await cutOffFollowers();
      const seat = aSeat();
      // Whether it was saved is not known, and that is what is said.
      await expect(seats.insert(seat, ticketCreated)).rejects.toThrow(/timed out|timeout/);
      const primary = await connectMongo(
        `${(await set.primary()).url}/${database}?directConnection=true`,
        'long work',
      );
      endings.push(() => primary.close());
      const saved = { _id: new Types.ObjectId(seat.id) };
      const local = { readConcern: { level: 'local' } } as const;
      expect(await primary.collection('seats').countDocuments(saved, local)).toBe(1);
      await someLooks();
      expect(listener.about(seat.id)).toEqual([]);

      await bringBackFollowers();
      await eventually(() => expect(listener.about(seat.id).length).toBe(1), 60_000);
    },
    TEST_MS,
  );

  it(
    'whose removal no majority has yet is not published again and again',
    async () => {
      broker.goAway();
      const seat = aSeat();
      await seats.insert(seat, ticketCreated);
      await cutOffFollowers();
      broker.comeBack();
      await eventually(() => expect(listener.about(seat.id).length).toBe(1));
      await someLooks();
      expect(listener.about(seat.id).length).toBe(1);

      await bringBackFollowers();
      await eventually(async () => expect((await seats.relay.depths())[0]?.depth).toBe(0), 60_000);
      expect(listener.about(seat.id).length).toBe(1);
    },
    TEST_MS,
  );
});

describe('a store whose primary has lost its majority', () => {
  it(
    'is not well, though it answers reads; and is well again by itself',
    async () => {
      const requests = await connect('requests');
      const watch = watchStore(smallWrite(await connect('long work')));
      endings.push(async () => watch.stop());
      await watch.answered;
      expect(watch.isWell()).toBe(true);

      await cutOffFollowers();
      await eventually(() => expect(watch.isWell()).toBe(false), 10_000);
      expect(requests.readyState).toBe(1);
      expect(await requests.collection('store_watch').findOne()).toMatchObject({ at: expect.any(Date) });

      await bringBackFollowers();
      await eventually(() => expect(watch.isWell()).toBe(true), 60_000);
    },
    TEST_MS,
  );
});
