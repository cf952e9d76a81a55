/** When to ask again. */

/** So that the thousands who opened a page at the same moment do not ask at the same moment ever after. */
const JITTER = 0.2;
/** A service that is away is asked less and less often, and never less often than this. */
const MOST_MS = 60_000;

export interface Situation {
  /** Between two answers, in milliseconds. */
  readonly interval: number;
  /** Requests in a row without an answer of use. */
  readonly failures: number;
  /** Whole seconds, as the service asked for. */
  readonly retryAfter?: number | undefined;
}

/** Milliseconds until the next request. @param random from 0 up to 1 */
export const delayOf = ({ interval, failures, retryAfter }: Situation, random: number): number => {
  if (failures === 0) return interval * (1 + JITTER * (2 * random - 1));
  const backedOff = Math.min(Math.max(interval, 1_000) * 2 ** (failures - 1), MOST_MS);
  // Never sooner than the service said; after that spread out, since it said the same to everybody.
  return Math.max(backedOff, (retryAfter ?? 0) * 1000) * (1 + JITTER * random);
};
