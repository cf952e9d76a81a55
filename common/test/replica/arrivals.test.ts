import { describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import type { Clock } from '../../src/clock/index.ts';
import { arrivals } from '../../src/replica/index.ts';

const NEVER = 10 * 60_000;

/** Ids that are known, and how often they were looked for. */
const shelf = () => {
  const known = new Set<string>();
  let looks = 0;
  return {
    known,
    get looks() {
      return looks;
    },
    find: async (id: string): Promise<string | undefined> => {
      looks += 1;
      return known.has(id) ? id : undefined;
    },
  };
};

/** An id made so many seconds ago; in the future when negative. */
const idOfAge = (clock: Clock, seconds: number): string =>
  Types.ObjectId.createFromTime(Math.floor(clock.now().getTime() / 1000) - seconds).toHexString();

const clock: Clock = { now: () => new Date('2027-05-01T18:00:00.000Z') };

describe('an id that is not known yet', () => {
  it('is found as soon as it arrives, long before the wait is over', async () => {
    const { known, find } = shelf();
    const waiting = arrivals({ clock, waitMs: NEVER, lookEveryMs: NEVER });
    const id = idOfAge(clock, 0);
    const found = [waiting.find(id, find), waiting.find(id, find), waiting.find(id, find)];
    await new Promise(setImmediate);
    known.add(id);
    waiting.arrived(idOfAge(clock, 1)); // somebody else
    waiting.arrived(id);
    expect(await Promise.all(found)).toEqual([id, id, id]);
  });

  it('is found as well when nobody tells of it: another process may have heard the event', async () => {
    const { known, find } = shelf();
    const waiting = arrivals({ clock, waitMs: NEVER, lookEveryMs: 10 });
    const id = idOfAge(clock, 0);
    const found = waiting.find(id, find);
    await new Promise(setImmediate);
    known.add(id);
    expect(await found).toBe(id);
  });

  it('is waited for until the time is over, and no longer', async () => {
    const store = shelf();
    const waiting = arrivals({ clock, waitMs: 150, lookEveryMs: 20 });
    const started = performance.now();
    expect(await waiting.find(idOfAge(clock, 0), store.find)).toBeUndefined();
    expect(performance.now() - started).toBeGreaterThanOrEqual(149);
    expect(store.looks).toBeGreaterThan(1);
    // At once, every 20 ms, and a few more at the end, as timers may fire a moment early.
    expect(store.looks).toBeLessThanOrEqual(12);
  });

  it('is waited for two seconds at most, where nothing else is said', async () => {
    const started = performance.now();
    const store = shelf();
    expect(await arrivals().find(new Types.ObjectId().toHexString(), store.find)).toBeUndefined();
    expect(performance.now() - started).toBeGreaterThanOrEqual(1_999);
    expect(store.looks).toBeLessThanOrEqual(22);
  });

  it.each([
    ['30 seconds old', 30],
    ['of yesterday', 86_400],
    ['of tomorrow', -86_400],
    ['a minute ahead of our clock', -60],
  ])('is not waited for when it is %s', async (_what, seconds) => {
    const store = shelf();
    const waiting = arrivals({ clock, waitMs: NEVER });
    expect(await waiting.find(idOfAge(clock, seconds), store.find)).toBeUndefined();
    expect(store.looks).toBe(1);
  });

  it('is waited for up to 30 seconds, also by a clock that is a little behind', async () => {
    for (const seconds of [0, 15, 29, -5]) {
      const { known, find } = shelf();
      const waiting = arrivals({ clock, waitMs: NEVER, lookEveryMs: 5 });
      const id = idOfAge(clock, seconds);
      const found = waiting.find(id, find);
      await new Promise(setImmediate);
      known.add(id);
      expect(await found).toBe(id);
    }
  });

  it('is not waited for when it is no id', async () => {
    const store = shelf();
    expect(await arrivals({ waitMs: NEVER }).find('not an id', store.find)).toBeUndefined();
    expect(store.looks).toBe(1);
  });

  it('is waited for by a hundred people, and the next gets an answer at once', async () => {
    const { known, find } = shelf();
    const waiting = arrivals({ clock, waitMs: NEVER, lookEveryMs: NEVER });
    const id = idOfAge(clock, 0);
    const hundred = Array.from({ length: 100 }, () => waiting.find(id, find));
    await new Promise(setImmediate);
    expect(await waiting.find(id, find)).toBeUndefined();
    known.add(id);
    waiting.arrived(id);
    expect(await Promise.all(hundred)).toEqual(Array(100).fill(id));
    // Their places are free again.
    const next = idOfAge(clock, 1);
    const again = waiting.find(next, find);
    await new Promise(setImmediate);
    known.add(next);
    waiting.arrived(next);
    expect(await again).toBe(next);
  });

  it('keeps no place when looking for it fails', async () => {
    const waiting = arrivals({ clock, waitMs: NEVER, lookEveryMs: 1, maxWaiters: 1 });
    const id = idOfAge(clock, 0);
    let looks = 0;
    const failing = async (): Promise<string | undefined> => {
      looks += 1;
      if (looks > 1) throw new Error('the store is away');
      return undefined;
    };
    await expect(waiting.find(id, failing)).rejects.toThrow('the store is away');
    const { known, find } = shelf();
    const found = waiting.find(id, find);
    await new Promise(setImmediate);
    known.add(id);
    expect(await found).toBe(id);
  });
});
