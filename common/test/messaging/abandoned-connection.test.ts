/** A connection that is given up in the very moment in which the server accepts it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { StreamingConnection } from '../../src/messaging/nats-streaming/connection.ts';
import { publishLimits } from '../../src/messaging/publish-window.ts';
import { eventually } from '../../src/testing/eventually.ts';

const PING_SECONDS = 1;
const server = new URL(process.env.TEST_NATS_STREAMING_URL ?? '');

let proxy: Server;
let passOn: (answer: Buffer) => void;

/** Stands between client and server, and tells of the server's answer to the client's wish to connect. */
const startProxy = async (): Promise<string> => {
  proxy = createServer((client) => {
    const upstream = connect(Number(server.port), server.hostname);
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk);
      // Of what the server says before that, nothing is a message.
      if (chunk.includes('MSG ')) passOn(chunk);
    });
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('close', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `nats://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
};

afterEach(() => void proxy.close());

describe('a connection that is given up as the server accepts it', () => {
  it('leaves no ping behind that would end the whole process', async () => {
    const url = await startProxy();
    for (let round = 0; round < 20; round += 1) {
      const giveUp = new AbortController();
      passOn = () => giveUp.abort(new Error('closing'));
      const opening = StreamingConnection.open(
        {
          url,
          clusterId: 'ticketing',
          clientId: `abandoned-${process.pid}-${round}`,
          requestTimeoutMs: 5_000,
          publishTimeoutMs: 5_000,
          pingIntervalSeconds: PING_SECONDS,
          ...publishLimits({}),
        },
        giveUp.signal,
      );
      await expect(opening).rejects.toThrow('no connection to the server');
    }
    // The pings of all of them are due by then. One that throws is an uncaught exception, which fails this test.
    const since = Date.now();
    await eventually(() => expect(Date.now() - since).toBeGreaterThan(PING_SECONDS * 2_000));
  });
});
