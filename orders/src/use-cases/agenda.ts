import type { Clock } from '@ticketing/common/clock';
import type { ServiceDeps } from '@ticketing/common/service';

export interface Agenda {
  /**
   * Does `work` once it is time, unless the process ends before, or something stands there under the same key already.
   * So it is for what somebody else does too, only a little later.
   */
  at(when: Date, key: string, work: () => Promise<unknown>): void;
  /** Forgets what is still to come, takes nothing more, and waits for what has begun. */
  stop(): Promise<void>;
}

/** Most things on it; what comes beyond is left to whoever does it too. */
const MOST = 10_000;
/** Further ahead is not a matter of two clocks. */
const LONGEST_MS = 60_000;

/** A short memory of things to do again in a moment, in this process alone. */
export const agenda = (clock: Clock, logger: ServiceDeps['logger']): Agenda => {
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let stopped = false;

  return {
    at(when, key, work) {
      const ms = when.getTime() - clock.now().getTime();
      if (stopped || timers.has(key) || timers.size >= MOST || ms > LONGEST_MS) return;
      const run = () => {
        timers.delete(key);
        const done = work()
          .then(() => undefined)
          .catch((error: unknown) => logger.warn({ err: error, key }, 'what was put off failed'))
          .finally(() => running.delete(done));
        running.add(done);
      };
      timers.set(key, setTimeout(run, Math.max(1, ms)));
    },
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(running);
    },
  };
};
