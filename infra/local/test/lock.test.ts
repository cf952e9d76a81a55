import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { withLock } from '../lock.mjs';
import { startTimeOf } from '../process-identity.mjs';
import { eventually } from './eventually.ts';
import { runProcess } from './run-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Each test starts processes, which takes seconds each on a busy machine.
jest.setTimeout(180_000);

const folder = temporaryFolder('lock');
let turn = 0;
const newLock = () => {
  turn += 1;
  return path.join(folder, String(turn), 'lock');
};
const around = (lock: string) => readdirSync(path.dirname(lock));

/** A lock that somebody has left behind. */
const leave = async (lock: string, owner: object) => {
  await mkdir(lock, { recursive: true });
  await writeFile(path.join(lock, 'owner.json'), JSON.stringify({ token: 'theirs', ...owner }));
};

describe('a lock shared by processes', () => {
  it('gives back what the work returns, and leaves nothing behind', async () => {
    const lock = newLock();
    expect(await withLock(lock, () => 'done')).toBe('done');
    expect(around(lock)).toEqual([]);
  });

  it('is free again after work that failed', async () => {
    const lock = newLock();
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(lock, () => 'done')).toBe('done');
  });

  it('lets one at a time in, within a process and between processes', async () => {
    const lock = newLock();
    await mkdir(path.dirname(lock));
    const file = path.join(folder, 'number');
    writeFileSync(file, '0');
    const others = [1, 2].map(() => runProcess('add-under-lock.ts', [lock, file, '20'], process.env));
    const ours = Array.from({ length: 20 }, () =>
      withLock(lock, async () => {
        const before = Number(readFileSync(file, 'utf8'));
        await new Promise(setImmediate);
        writeFileSync(file, String(before + 1));
      }),
    );
    await Promise.all(ours);
    expect(await Promise.all(others.map((other) => other.ended))).toEqual([0, 0]);
    expect(readFileSync(file, 'utf8')).toBe('60');
  });

  it('says whom it waits for, once', async () => {
    const lock = newLock();
    const holder = runProcess('hold-lock.ts', [lock], process.env);
    await eventually('it is held', () => holder.printed() === 'locked\n');
    const waits: string[] = [];
    const waiting = withLock(lock, () => 'done', { onWait: (owner) => waits.push(owner) });
    await eventually('we wait', () => waits.length > 0);
    expect(waits).toEqual([`process ${holder.child.pid}`]);
    holder.child.kill('SIGKILL');
    expect(await waiting).toBe('done');
    expect(waits).toHaveLength(1);
  });

  it('is taken over by exactly one of those who wait when its holder is killed', async () => {
    const lock = newLock();
    const holder = runProcess('hold-lock.ts', [lock], process.env);
    await eventually('it is held', () => holder.printed() === 'locked\n');
    let inside = 0;
    let most = 0;
    const waiting = Array.from({ length: 8 }, () =>
      withLock(lock, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise(setImmediate);
        inside -= 1;
      }),
    );
    holder.child.kill('SIGKILL');
    await Promise.all(waiting);
    expect(most).toBe(1);
    expect(around(lock)).toEqual([]);
  });

  it('is not held by a process that has the pid of its dead owner', async () => {
    const lock = newLock();
    await leave(lock, { pid: process.pid, startTime: `${startTimeOf(process.pid)}0`, host: hostname() });
    expect(await withLock(lock, () => 'done')).toBe('done');
  });

  it('is taken from an owner on another machine only when that one shows no life', async () => {
    const lock = newLock();
    await leave(lock, { pid: process.pid, startTime: '1', host: 'elsewhere.example' });
    const waits: string[] = [];
    const waiting = withLock(lock, () => 'done', { onWait: (owner) => waits.push(owner) });
    await eventually('we wait', () => waits.length > 0);
    const longAgo = new Date(Date.now() - 10 * 60_000);
    await utimes(lock, longAgo, longAgo);
    expect(await waiting).toBe('done');
  });

  it('can still be taken over when somebody died while taking it over', async () => {
    const lock = newLock();
    await leave(lock, { pid: 2 ** 22 + 1, startTime: '1', host: hostname() });
    await mkdir(`${lock}.evicting`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${lock}.evicting`, longAgo, longAgo);
    expect(await withLock(lock, () => 'done')).toBe('done');
    expect(around(lock)).toEqual([]);
  });
});
