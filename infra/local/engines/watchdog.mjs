/**
 * Ends engines whose owner died without ending them. The owner holds the other end of stdin: it closes when the
 * owner is gone, however it went, `kill -9` included. A pipe, not polling, so there is no pid to confuse with
 * another. Each line names something to end or to delete: `+process <pid>`, `-process <pid>`, `+folder <path>`.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, startTimeOf } from '../process-identity.mjs';

const GRACE_MS = 10_000;

/** @type {Map<number, string | undefined>} pid → start time */
const engines = new Map();
/** @type {Set<string>} */
const folders = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const [, order, subject = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
  if (order === '+process') engines.set(Number(subject), startTimeOf(Number(subject)));
  if (order === '-process') engines.delete(Number(subject));
  if (order === '+folder') folders.add(subject);
}

const left = () => [...engines].filter(([pid, startTime]) => isRunning({ pid, startTime }));
/** @param {NodeJS.Signals} signal */
const signalAll = (signal) => {
  for (const [pid] of left()) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
};

// First the gentle way: databases may be somebody's, not only a test's.
signalAll('SIGTERM');
const deadline = Date.now() + GRACE_MS;
while (left().length > 0 && Date.now() < deadline) await delay(50);
signalAll('SIGKILL');
while (left().length > 0) await delay(50);
for (const folder of folders) rmSync(folder, { recursive: true, force: true });
