import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartRefused } from './start-refused.ts';

/** What is where in `TICKETING_HOME`. */
export interface Home {
  readonly folder: string;
  /** What runs, once all of it is ready. */
  readonly runFile: string;
  /** Which processes have to end before the next run can begin, from the first one on. */
  readonly processesFile: string;
  readonly lock: string;
  readonly keys: string;
  readonly privateKeys: string;
  readonly publicKeys: string;
  /** Is there once the demo data is in. */
  readonly seeded: string;
  dataOf(engine: string): string;
  logOf(process: string): string;
  readonly logs: string;
}

export const homeAt = (folder: string): Home => {
  const at = (...parts: string[]) => path.join(folder, ...parts);
  return {
    folder,
    runFile: at('run.json'),
    processesFile: at('processes.json'),
    lock: at('start.lock'),
    keys: at('keys'),
    privateKeys: at('keys', 'private.jwks.json'),
    publicKeys: at('keys', 'public.jwks.json'),
    seeded: at('seeded.json'),
    dataOf: (engine) => at('data', engine),
    logOf: (process) => at('logs', `${process}.log`),
    logs: at('logs'),
  };
};

/**
 * Makes the folders. Nobody else may look into them: they hold keys.
 * @throws {StartRefused} where it cannot
 */
export const makeHome = (home: Home): void => {
  try {
    mkdirSync(home.folder, { recursive: true });
    for (const folder of ['keys', 'data', 'logs']) {
      const inside = path.join(home.folder, folder);
      mkdirSync(inside, { recursive: true, mode: 0o700 });
      chmodSync(inside, 0o700);
    }
  } catch (error) {
    throw new StartRefused(
      `${home.folder} cannot be used for data: ${error instanceof Error ? error.message : error}\n` +
        'Give another folder with TICKETING_HOME=…, or put its permissions right.',
    );
  }
};

/** In one step: whoever reads the file sees all of it or what was there before. Readable by its owner only. */
export const writeWhole = (file: string, content: unknown): void => {
  const staged = `${file}.${process.pid}.new`;
  try {
    writeFileSync(staged, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(staged, file);
  } finally {
    rmSync(staged, { force: true });
  }
};
