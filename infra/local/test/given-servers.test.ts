import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import {
  type RunningEngine,
  type StartOptions,
  startJetStream,
  startMongo,
  startNatsStreaming,
  startRedis,
} from '../engines/index.ts';
import { lookAtBroker, lookAtMongo, lookAtRedis } from '../supervisor/given-servers.ts';
import { temporaryFolder } from './temporary-folder.ts';

// The first run on a machine fetches the engines, which may take minutes.
jest.setTimeout(900_000);

const folder = temporaryFolder('given-servers');
const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const begin = async (
  name: string,
  start: (options: StartOptions) => Promise<RunningEngine>,
): Promise<string> => {
  const engine = await start({ dataDir: path.join(folder, name) });
  ends.push(() => engine.stop());
  return engine.url;
};

describe('a server that the person named', () => {
  it('will do when it is a MongoDB of 6.0 or newer', async () => {
    const url = await begin('mongo', startMongo);
    expect(await lookAtMongo(url)).toBeUndefined();
    expect(await lookAtMongo(url, '99.0')).toMatch(
      /^is MongoDB \d+\.\d+\.\d+, and it has to be 99\.0 or newer\./,
    );
  });

  it('will do when it is a Redis of 6.2 or newer', async () => {
    const url = await begin('redis', startRedis);
    expect(await lookAtRedis(url)).toBeUndefined();
    expect(await lookAtRedis(url, '99.0')).toMatch(
      /^is Redis \d+\.\d+\.\d+, and it has to be 99\.0 or newer\./,
    );
  });

  it('will do when it is the NATS Streaming cluster that services connect to, and no other one', async () => {
    const ours = await begin('ours', startNatsStreaming);
    expect(await lookAtBroker('nats-streaming')(ours)).toBeUndefined();
    // Of a list, one that answers is enough.
    expect(await lookAtBroker('nats-streaming')(`nats://127.0.0.1:1,${ours}`)).toBeUndefined();
    const without = await begin('without', startJetStream);
    expect(await lookAtBroker('nats-streaming')(without)).toContain('--cluster_id ticketing');
  });

  it('will do when it has JetStream, and not when that is switched off for us', async () => {
    const url = await begin('jetstream', startJetStream);
    expect(await lookAtBroker('jetstream')(url)).toBeUndefined();

    const plain = await begin('plain', startNatsStreaming);
    expect(await lookAtBroker('jetstream')(plain)).toMatch(/^has no JetStream\./);
    const server = await connect({ servers: plain });
    ends.push(() => server.close());
    // What a server says to an account that may not use it.
    const error = { code: 503, err_code: 10_039, description: 'JetStream not enabled for account' };
    server.subscribe('$JS.API.INFO', {
      callback: (_error, message) => void message.respond(JSON.stringify({ error })),
    });
    await server.flush();
    expect(await lookAtBroker('jetstream')(plain)).toMatch(/^has no JetStream\./);
  });

  it('is told who we are, and says in no message what our password is', async () => {
    let greeting = '';
    const server = createServer((socket) => {
      const info = { server_id: 'theirs', version: '2.10.0', auth_required: true, max_payload: 1 << 20 };
      socket.write(`INFO ${JSON.stringify(info)}\r\n`);
      socket.on('data', (chunk) => {
        greeting += chunk;
        socket.end("-ERR 'Authorization Violation'\r\n");
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const outcome = await lookAtBroker('nats-streaming')(`nats://buyer:a%20secret@127.0.0.1:${port}`).catch(
      (error: Error) => error,
    );
    expect(outcome).toBeInstanceOf(Error);
    expect(String(outcome)).not.toContain('secret');
    expect(JSON.parse(/^CONNECT (.*)\r\n/.exec(greeting)?.[1] ?? '{}')).toMatchObject({
      user: 'buyer',
      pass: 'a secret',
    });
  });
});
