import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EngineSpec } from '../engines/catalogue.ts';
import type { Source } from '../engines/source.ts';

/** What an executable of the fake engine is: a script that says its version. */
export const fakeExecutable = (version: string): string =>
  `#!/bin/sh\necho "Redis server v=${version} sha=0 bits=64"\n`;

export const putExecutable = async (folder: string, content: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'redis-server'), content);
  await chmod(path.join(folder, 'redis-server'), 0o755);
};

/** A source that gives an engine of this version, or fails with this message. */
export const fakeSource = (version: string, failure?: string): Source & { fetches: number } => {
  const source = {
    label: `a source of ${version}`,
    version,
    fetches: 0,
    fetch: async (folder: string) => {
      source.fetches += 1;
      if (failure) throw new Error(failure);
      await putExecutable(folder, fakeExecutable(version));
    },
  };
  return source;
};

/** An engine like redis-server that comes from the given sources, of at least 6.2. */
export const fakeEngine = (...sources: Source[]): EngineSpec => ({
  name: 'redis-server',
  purpose: 'the queue of holds that end',
  minimum: '6.2',
  versionArgs: ['--version'],
  versionPattern: /Redis server v=(\d+\.\d+\.\d+)/,
  urlVariable: 'REDIS_URL',
  sources,
  container: { image: 'redis:7.4', version: '7.4' },
  install: 'https://redis.io/install',
});
