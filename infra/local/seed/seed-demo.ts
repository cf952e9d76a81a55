import { existsSync } from 'node:fs';
import { writeWhole } from '../supervisor/home.ts';
import { putIn } from './put-in.ts';
import { visitor } from './visitor.ts';

export interface SeedOptions {
  readonly baseUrl: string;
  /** A file that is there once the demo data is in. */
  readonly marker: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Puts the demo data in, as visitors would: through the API, on the first run only. One that was interrupted is taken up
 * where it was left.
 *
 * @returns true: the demo accounts are there
 * @throws when the API answers in a way that nobody expects
 */
export const seedDemo = async ({ baseUrl, marker, report, signal }: SeedOptions): Promise<boolean> => {
  if (existsSync(marker)) return true;
  const since = Date.now();
  const { accounts, tickets, posts } = await putIn(visitor((path) => `${baseUrl}${path}`, signal));
  writeWhole(marker, { seededAt: new Date().toISOString() });
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  report(`Demo data: ${accounts} accounts, ${tickets} tickets and ${posts} posts (${seconds} s)`);
  return true;
};
