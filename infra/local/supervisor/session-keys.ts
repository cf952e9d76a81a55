import path from 'node:path';
import { run } from '../run.mjs';
import { root } from '../setup.mjs';
import type { Home } from './home.ts';
import { StartRefused } from './start-refused.ts';

const MAKE_KEYS = path.join(root, 'auth/dist/keys/make-keys.js');

/**
 * Sees to it that there are keys for sessions: made by auth's own command on a first run, kept on every other.
 * `npm run keys -w auth -- .data/keys --rotate` changes them.
 */
export const keepSessionKeys = async (home: Home): Promise<void> => {
  const { code, output } = await run(process.execPath, [MAKE_KEYS, home.keys], { capture: true });
  if (code !== 0) throw new StartRefused(`The session keys cannot be used: ${output.trim()}`);
};
