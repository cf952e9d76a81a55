import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` holds; rejects, naming it, when it does not within 60 s. */
export const eventually = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 60 s: ${what}`);
    await delay(25);
  }
};
