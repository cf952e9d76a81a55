import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { freePort } from '../engines/free-port.ts';
import {
  catalogue,
  type EngineName,
  locateEngine,
  type RunningEngine,
  type StartOptions,
  startJetStream,
  startMongo,
  startNatsStreaming,
  startRedis,
} from '../engines/index.ts';
import { isAtLeast } from '../engines/version.ts';
import { accepts } from './accepts.ts';
import { type Contents, contents } from './engine-contents.ts';
import { runProcess } from './run-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

// The first run on a machine fetches the engines, which may take minutes.
jest.setTimeout(900_000);

const engines: [string, (options: StartOptions) => Promise<RunningEngine>, Contents][] = [
  ['mongod', startMongo, contents.mongo],
  ['nats-streaming-server', startNatsStreaming, contents.natsStreaming],
  ['nats-server', startJetStream, contents.jetStream],
  ['redis-server', startRedis, contents.redis],
];

const reported: string[] = [];
const report = (line: string) => reported.push(line);

const folder = temporaryFolder('engines');

const portOf = (url: string): number => Number(new URL(url).port);

const started: RunningEngine[] = [];
const begin = async (
  start: (options: StartOptions) => Promise<RunningEngine>,
  options: Partial<StartOptions> = {},
): Promise<RunningEngine> => {
  const dataDir = path.join(folder, `${started.length}-${Math.random().toString(36).slice(2)}`);
  const engine = await start({ dataDir, report, ...options });
  started.push(engine);
  return engine;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((engine) => engine.stop()));
});

describe.each(engines)('a real %s', (name, start, { write, read }) => {
  it('is of a version we can rely on', async () => {
    const engine = await begin(start);
    expect(engine.name).toBe(name);
    expect(isAtLeast(engine.version, catalogue[engine.name].minimum)).toBe(true);
  });

  it('answers on loopback only', async () => {
    const engine = await begin(start);
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address?.family === 'IPv4' && !address.internal);
    const ports = [engine.port, ...(engine.monitorUrl === undefined ? [] : [portOf(engine.monitorUrl)])];
    for (const port of ports) expect(await accepts('127.0.0.1', port)).toBe(true);
    for (const address of outside)
      for (const port of ports) expect(await accepts(address?.address ?? '', port)).toBe(false);
  });

  it('has kept everything when it comes back, on the same port, after a stop', async () => {
    const engine = await begin(start);
    await write(engine.url, 'before');
    const { pid, port, url, monitorUrl } = engine;
    await engine.restart();
    expect([engine.port, engine.url, engine.monitorUrl]).toEqual([port, url, monitorUrl]);
    expect(engine.pid).not.toBe(pid);
    await write(engine.url, 'after');
    expect(await read(engine.url)).toEqual(['before', 'after']);
  });

  it('has kept everything that was acknowledged when it comes back after kill -9', async () => {
    const engine = await begin(start);
    const { port } = engine;
    await write(engine.url, 'before');
    await engine.kill();
    expect(engine.process.signalCode).toBe('SIGKILL');
    expect(await accepts('127.0.0.1', port)).toBe(false);
    await engine.restart();
    expect(engine.port).toBe(port);
    expect(await read(engine.url)).toEqual(['before']);
  });

  it('runs twice at once without the two meeting', async () => {
    const [one, other] = await Promise.all([begin(start), begin(start)]);
    expect(one.port).not.toBe(other.port);
    await write(one.url, 'one');
    await write(other.url, 'other');
    expect(await read(one.url)).toEqual(['one']);
    expect(await read(other.url)).toEqual(['other']);
  });

  it('may be stopped and killed again when it has ended', async () => {
    const engine = await begin(start);
    await engine.stop();
    await engine.stop();
    await engine.kill();
    // By itself, after it had put its things in order; nats-streaming-server says so with 143.
    expect([0, 143]).toContain(engine.process.exitCode);
  });

  it('never takes another server on its port for itself', async () => {
    const first = await begin(start);
    const second = begin(start, { port: first.port }).then(({ url }) => url);
    await expect(second).rejects.toThrow(`port ${first.port} is taken`);
    await write(first.url, 'still there');
    expect(await read(first.url)).toEqual(['still there']);
  });
});

const find = async (name: EngineName) => {
  const found = await locateEngine(name);
  if (!('command' in found)) throw new Error(`this test needs a ${name} to execute`);
  return found;
};

