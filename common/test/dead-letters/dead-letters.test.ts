import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { type DeadLetters, deadLettersInMongo, replay, replayAll } from '../../src/dead-letters/index.ts';
import { deadLettersInRedis } from '../../src/dead-letters/redis/index.ts';
import { type CloudEvent, InvalidEvent, ticketCreated } from '../../src/events/index.ts';
import { BusUnavailable, EventTooLarge, type FailedEvent, on, react } from '../../src/messaging/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import {
  aTicketState,
  eventOf,
  eventually,
  type TestDatabase,
  testDatabase,
} from '../../src/testing/index.ts';

const redisUrl = () => {
  const url = process.env.TEST_REDIS_URL;
  if (url === undefined) throw new Error('TEST_REDIS_URL is not set: run the tests with npm test');
  return url;
};

const failed = (given: Partial<FailedEvent> = {}): FailedEvent => ({
  queueGroup: 'orders',
  type: 'ticket:created',
  message: eventOf(ticketCreated, aTicketState()),
  attempt: 8,
  error: new Error('the seats are wet'),
  ...given,
});

const allOf = async <T>(several: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of several) all.push(one);
  return all;
};

let database: TestDatabase;
let redis: Redis;
/** A second passes with each look at it. */
let seconds = Date.parse('2027-05-01T20:00:00Z') / 1_000;
const clock = {
  now() {
    seconds += 1;
    return new Date(seconds * 1_000);
  },
};

beforeAll(async () => {
  database = await testDatabase();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  await database.end();
  await redis.quit();
});

const stores: Record<string, () => DeadLetters> = {
  Mongo: () => deadLettersInMongo(database.mongo, clock),
  Redis: () => deadLettersInRedis(redis, `test-${randomUUID()}`, clock),
};

