import { setTimeout as pause } from 'node:timers/promises';

/**
 * Tries `check` until it no longer throws, and gives what it returns. Tests wait for conditions, never for a time.
 * @param withinMs generous: it is only used up where the condition never comes
 * @throws what the last try threw
 */
export const eventually = async <T>(check: () => T | Promise<T>, withinMs = 20_000): Promise<T> => {
  const deadline = performance.now() + withinMs;
  for (let wait = 5; ; wait = Math.min(wait * 1.5, 200)) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await pause(wait);
  }
};
