/** Takes the lock, says so, and holds it until it is killed: `node --import tsx hold-lock.ts <path>`. */
import { withLock } from '../../lock.mjs';

const [lock = ''] = process.argv.slice(2);
await withLock(lock, async () => {
  process.stdout.write('locked\n');
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
});
