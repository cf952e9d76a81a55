import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoMemoryServer } from 'mongodb-memory-server-core';
import type { Report } from './engine-name.ts';
import { deleteAfterUs, endWithUs, forget } from './guard.ts';
import { startJetStream } from './jetstream.ts';
import { locateEngine } from './locate.ts';
import { startMongo } from './mongo.ts';
import { startNatsStreaming } from './nats-streaming.ts';
import { startRedis } from './redis.ts';
import type { StartOptions } from './running-engine.ts';
import { type Service, urlFromEnvironment } from './url-from-environment.ts';

interface TestEngine {
  url: string;
  stop(): Promise<unknown>;
}

const start: Record<Service, (options: StartOptions) => Promise<TestEngine>> = {
  mongo: (options) => startTestMongo(options),
  'nats-streaming': startNatsStreaming,
  jetstream: startJetStream,
  redis: startRedis,
};

const variable: Record<Service, string> = {
  mongo: 'TEST_MONGO_URL',
  'nats-streaming': 'TEST_NATS_STREAMING_URL',
  jetstream: 'TEST_JETSTREAM_URL',
  redis: 'TEST_REDIS_URL',
};

/**
 * Starts engines for a run of tests, on fresh data, and puts their addresses into the environment, which jest
 * hands on to the tests. Where the environment names a server (MONGO_URL, …), that one is used. When this
 * process dies, however it does, the engines end and their data is deleted.
 */
export const startTestEngines = async (
  services: readonly Service[],
  report: Report,
): Promise<{ stop(): Promise<void> }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-test-'));
  deleteAfterUs(folder);
  const started: TestEngine[] = [];
  const stop = async () => {
    await Promise.all(started.map((engine) => engine.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  const settled = await Promise.allSettled(
    services.map(async (service) => {
      let url = urlFromEnvironment(service);
      if (url === undefined) {
        const engine = await start[service]({ dataDir: path.join(folder, service), report });
        started.push(engine);
        url = engine.url;
      }
      process.env[variable[service]] = url;
    }),
  );
  const failures = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length > 0) {
    await stop();
    throw failures.length === 1
      ? failures[0]
      : new AggregateError(failures, failures.map(String).join('\n\n'));
  }
  return { stop };
};

/** mongodb-memory-server on the mongod that was found; a container it cannot run. */
const startTestMongo = async (options: StartOptions): Promise<TestEngine> => {
  const located = await locateEngine('mongod', options);
  if ('image' in located) return startMongo({ ...options, located });
  await mkdir(options.dataDir, { recursive: true });
  const server = await MongoMemoryServer.create({
    binary: { systemBinary: located.command, version: located.version },
    instance: {
      ip: '127.0.0.1',
      dbPath: options.dataDir,
      storageEngine: 'wiredTiger',
      args: ['--wiredTigerCacheSizeGB', '0.5', '--quiet'],
    },
  });
  const pid = server.instanceInfo?.instance.mongodProcess?.pid;
  if (pid !== undefined) endWithUs(pid);
  const stop = async () => {
    await server.stop({ doCleanup: false });
    if (pid !== undefined) forget(pid);
  };
  return { url: `mongodb://127.0.0.1:${server.instanceInfo?.port}`, stop };
};