describe('where an engine tells about itself', () => {
  const serverAt = async (monitorUrl: string | undefined) => {
    const answer = await fetch(`${monitorUrl}/streaming/serverz`);
    return (await answer.json()) as { cluster_id: string; server_id: string };
  };

  it('is a port of its own for NATS Streaming, and the same one after a restart', async () => {
    const [engine, other] = await Promise.all([begin(startNatsStreaming), begin(startNatsStreaming)]);
    const before = await serverAt(engine.monitorUrl);
    expect(before.cluster_id).toBe('ticketing');
    expect((await serverAt(other.monitorUrl)).server_id).not.toBe(before.server_id);
    await engine.kill();
    await engine.restart();
    const after = await serverAt(engine.monitorUrl);
    expect(after.cluster_id).toBe('ticketing');
    expect(after.server_id).not.toBe(before.server_id);
  });

  it.each([
    ['mongod', startMongo],
    ['nats-server', startJetStream],
    ['redis-server', startRedis],
  ])('is nowhere for %s', async (_name, start) => {
    expect((await begin(start)).monitorUrl).toBeUndefined();
  });

  it('is another port when somebody takes the chosen one first, also where the first port is given', async () => {
    const natsStreaming = await find('nats-streaming-server');
    const script = path.join(folder, 'loses-its-monitoring-port.sh');
    const tries = path.join(folder, 'monitoring-ports');
    // As the server says it; $2 is the file of settings.
    await writeFile(
      script,
      `#!/bin/sh
address=$(sed -n 's/.*"http": "\\(.*\\)".*/\\1/p' "$2")
echo "$address" >> '${tries}'
if [ $(wc -l < '${tries}') = 1 ]; then
  echo "[FTL] Can't start monitoring: listen tcp $address: bind: address already in use"; exit 1
fi
exec '${natsStreaming.command}' "$@"
`,
      { mode: 0o755 },
    );
    const port = await freePort();
    const engine = await begin(startNatsStreaming, { port, located: { ...natsStreaming, command: script } });
    expect(engine.port).toBe(port);
    const tried = (await readFile(tries, 'utf8')).trim().split('\n');
    expect(tried).toEqual([expect.any(String), new URL(engine.monitorUrl ?? '').host]);
    expect(tried[0]).not.toBe(tried[1]);
    expect((await serverAt(engine.monitorUrl)).cluster_id).toBe('ticketing');
  });

  it('is reached in a container as well', async () => {
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    const docker = `#!/bin/sh\necho "$@" > '${bin}/asked'\necho no such image\nexit 1\n`;
    await writeFile(path.join(bin, 'docker'), docker, { mode: 0o755 });
    const { ended } = runProcess('start-in-container.ts', [path.join(folder, 'contained')], {
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    });
    expect(await ended).toBe(1);
    const asked = await readFile(path.join(bin, 'asked'), 'utf8');
    expect(asked).toMatch(/--publish 127\.0\.0\.1:\d+:4222 --publish 127\.0\.0\.1:\d+:8222 /);
    expect(await readFile(path.join(folder, 'contained/nats-streaming.conf'), 'utf8')).toContain(
      '"http": "0.0.0.0:8222"',
    );
  });
});

describe('what engines promise to keep', () => {
  it('NATS Streaming keeps every event for 30 days, whatever their number and size', async () => {
    const engine = await begin(startNatsStreaming);
    const log = await readFile(engine.logFile, 'utf8');
    for (const limit of ['Messages', 'Bytes', 'Subscriptions']) {
      expect(log).toMatch(new RegExp(`STREAM: +${limit} *: +unlimited`));
    }
    expect(log).toMatch(/STREAM: +Age *: +720h0m0s/);
    expect(log).toContain('Message store is FILE');
  });

  it('JetStream has each event on the disk before it says so', async () => {
    const monitor = await freePort();
    await begin(startJetStream, { args: ['--http_port', String(monitor)] });
    const answer = await fetch(`http://127.0.0.1:${monitor}/jsz`);
    expect(await answer.json()).toMatchObject({ config: { sync_always: true } });
  });

  it('Redis writes down every job and never drops one to make room', async () => {
    const client = new Redis((await begin(startRedis)).url);
    const settings = [
      await client.config('GET', 'appendonly'),
      await client.config('GET', 'maxmemory-policy'),
    ];
    client.disconnect();
    expect(settings).toEqual([
      ['appendonly', 'yes'],
      ['maxmemory-policy', 'noeviction'],
    ]);
  });
});

describe('starting an engine', () => {
  it('says so when something else has the port', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(begin(startRedis, { port })).rejects.toThrow(`port ${port} is taken`);
    server.close();
  });

  it('tries a port that it was given once', async () => {
    const { version } = await find('redis-server');
    const command = path.join(folder, 'loses-every-race.sh');
    const tries = path.join(folder, 'tries');
    await writeFile(
      command,
      `#!/bin/sh\necho tried >> '${tries}'; echo 'bind: Address already in use'; exit 1\n`,
      { mode: 0o755 },
    );
    const port = await freePort();
    const located = { name: 'redis-server', command, version, origin: 'PATH' } as const;
    await expect(begin(startRedis, { port, located })).rejects.toThrow(`port ${port} is taken`);
    expect(await readFile(tries, 'utf8')).toBe('tried\n');
  });

  it('tries another port when somebody takes the chosen one first', async () => {
    const { command, version } = await find('redis-server');
    const loser = path.join(folder, 'loses-the-first-race.sh');
    const lost = path.join(folder, 'lost');
    await writeFile(
      loser,
      `#!/bin/sh
if [ ! -e '${lost}' ]; then touch '${lost}'; echo 'bind: Address already in use'; exit 1; fi
exec '${command}' "$@"
`,
      { mode: 0o755 },
    );
    const engine = await begin(startRedis, {
      located: { name: 'redis-server', command: loser, version, origin: 'PATH' },
    });
    await contents.redis.write(engine.url, 'on the second port');
    expect(await contents.redis.read(engine.url)).toEqual(['on the second port']);
    expect(existsSync(lost)).toBe(true);
  });

  it('shows the end of the log when the engine will not start', async () => {
    await expect(begin(startRedis, { args: ['--no-such-setting', 'yes'] })).rejects.toThrow(
      /redis-server did not start: it ended with code 1\. Its log \(.*redis-server\.log\) ends with:\n[\s\S]*no-such-setting/,
    );
  });
});
