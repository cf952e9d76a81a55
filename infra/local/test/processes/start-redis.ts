/** Starts a Redis in the folder given, prints its pid and port, and works on until it is killed. */
import { deleteAfterUs } from '../../engines/guard.ts';
import { startRedis } from '../../engines/index.ts';

const [folder = ''] = process.argv.slice(2);
deleteAfterUs(folder);
const { pid, port } = await startRedis({ dataDir: folder });
process.stdout.write(JSON.stringify({ pid, port }));
setInterval(() => {}, 60_000);
