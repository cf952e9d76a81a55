import { setTimeout as sleep } from 'node:timers/promises';

/** How pauses grow: doubled with each failure, from `firstMs` up to `longestMs`. */
export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Between two tries of a message. */
export const RETRY_PAUSES: Pauses = { firstMs: 100, longestMs: 60_000 };
/** Between two tries to reach the broker. */
export const RECONNECT_PAUSES: Pauses = { firstMs: 50, longestMs: 5_000 };

/**
 * Whole milliseconds to wait after the `failures`-th failure in a row. A quarter of it is random, so that many who failed
 * together do not come back together; a pause is longer than the one before nevertheless, until the longest.
 */
export const growingPause = (
  failures: number,
  { firstMs, longestMs }: Pauses,
  random = Math.random,
): number => {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  // JetStream ignores a pause that is not whole, and delivers at once.
  return Math.ceil(whole * (0.75 + 0.25 * random()));
};

/** Waits; true once the time is over, false as soon as the signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  sleep(ms, true, { signal }).catch(() => false);
