import { setTimeout } from 'node:timers/promises';
import type { UnderWay } from '../messaging/index.ts';

export interface Quiet {
  /** What is under way now. */
  look(): Promise<UnderWay>;
  /** For how long nothing may be under way, and nothing new be published, in milliseconds. */
  readonly quietMs: number;
  /** Tells the operator, each time that it is something else. */
  say(line: string): void;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

const LOOK_EVERY_MS = 500;

/** Resolves once nothing has been under way, and nothing been published, for `quietMs`. Throws what `look` throws. */
export const untilQuiet = async (options: Quiet): Promise<void> => {
  const { look, quietMs, say, now = () => performance.now(), pause = setTimeout } = options;
  let said = '';
  let newest: string | undefined;
  let since = now();
  for (;;) {
    const seen = await look();
    const lines =
      seen.waiting.length > 0
        ? seen.waiting
        : [`nothing is under way; waiting for ${quietMs / 1_000} s more`];
    if (said !== lines.join('\n')) for (const line of lines) say(`  ${line}`);
    said = lines.join('\n');
    const published = JSON.stringify(seen.newest);
    if (seen.waiting.length > 0 || published !== newest) since = now();
    newest = published;
    const left = quietMs - (now() - since);
    if (left <= 0) return;
    await pause(Math.min(LOOK_EVERY_MS, left));
  }
};
