import path from 'node:path';
import { run } from '../run.mjs';
import { root } from '../setup.mjs';
import type { Home } from './home.ts';
import { StartRefused } from './start-refused.ts';

/**
 * Sees to it that there are keys for sessions: made by auth's own command on a first run, kept on every other.
 * `npm run keys -w auth -- .data/keys --rotate` changes them. From its sources, as that does: `npm run dev` compiles
 * nothing, and a run without auth compiles the others only.
 *
 * @param folder auth's
 * @throws {StartRefused} where they cannot be made or read
 */
export const keepSessionKeys = async (home: Home, folder = path.join(root, 'auth')): Promise<void> => {
  const { code, output } = await run(
    process.execPath,
    // The condition is for what it may import of `common`, which is not compiled either.
    [
      ...['--import', 'tsx', '--conditions=ticketing-source'],
      ...[path.join(folder, 'src/keys/make-keys.ts'), home.keys],
    ],
    { cwd: root, capture: true },
  );
  if (code !== 0) throw new StartRefused(`The session keys cannot be used: ${output.trim()}`);
};
