/**
 * Looks for the fake engine, whose only source is an HTTP server that sends it slowly, and prints what it found:
 * `node --import tsx fetch-fake-engine.ts <url>`, with PATH and TICKETING_CACHE set.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { locate } from '../../engines/locate.ts';
import { fakeEngine } from '../fake-engine.ts';

const [url = ''] = process.argv.slice(2);
const source = {
  label: url,
  version: '7.0.0',
  fetch: async (folder: string) => {
    const response = await fetch(url);
    const file = createWriteStream(path.join(folder, 'redis-server'), { mode: 0o755 });
    for await (const chunk of response.body ?? []) file.write(chunk);
    file.end();
    await once(file, 'close');
  },
};
const found = await locate(fakeEngine(source), { report: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(JSON.stringify(found));
