import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { tryFor } from '../supervisor/try-for.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Asks somebody who never answers, while the garbage collector is at work. */
const askTheSilent = async (ask: (url: string) => Promise<unknown>): Promise<unknown> => {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const collecting = setInterval(collectGarbage, 20);
  try {
    return await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    clearInterval(collecting);
    server.closeAllConnections();
    server.close();
  }
};

const forever = new AbortController().signal;

describe('trying something for a while', () => {
  it('gives what comes of it', async () => {
    expect(await tryFor(10_000, forever, async () => 'ready')).toBe('ready');
  });

  it('ends when its time is over, whatever the garbage collector takes away meanwhile', async () => {
    const asked = askTheSilent((url) => tryFor(300, forever, (signal) => fetch(url, { signal })));
    await expect(asked).rejects.toThrow('no answer within 0.3 s');
  });

  it('ends although what was begun pays no heed', async () => {
    await expect(tryFor(50, forever, () => new Promise(() => {}))).rejects.toThrow('no answer within 0.05 s');
  });

  it('ends when it is no longer wanted', async () => {
    const wanted = new AbortController();
    const asked = askTheSilent((url) => {
      setTimeout(() => wanted.abort(new Error('stopped')), 50);
      return tryFor(60_000, wanted.signal, (signal) => fetch(url, { signal }));
    });
    await expect(asked).rejects.toThrow('stopped');
    await expect(tryFor(60_000, wanted.signal, async (signal) => signal.throwIfAborted())).rejects.toThrow(
      'stopped',
    );
  });
});
