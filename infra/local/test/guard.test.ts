import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { isRunning, startTimeOf } from '../process-identity.mjs';
import { accepts } from './accepts.ts';
import { eventually } from './eventually.ts';
import { runProcess } from './run-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Each test starts processes, which takes seconds each on a busy machine.
jest.setTimeout(180_000);

const folder = temporaryFolder('guard');

const startOne = async (name: string) => {
  const dataDir = path.join(folder, name);
  await mkdir(dataDir);
  const owner = runProcess('start-redis.ts', [dataDir], process.env);
  await eventually('the engine runs', () => owner.printed().endsWith('}'));
  const { pid, port }: { pid: number; port: number } = JSON.parse(owner.printed());
  expect(await accepts('127.0.0.1', port)).toBe(true);
  return { owner, dataDir, port, engine: { pid, startTime: startTimeOf(pid) } };
};

describe('an engine whose owner is gone without a word', () => {
  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'ends, and its data is deleted, after %s',
    async (signal) => {
      const { owner, dataDir, port, engine } = await startOne(signal);
      owner.child.kill(signal);
      await owner.ended;
      await eventually('the engine has ended', () => !isRunning(engine));
      await eventually('its data is deleted', () => !existsSync(dataDir));
      expect(await accepts('127.0.0.1', port)).toBe(false);
    },
    60_000,
  );
});

describe('an engine whose owner lives', () => {
  it('is not ended by the end of another owner', async () => {
    const [one, other] = await Promise.all([startOne('one'), startOne('other')]);
    one.owner.child.kill('SIGKILL');
    await eventually('the first engine has ended', () => !isRunning(one.engine));
    await eventually('its data is deleted', () => !existsSync(one.dataDir));
    expect(isRunning(other.engine)).toBe(true);
    expect(await accepts('127.0.0.1', other.port)).toBe(true);
    other.owner.child.kill('SIGKILL');
    await eventually('the other data is deleted', () => !existsSync(other.dataDir));
  });
});
