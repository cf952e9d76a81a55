import type { Deps } from './deps.ts';

/** Counts what was left uncounted by a process that ended between a change and its count. */
export const countLeft =
  ({ counts }: Deps) =>
  async (): Promise<void> => {
    for (const each of Object.values(counts)) await each.countLeft();
  };
