import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, startTimeOf } from './process-identity.mjs';

/** How often a holder shows that it lives; only waiters on another host need it. */
const HEARTBEAT_MS = 5_000;
const FOREIGN_STALE_MS = 60_000;
const RETRY_MS = 100;

/**
 * Runs `work` while holding a lock that all processes on this machine respect, and gives back what it returns.
 * Waits as long as the holder lives. A holder that died (its pid and start time say so) loses the lock, so an
 * interrupted run never blocks the next one. Plain JavaScript without packages, because `setup.mjs` needs it
 * before anything is installed.
 *
 * The lock is a directory with its owner's identity inside, moved into place in one step: it exists either
 * with an owner or not at all.
 *
 * @template T
 * @param {string} lockPath a path that does not exist; its folder is made
 * @param {() => Promise<T> | T} work
 * @param {{ onWait?: (owner: string) => void, signal?: AbortSignal }} [options] `onWait` is called once, when somebody
 *   else holds it; `signal` ends the wait, and rejects with its reason
 * @returns {Promise<T>}
 */
export const withLock = async (lockPath, work, { onWait, signal } = {}) => {
  mkdirSync(path.dirname(lockPath), { recursive: true });
  const me = { pid: process.pid, startTime: startTimeOf(process.pid), host: hostname(), token: randomUUID() };
  let waited = false;
  while (!tryAcquire(lockPath, me)) {
    const owner = ownerOf(lockPath);
    if (owner && isStale(lockPath, owner)) {
      evict(lockPath, owner);
      continue;
    }
    if (!waited) onWait?.(owner ? `process ${owner.pid}` : 'another process');
    waited = true;
    signal?.throwIfAborted();
    await delay(RETRY_MS);
  }
  const heartbeat = setInterval(() => touch(lockPath), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    remove(lockPath, me);
  }
};

/** @typedef {{ pid: number, startTime: string | undefined, host: string, token: string }} Owner */

/**
 * @param {string} lockPath
 * @param {Owner} me
 */
const tryAcquire = (lockPath, me) => {
  const staged = `${lockPath}.${me.token}`;
  mkdirSync(staged);
  writeFileSync(path.join(staged, 'owner.json'), JSON.stringify(me));
  try {
    renameSync(staged, lockPath);
    return true;
  } catch (error) {
    rmSync(staged, { recursive: true, force: true });
    // rename(2) onto a directory that is not empty, or (Windows) onto any directory.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error))) return false;
    throw error;
  }
};

/**
 * @param {string} lockPath
 * @returns {Owner | undefined}
 */
const ownerOf = (lockPath) => {
  try {
    return JSON.parse(readFileSync(path.join(lockPath, 'owner.json'), 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * @param {string} lockPath
 * @param {Owner} owner
 */
const isStale = (lockPath, owner) => {
  if (owner.host === hostname()) return !isRunning(owner);
  return ageOf(lockPath) > FOREIGN_STALE_MS;
};

/**
 * Takes a dead owner's lock away. Two waiters may both have seen it dead; if the slower one removed whatever
 * lies there, it could remove the lock of the faster one. So only one at a time evicts, and looks again first.
 *
 * @param {string} lockPath
 * @param {Owner} dead
 */
const evict = (lockPath, dead) => {
  const eviction = `${lockPath}.evicting`;
  try {
    mkdirSync(eviction);
  } catch {
    // An evictor needs milliseconds; one that died in between must not hold up everybody for ever.
    if (ageOf(eviction) > 10_000) rmSync(eviction, { recursive: true, force: true });
    return;
  }
  try {
    remove(lockPath, dead);
  } finally {
    rmSync(eviction, { recursive: true, force: true });
  }
};

/**
 * Removes the lock if it is still this owner's. Moved away first: emptied in place, it would let the next one
 * in before it is gone, and then take that one's lock along.
 *
 * @param {string} lockPath
 * @param {Owner} owner
 */
const remove = (lockPath, owner) => {
  if (ownerOf(lockPath)?.token !== owner.token) return;
  const gone = `${lockPath}.${owner.token}.gone`;
  renameSync(lockPath, gone);
  rmSync(gone, { recursive: true, force: true });
};

/** @param {string} file */
const ageOf = (file) => {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
};

/** @param {string} file */
const touch = (file) => {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Taken away from us; the owner check at the end sees to that.
  }
};

/** @param {unknown} error an `Error`, perhaps one of another realm (jest), so no `instanceof` */
const codeOf = (error) =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
