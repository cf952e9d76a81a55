/** Adds 1, `times` times, to the number in a file, each time reading and writing it under the lock. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { withLock } from '../../lock.mjs';

const [lock = '', file = '', times = ''] = process.argv.slice(2);
for (let i = 0; i < Number(times); i += 1) {
  await withLock(lock, async () => {
    const before = Number(readFileSync(file, 'utf8'));
    await turn();
    writeFileSync(file, String(before + 1));
  });
}
