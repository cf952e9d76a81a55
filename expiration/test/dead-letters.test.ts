import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { replay } from '@ticketing/common/dead-letters';
import { deadLettersInRedis } from '@ticketing/common/dead-letters/redis';
import { orderCreated } from '@ticketing/common/events';
import { createLogger } from '@ticketing/common/service';
import { anOrderState, eventOf, eventually } from '@ticketing/common/testing';
import { openRedis } from '../src/store/redis.ts';
import { openStage, type Stage } from './stage.ts';

const letter = (message: unknown, attempt = 10) => ({
  queueGroup: 'expiration',
  type: 'order:created',
  message,
  attempt,
  error: new Error('no luck'),
});

let stage: Stage;
let redis: ReturnType<typeof openRedis>;
let now = new Date('2027-05-01T12:00:00.000Z');
const open = () => deadLettersInRedis(redis.commands, 'expiration', { now: () => now });

beforeEach(async () => {
  stage = await openStage();
  redis = openRedis(stage.server.url, createLogger('expiration', 'silent'));
  await eventually(() => expect(redis.isReady()).toBe(true));
});
afterEach(async () => {
  redis.close();
  await stage.end();
});

describe('a message that nobody can understand', () => {
  it('is kept, and those behind it are not kept waiting', async () => {
    const service = await stage.start();
    stage.broker.store('order:created', '{"what": "is this"}');
    const [order] = await stage.reserve(1, 0);
    await eventually(() => expect(stage.told()).toEqual([order?.id]));
    await eventually(async () =>
      expect(await open().list(10)).toMatchObject([
        { queueGroup: 'expiration', type: 'order:created', message: { what: 'is this' }, attempts: 1 },
      ]),
    );
    const metrics = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    expect(metrics).toMatch(/dead_letters\{[^}]*\} 1/);
  });
});

describe('a dead letter', () => {
  it('given up twice is one letter, with the time of both', async () => {
    const letters = open();
    await letters.keep(letter({ first: true }));
    now = new Date('2027-05-01T13:00:00.000Z');
    await letters.keep(letter({ first: true }, 20));
    await letters.keep(letter({ second: true }));
    expect(await letters.count()).toBe(2);
    expect(await letters.list(10)).toMatchObject([
      {
        message: { first: true },
        attempts: 20,
        error: expect.stringContaining('no luck'),
        firstAt: new Date('2027-05-01T12:00:00.000Z'),
        lastAt: now,
      },
      { message: { second: true } },
    ]);
    expect(await letters.list(1)).toHaveLength(1);
  });

  it('is found, and dropped unless it was given up again since', async () => {
    const letters = open();
    await letters.keep(letter('text'));
    const [kept] = await letters.list(1);
    const { id = '', lastAt } = kept ?? {};
    expect(await letters.find(id)).toEqual(kept);
    expect(await letters.find('unknown')).toBeUndefined();
    expect(await letters.drop(id, new Date(0))).toBe(false);
    expect(await letters.drop(id, lastAt)).toBe(true);
    expect(await letters.drop(id)).toBe(false);
    expect([await letters.count(), await letters.list(10)]).toEqual([0, []]);
  });

  it('is replayed, and takes effect', async () => {
    await stage.start();
    const order = anOrderState({ expiresAt: new Date().toISOString() });
    const letters = open();
    await letters.keep(letter(eventOf(orderCreated, order)));
    const [kept] = await letters.list(1);
    expect(await replay(letters, stage.bus, kept?.id ?? '')).toBe(true);
    await eventually(() => expect(stage.told()).toEqual([order.id]));
    expect(await letters.count()).toBe(0);
  });

  it('survives a crash of Redis', async () => {
    await open().keep(letter('kept'));
    await stage.server.kill();
    await stage.server.restart();
    await eventually(async () => expect(await open().count()).toBe(1));
  });
});
