export interface RememberedOptions {
  /** For how long an answer is good, in milliseconds. */
  readonly freshMs: number;
  /** How soon to ask again where there was none. */
  readonly againMs: number;
  readonly now?: () => number;
}

/**
 * What hardly ever changes, asked for now and then and not at each page. Only the very first wait for the answer; later
 * ones get what was known last while it is asked for anew, and where there is no answer.
 * @param ask rejects where there is no answer
 * @returns undefined as long as there never was one
 */
export const remembered = <T>(
  ask: () => Promise<T>,
  { freshMs, againMs, now = Date.now }: RememberedOptions,
): (() => Promise<T | undefined>) => {
  let known: T | undefined;
  let askAt = 0;
  let asking: Promise<void> | undefined;

  const askNow = async (): Promise<void> => {
    try {
      known = await ask();
      askAt = now() + freshMs;
    } catch {
      askAt = now() + againMs;
    } finally {
      asking = undefined;
    }
  };

  return async () => {
    if (now() >= askAt) asking ??= askNow();
    if (known === undefined) await asking;
    return known;
  };
};
