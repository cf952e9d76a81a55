import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type DeadLetters, deadLettersInMongo } from '../../src/dead-letters/index.ts';
import { deadLettersInRedis } from '../../src/dead-letters/redis/index.ts';
import { type TicketState, ticketCreated, type ticketUpdated } from '../../src/events/index.ts';
import { connectBus, type EventBus, on, react, type Transport } from '../../src/messaging/index.ts';
import { aggregateSchema, aggregateStore, createRelay } from '../../src/outbox/index.ts';
import {
  aTicketState,
  eventOf,
  eventually,
  newId,
  type TestDatabase,
  testDatabase,
} from '../../src/testing/index.ts';

const main = fileURLToPath(new URL('../../src/operations/main.ts', import.meta.url));
const CLUSTER_ID = 'ticketing';
/** Each command is a process that is compiled as it starts: seconds, and on a busy machine many of them. */
const TIMEOUT_MS = 300_000;
const urls = {
  'nats-streaming': process.env.TEST_NATS_STREAMING_URL ?? '',
  jetstream: process.env.TEST_JETSTREAM_URL ?? '',
};

describe("the operator's command line", () => {
  const queueGroup = `orders-${newId()}`;
  /** Ids of tickets, each as often as its event came. */
  const heard: string[] = [];
  let database: TestDatabase;
  let letters: DeadLetters;
  let bus: EventBus;

  const hearOver = async (transport: Transport): Promise<EventBus> => {
    const connected = await connectBus({
      transport,
      url: urls[transport],
      clusterId: CLUSTER_ID,
      clientName: 'test',
    });
    const remember = on(ticketCreated, async ({ id }) => {
      heard.push(id);
    });
    await react({ bus: connected, queueGroup, reactions: [remember], deadLetters: letters });
    return connected;
  };

  beforeAll(async () => {
    database = await testDatabase();
    letters = deadLettersInMongo(database.mongo);
    bus = await hearOver('nats-streaming');
  });
  afterAll(async () => {
    await bus.close();
    await database.end();
  });

  const inMongo = () => ({ MONGO_URL: database.url });
  const operate = async (settings: Record<string, string>, ...args: string[]) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=ticketing-source', main, ...args],
      {
        env: {
          ...process.env,
          NATS_URL: urls['nats-streaming'],
          NATS_CLUSTER_ID: CLUSTER_ID,
          ...settings,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [out, err, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { out, err, status };
  };
  const keep = (message: unknown, inStore = letters) =>
    inStore.keep({ queueGroup, type: 'ticket:created', message, attempt: 8, error: new Error('wet') });

  it(
    'lists, shows, replays and drops',
    async () => {
      const none = await operate(inMongo(), 'dead-letters', 'list');
      expect(none).toMatchObject({ status: 0, out: 'No dead letters.\n' });
      const ticket = aTicketState();
      await keep(eventOf(ticketCreated, ticket));
      await keep('not an event');
      const [good, bad] = await letters.list(10);

      const listed = await operate(inMongo(), 'dead-letters', 'list');
      expect(listed.out).toContain(`${good?.id}  `);
      expect(listed.out).toContain('ticket:created  8 tries  Error: wet');
      const shown = await operate(inMongo(), 'dead-letters', 'show', good?.id ?? '');
      expect(JSON.parse(shown.out)).toMatchObject({ id: good?.id, message: { subject: ticket.id } });

      const replayed = await operate(inMongo(), 'dead-letters', 'replay', good?.id ?? '');
      expect(replayed).toMatchObject({ status: 0, out: `${good?.id} replayed\n` });
      await eventually(() => expect(heard).toContain(ticket.id));
      const refused = await operate(inMongo(), 'dead-letters', 'replay', bad?.id ?? '');
      expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('can never succeed') });
      expect(await operate(inMongo(), 'dead-letters', 'drop', bad?.id ?? '')).toMatchObject({ status: 0 });
      expect(await letters.count()).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'replays all letters past one that is no event, and says with its exit status that one stays',
    async () => {
      const [first, last] = [aTicketState(), aTicketState()];
      await keep(eventOf(ticketCreated, first));
      await keep('not an event');
      await keep(eventOf(ticketCreated, last));
      const [before, bad, after] = await letters.list(10);
      expect(await operate(inMongo(), 'dead-letters', 'replay', '--all')).toEqual({
        status: 1,
        out: `${before?.id} replayed\n${after?.id} replayed\n`,
        err: expect.stringContaining(`${bad?.id} is no ticket:created event`),
      });
      await eventually(() => expect(heard).toEqual(expect.arrayContaining([first.id, last.id])));
      expect(await letters.list(10)).toEqual([bad]);
      await letters.drop(bad?.id ?? '');
    },
    TIMEOUT_MS,
  );

  it(
    'replays over JetStream where the service is set to it',
    async () => {
      const other = await hearOver('jetstream');
      const ticket = aTicketState();
      await keep(eventOf(ticketCreated, ticket));
      const settings = { ...inMongo(), TRANSPORT: 'jetstream', NATS_URL: urls.jetstream };
      expect(await operate(settings, 'dead-letters', 'replay', '--all')).toMatchObject({ status: 0 });
      await eventually(() => expect(heard).toContain(ticket.id));
      expect(await letters.count()).toBe(0);
      await other.close();
    },
    TIMEOUT_MS,
  );

  it(
    'replays the letters of a service that has a Redis and no database',
    async () => {
      const service = `expiration-${newId()}`;
      const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
      const redis = new Redis(REDIS_URL);
      const inRedis = { REDIS_URL, SERVICE: service, MONGO_URL: '' };
      const ticket = aTicketState();
      const lettersInRedis = deadLettersInRedis(redis, service);
      await keep(eventOf(ticketCreated, ticket), lettersInRedis);

      const [listed, republished] = await Promise.all([
        operate(inRedis, 'dead-letters', 'list'),
        operate(inRedis, 'republish'),
      ]);
      expect(listed.out).toContain('ticket:created  8 tries  Error: wet');
      expect(republished).toMatchObject({ status: 2, err: 'This service has no states to publish.\n' });
      expect(await operate(inRedis, 'dead-letters', 'replay', '--all')).toMatchObject({ status: 0 });
      await eventually(() => expect(heard).toContain(ticket.id));
      expect(await lettersInRedis.count()).toBe(0);
      await redis.quit();
    },
    TIMEOUT_MS,
  );

  it(
    'has a service publish again what it saved in the time that is named',
    async () => {
      const relay = createRelay({ bus });
      const tickets = aggregateStore<TicketState, typeof ticketCreated | typeof ticketUpdated>({
        mongo: database.mongo,
        name: 'tickets',
        schema: aggregateSchema({
          userId: { type: String },
          title: { type: String },
          price: { amount: { type: Number }, currency: { type: String } },
          listed: { type: Boolean },
          status: { type: String },
        }),
        source: 'tickets',
        toPublic: (ticket) => ticket,
        republish: { eventOf: () => ticketCreated, isSettled: () => true },
        relay,
      });
      await database.buildIndexes();
      relay.start();
      const [old, recent] = [aTicketState(), aTicketState()];
      for (const ticket of [old, recent]) await tickets.insert(ticket, ticketCreated);
      const yesterday = { savedAt: new Date(Date.now() - 25 * 60 * 60 * 1000) };
      await tickets.model.collection.updateOne({ title: old.title, userId: old.userId }, { $set: yesterday });
      await eventually(() => expect(heard).toEqual(expect.arrayContaining([old.id, recent.id])));
      heard.length = 0;

      expect(await operate(inMongo(), 'republish', '--since', '24h')).toEqual({
        status: 0,
        out: 'tickets: 1 will be published again\n',
        err: '',
      });
      await tickets.republishDue();
      await eventually(() => expect(heard).toEqual([recent.id]));
      expect(await operate(inMongo(), 'republish', '--since', 'all')).toMatchObject({
        out: 'tickets: 2 will be published again\n',
      });
      await tickets.republishDue();
      await eventually(() => expect(heard.sort()).toEqual([old.id, recent.id, recent.id].sort()));
      await relay.drain(1_000);
    },
    TIMEOUT_MS,
  );

  it(
    'says what is wrong, and does nothing',
    async () => {
      const wrong = [
        ['dance'],
        ['dead-letters', 'show'],
        ['dead-letters', 'show', 'unknown'],
        ['dead-letters', 'list', '--limit', 'many'],
        ['republish', '--since', 'yesterday'],
        ['--unknown'],
      ];
      const answers = await Promise.all(wrong.map((args) => operate(inMongo(), ...args)));
      expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 2));
      for (const { err } of answers) expect(err.trim()).not.toBe('');
    },
    TIMEOUT_MS,
  );
});
