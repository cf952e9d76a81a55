import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { type CloudEvent, ticketUpdated } from '../../src/events/index.ts';
import { BusUnavailable, type EventBus } from '../../src/messaging/index.ts';
import { aTicketState, eventOf, newId } from '../../src/testing/builders.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { startProcess, startRealBroker } from './broker.ts';

const TICKETS = 1_000;
const VERSIONS = 100;
const EVENTS = TICKETS * VERSIONS;
const MEMBERS = 2;
const KILLS = 10;
const PUBLISHERS = 512;
/** A minute is usual for all of it; a busy machine takes longer, and only so long without any progress is a failure. */
const STALL_MS = 60_000;
const ENDS_BY_MS = 25 * 60_000;

/** Waits until there are so many, for as long as there come more. */
const grownTo = async (enough: number, count: () => number | Promise<number>): Promise<void> => {
  let last = await count();
  while (last < enough) {
    const before = last;
    await eventually(async () => {
      last = await count();
      expect(last).toBeGreaterThan(before);
    }, STALL_MS);
  }
};

/** A consumer that can be killed, and what it said of itself before. */
const startMember = (settings: object) => {
  const child = startProcess('./effects-member.ts', settings);
  const ended = once(child, 'exit');
  const member = {
    seen: { applied: 0, repeated: 0 },
    kill: () => child.kill('SIGKILL'),
    /** Between its next effects and their acknowledgement: these messages must come again. */
    async killInTheMiddle() {
      child.send('die in the middle');
      await ended;
    },
  };
  child.on('message', (seen: typeof member.seen) => {
    member.seen = seen;
  });
  return member;
};

/** Every event of 100,000 takes effect, and takes effect once, while its consumers are killed in the middle of it. */
export const takeEffectOnce = (adapter: 'nats-streaming' | 'jetstream'): void => {
  const mongoUrl = `${process.env.TEST_MONGO_URL}/effects-${adapter}-${process.pid}`;
  let broker: Awaited<ReturnType<typeof startRealBroker>>;
  let mongo: Connection;
  let bus: EventBus;
  const members: ReturnType<typeof startMember>[] = [];

  beforeAll(async () => {
    broker = await startRealBroker(adapter);
    mongo = await mongoose.createConnection(mongoUrl).asPromise();
    bus = await broker.connect();
  }, 120_000);
  afterAll(async () => {
    for (const member of members) member.kill();
    await bus.close();
    await mongo.dropDatabase();
    await mongo.close();
    await broker.stop();
  });

  it(
    '100,000 events take effect exactly once each, with a consumer killed ten times on the way',
    async () => {
      const tickets = mongo.collection<{ _id: string; sold: number; versions: number[] }>('tickets');
      const ids = Array.from({ length: TICKETS }, newId);
      await tickets.insertMany(ids.map((_id) => ({ _id, sold: 0, versions: [] })));

      /** As an outbox does. */
      const publishUntilStored = (event: CloudEvent): Promise<void> =>
        bus.publish(event).catch(async (error: unknown) => {
          if (!(error instanceof BusUnavailable)) throw error;
          await eventually(() => expect(bus.state).toBe('connected'), STALL_MS);
          await publishUntilStored(event);
        });
      const publishing = (async () => {
        const events = (function* () {
          for (let version = 1; version <= VERSIONS; version += 1) {
            for (const id of ids) yield eventOf(ticketUpdated, aTicketState({ id, version }));
          }
        })();
        await Promise.all(
          Array.from({ length: PUBLISHERS }, async () => {
            for (const event of events) await publishUntilStored(event);
          }),
        );
      })();

      const start = () => members.push(startMember({ address: broker.address, mongoUrl }));
      const count = (what: 'applied' | 'repeated') => members.reduce((sum, { seen }) => sum + seen[what], 0);
      for (let n = 0; n < MEMBERS; n += 1) start();

      for (let kill = 1; kill <= KILLS; kill += 1) {
        await grownTo((kill * EVENTS) / (KILLS + 2), () => count('applied'));
        start();
        await members.at(-MEMBERS - 1)?.killInTheMiddle();
      }
      await publishing;

      const sold = async () => {
        const [sum] = await tickets.aggregate([{ $group: { _id: null, sold: { $sum: '$sold' } } }]).toArray();
        return sum?.sold ?? 0;
      };
      await grownTo(EVENTS, sold);
      // What was killed in the middle came again: otherwise this test would have shown nothing.
      await eventually(() => expect(count('repeated')).toBeGreaterThan(0));

      const all = Array.from({ length: VERSIONS }, (_, index) => index + 1);
      for await (const { sold, versions } of tickets.find()) {
        expect(sold).toBe(VERSIONS);
        expect(versions.sort((a, b) => a - b)).toEqual(all);
      }
    },
    ENDS_BY_MS,
  );
};
