import { Types } from 'mongoose';
import { type Clock, systemClock } from '../clock/index.ts';

export interface ArrivalsOptions {
  readonly clock?: Clock;
  /** Longest wait, in milliseconds. */
  readonly waitMs?: number;
  /** Only ids younger than this are waited for, in milliseconds. */
  readonly youngerThanMs?: number;
  /** Most waiters of a process; beyond, the answer comes at once. */
  readonly maxWaiters?: number;
  /** The reaction may have run in another replica of the service, so each waiter also looks again this often. */
  readonly lookEveryMs?: number;
}

/**
 * Lets a reader wait a moment for an id that is only just made (docs/http.md, "What was made a moment ago"): at most
 * 2 s, only if the id's own timestamp is younger than 30 s, at most 100 waiters a process, woken by the reaction.
 */
export const arrivals = (options: ArrivalsOptions = {}) => {
  const { clock = systemClock, waitMs = 2_000, youngerThanMs = 30_000, maxWaiters = 100 } = options;
  const { lookEveryMs = 100 } = options;
  const wake = new Map<string, Set<() => void>>();
  let waiters = 0;

  const isYoung = (id: string): boolean =>
    Types.ObjectId.isValid(id) &&
    Math.abs(clock.now().getTime() - new Types.ObjectId(id).getTimestamp().getTime()) < youngerThanMs;

  /** Resolves when the id arrives, or after `ms`. */
  const arrival = (id: string, ms: number): Promise<void> =>
    new Promise((resolve) => {
      const sleepers = wake.get(id) ?? new Set();
      wake.set(id, sleepers);
      const done = () => {
        clearTimeout(timer);
        sleepers.delete(done);
        if (sleepers.size === 0) wake.delete(id);
        resolve();
      };
      const timer = setTimeout(done, ms);
      sleepers.add(done);
    });

  return {
    /** Wakes those who wait for this id. */
    arrived(id: string): void {
      for (const done of wake.get(id) ?? []) done();
    },

    /** `find(id)`, and again as soon as it arrives, as long as the wait allows. */
    async find<S>(id: string, find: (id: string) => Promise<S | undefined>): Promise<S | undefined> {
      const known = await find(id);
      if (known !== undefined || waiters >= maxWaiters || !isYoung(id)) return known;
      waiters += 1;
      try {
        const deadline = performance.now() + waitMs;
        for (;;) {
          const left = deadline - performance.now();
          if (left <= 0) return undefined;
          await arrival(id, Math.ceil(Math.min(left, lookEveryMs)));
          const arrivedNow = await find(id);
          if (arrivedNow !== undefined) return arrivedNow;
        }
      } finally {
        waiters -= 1;
      }
    },
  };
};
