/** The store of deadlines by itself, where a test is about one that is being told. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import { createLogger } from '@ticketing/common/service';
import { eventually, newId } from '@ticketing/common/testing';
import { Redis } from 'ioredis';
import { type Deadline, openDeadlines } from '../src/store/deadlines.ts';
import { openRedis } from '../src/store/redis.ts';
import { startOwnRedis } from './stage.ts';

let own: Awaited<ReturnType<typeof startOwnRedis>>;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  own = await startOwnRedis();
});
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await own.end();
});

/** A process that watches; `die` is how a killed one looks to Redis: it is simply gone. */
const aProcess = (tell: (deadline: Deadline) => Promise<void>) => {
  const log: string[] = [];
  const logger = createLogger('expiration', 'warn', { write: (line) => void log.push(line) });
  const redis = openRedis(own.server.url, logger);
  const deadlines = openDeadlines({ redis, clock: systemClock, logger, lockMs: 600 });
  deadlines.watch(tell);
  ends.push(() => deadlines.stop().finally(redis.close));
  return { deadlines, die: redis.close, log: () => log.join('') };
};

const never = () => new Promise<void>(() => {});

describe('a deadline that is being told', () => {
  it('goes to another process when the first one dies over it, and the second one, and the third', async () => {
    const orderId = newId();
    let told = 0;
    const dying = () => {
      told += 1;
      return never();
    };
    const first = aProcess(dying);
    await first.deadlines.set({ orderId, version: 0, dueAt: new Date() });
    await eventually(() => expect(told).toBe(1));
    first.die();
    for (const deaths of [2, 3]) {
      const next = aProcess(dying);
      await eventually(() => expect(told).toBe(deaths));
      next.die();
    }
    const heard: Deadline[] = [];
    const last = aProcess(async (deadline) => void heard.push(deadline));
    await eventually(() => expect(heard).toMatchObject([{ orderId, version: 0 }]));
    await eventually(async () => expect(await last.deadlines.count()).toBe(0));
  }, 60_000);

  it('is left to be told, and is told, when its order ends meanwhile', async () => {
    const orderId = newId();
    let finish = () => {};
    let told = 0;
    const { deadlines } = aProcess(() => {
      told += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await deadlines.set({ orderId, version: 0, dueAt: new Date() });
    await eventually(() => expect(told).toBe(1));
    await deadlines.drop(orderId);
    finish();
    await eventually(async () => expect(await deadlines.count()).toBe(0));
    expect(told).toBe(1);
  });

  it('does not keep the service from stopping, when Redis is away and will not hear that it is told', async () => {
    let finish = () => {};
    let told = 0;
    const { deadlines } = aProcess(() => {
      told += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await deadlines.set({ orderId: newId(), version: 0, dueAt: new Date() });
    await eventually(() => expect(told).toBe(1));
    await own.server.kill();
    finish();
    await deadlines.stop();
  }, 60_000);

  it('does not keep the service from stopping, when Redis has forgotten it meanwhile', async () => {
    let finish = () => {};
    let told = 0;
    const { deadlines, log } = aProcess(() => {
      told += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await deadlines.set({ orderId: newId(), version: 0, dueAt: new Date() });
    await eventually(() => expect(told).toBe(1));
    const look = new Redis(own.server.url);
    await look.flushall();
    look.disconnect();
    finish();
    await deadlines.stop();
    expect(log()).not.toContain('in the middle of telling');
  });

  it('is waited for when the service stops, as a broker may take its time', async () => {
    let began = false;
    let told = false;
    const { deadlines } = aProcess(async () => {
      began = true;
      await pause(1_000);
      told = true;
    });
    await deadlines.set({ orderId: newId(), version: 0, dueAt: new Date() });
    await eventually(() => expect(began).toBe(true));
    await deadlines.stop();
    expect(told).toBe(true);
    expect(await deadlines.count()).toBe(0);
  });
});