describe.each(Object.entries(stores))('dead letters in %s', (_name, open) => {
  let letters: DeadLetters;

  beforeEach(async () => {
    database.mongo.deleteModel(/.*/);
    letters = open();
  });
  afterEach(async () => {
    for (const { id } of await letters.list(1_000)) await letters.drop(id);
  });

  it('keep the event, the error and the tries', async () => {
    const letter = failed();
    await letters.keep(letter);
    const [kept] = await letters.list(10);
    expect(kept).toMatchObject({
      queueGroup: 'orders',
      type: 'ticket:created',
      attempts: 8,
      message: letter.message,
    });
    expect(kept?.error).toContain('the seats are wet');
    expect(await letters.find(kept?.id ?? '')).toEqual(kept);
    expect(await letters.count()).toBe(1);
  });

  it('keep a message once, however often it is given up, with the last error', async () => {
    const letter = failed();
    await letters.keep(letter);
    await letters.keep({ ...letter, attempt: 16, error: new Error('still wet') });
    const kept = await letters.list(10);
    expect(kept).toHaveLength(1);
    expect(kept[0]?.attempts).toBe(16);
    expect(kept[0]?.error).toContain('still wet');
    expect(kept[0]?.lastAt.getTime()).toBeGreaterThan(kept[0]?.firstAt.getTime() ?? Number.POSITIVE_INFINITY);
  });

  it.each([
    ['text that is no JSON', '{"half'],
    ['nothing', undefined],
    ['keys that no document may have', { $where: '1', 'a.b': { $gt: '' }, __proto__: null }],
    ['a thrown string', 'x', 'oops'],
  ])('keep %s', async (_what, message, error: unknown = new Error('poison')) => {
    await letters.keep(failed({ message, error }));
    const [kept] = await letters.list(10);
    expect(kept?.message).toEqual(message ?? null);
  });

  it('are listed from the oldest, and dropped one by one', async () => {
    for (let n = 0; n < 3; n += 1) await letters.keep(failed());
    const [oldest, ...rest] = await letters.list(10);
    expect(rest.map(({ firstAt }) => firstAt.getTime())).toEqual(
      rest.map(({ firstAt }) => firstAt.getTime()).sort((a, b) => a - b),
    );
    expect(await letters.list(1)).toEqual([oldest]);
    expect(await letters.drop(oldest?.id ?? '')).toBe(true);
    expect(await letters.drop(oldest?.id ?? '')).toBe(false);
    expect(await letters.list(10)).toEqual(rest);
  });

  it('are replayed to those who react, and gone once that worked; twice does no harm', async () => {
    const bus = connectMemory({ broker: new MemoryBroker() });
    const heard: string[] = [];
    const remember = on(ticketCreated, async (ticket) => {
      heard.push(ticket.id);
    });
    await react({ bus, queueGroup: 'orders', reactions: [remember], deadLetters: letters });
    const ticket = aTicketState();
    await letters.keep(failed({ message: eventOf(ticketCreated, ticket) }));
    const [kept] = await letters.list(10);
    const id = kept?.id ?? '';
    expect(await replay(letters, bus, id)).toBe(true);
    await eventually(() => expect(heard).toEqual([ticket.id]));
    expect(await replay(letters, bus, id)).toBe(false);
    expect(await letters.count()).toBe(0);
    await bus.close();
  });

  it('are kept again when the replay fails again, even before the replay has ended', async () => {
    const letter = failed();
    await letters.keep(letter);
    const [kept] = await letters.list(10);
    const bus = { publish: () => letters.keep({ ...letter, error: new Error('again') }) };
    expect(await replay(letters, bus, kept?.id ?? '')).toBe(true);
    expect((await letters.list(10))[0]?.error).toContain('again');
  });

  it('stay while the broker is away', async () => {
    await letters.keep(failed());
    const [kept] = await letters.list(10);
    const bus = { publish: () => Promise.reject(new BusUnavailable('away')) };
    await expect(replay(letters, bus, kept?.id ?? '')).rejects.toBeInstanceOf(BusUnavailable);
    expect(await letters.count()).toBe(1);
  });

  it('that are no events are never replayed, only dropped', async () => {
    await letters.keep(failed({ message: 'not an event' }));
    const [kept] = await letters.list(10);
    const bus = { publish: async () => undefined };
    await expect(replay(letters, bus, kept?.id ?? '')).rejects.toBeInstanceOf(InvalidEvent);
    expect(await letters.count()).toBe(1);
  });

  it('are replayed past those that can never succeed, which stay', async () => {
    const [small, large] = [failed(), failed()];
    for (const letter of [failed({ message: 'not an event' }), large, small]) await letters.keep(letter);
    const [noEvent, tooLarge, good] = await letters.list(10);
    const published: unknown[] = [];
    const bus = {
      async publish(event: unknown) {
        if (isDeepStrictEqual(event, large.message)) throw new EventTooLarge('too large');
        published.push(event);
      },
    };
    expect(await allOf(replayAll(letters, bus))).toEqual([
      { id: noEvent?.id, refused: expect.stringContaining('can never succeed') },
      { id: tooLarge?.id, refused: 'too large' },
      { id: good?.id },
    ]);
    expect(published).toEqual([small.message]);
    expect(await letters.list(10)).toEqual([noEvent, tooLarge]);
    expect(await allOf(replayAll(letters, bus, ['unknown']))).toEqual([
      { id: 'unknown', refused: 'unknown is no dead letter' },
    ]);
  });

  it('are replayed once each, also those that are given up again at once', async () => {
    await database.buildIndexes();
    // More than the store hands over at a time.
    const all = Array.from({ length: 110 }, () => eventOf(ticketCreated, aTicketState()));
    await Promise.all(all.map((message) => letters.keep(failed({ message }))));
    const kept = await letters.list(1_000);
    const letterOf = new Map(kept.map(({ id, message }) => [(message as CloudEvent).id, id]));
    const published: string[] = [];
    const bus = {
      async publish(event: CloudEvent) {
        published.push(event.id);
        if (published.length > all.length) throw new BusUnavailable('enough');
        await letters.drop(letterOf.get(event.id) ?? '');
        await letters.keep(failed({ message: event }));
      },
    };
    expect(await allOf(replayAll(letters, bus))).toEqual(kept.map(({ id }) => ({ id })));
    expect(await letters.count()).toBe(all.length);
  });

  it('are not tried one after the other while the broker is away', async () => {
    for (let n = 0; n < 3; n += 1) await letters.keep(failed());
    const publish = jest.fn(() => Promise.reject(new BusUnavailable('away')));
    await expect(allOf(replayAll(letters, { publish }))).rejects.toBeInstanceOf(BusUnavailable);
    expect(publish).toHaveBeenCalledTimes(1);
    expect(await letters.count()).toBe(3);
  });
});
