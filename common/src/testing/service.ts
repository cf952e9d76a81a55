import { mongo as driver } from 'mongoose';
import type { Clock } from '../clock/index.ts';
import { connectMemory, MemoryBroker } from '../messaging/memory/index.ts';
import {
  createLogger,
  type RunningService,
  type ServiceConfig,
  type ServiceDeps,
  type ServiceParts,
  startService,
} from '../service/index.ts';
import { connectMongo } from '../store/index.ts';
import { testDatabaseUrl } from './mongo.ts';

export interface TestService extends RunningService {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The broker it talks over, to publish to it and to see what it says. */
  readonly broker: MemoryBroker;
  /** Events that took effect here by now, repeated and late ones included: what a test waits for after it sent some. */
  consumed(): Promise<number>;
  /** Stops it and drops its database. Of several replicas the others are only stopped. */
  end(): Promise<void>;
}

/** Settings of a service under test: its own database, any free port, silent. */
export const testConfig = (given: Partial<ServiceConfig> = {}): ServiceConfig & { MONGO_URL: string } => ({
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: 0,
  LOG_LEVEL: 'silent',
  TRANSPORT: 'nats-streaming',
  NATS_URL: 'nats://127.0.0.1:1',
  NATS_CLUSTER_ID: 'ticketing',
  STOP_SECONDS: 20,
  MONGO_URL: testDatabaseUrl(),
  ...given,
});

const dropDatabase = async (url: string): Promise<void> => {
  const mongo = await connectMongo(url, 'long work');
  await mongo.dropDatabase();
  await mongo.close();
};

/** Documents, by collection, in MongoDB's extended JSON: as a version before has left them. */
export type Stored = Readonly<Record<string, readonly object[]>>;

const store = async (url: string, stored: Stored): Promise<void> => {
  const mongo = await connectMongo(url, 'long work');
  for (const [collection, documents] of Object.entries(stored)) {
    await mongo
      .collection(collection)
      .insertMany(documents.map((document) => driver.BSON.EJSON.deserialize(document)));
  }
  await mongo.close();
};

/**
 * Starts a service as `main.ts` does, whole, over the in-memory bus, whose promises the conformance suite vouches for.
 * With `broker`, several services share one; with the same `MONGO_URL` as well, they are replicas.
 */
export const startTestService = async (
  name: string,
  build: (deps: ServiceDeps) => Promise<ServiceParts> | ServiceParts,
  options: { broker?: MemoryBroker; config?: Partial<ServiceConfig>; clock?: Clock; stored?: Stored } = {},
): Promise<TestService> => {
  const config = testConfig(options.config);
  const broker = options.broker ?? new MemoryBroker();
  if (options.stored !== undefined) await store(config.MONGO_URL, options.stored);
  const logger = createLogger(name, config.LOG_LEVEL);
  const bus = connectMemory({ broker });
  const clock = options.clock === undefined ? {} : { clock: options.clock };
  const service = await startService({ name, config, logger, bus, build, ...clock });
  return {
    ...service,
    url: `http://127.0.0.1:${service.port}`,
    broker,
    async consumed() {
      const reactions = service.deps.metrics.registry.getSingleMetric('event_reaction_duration_seconds');
      const { values = [] } = (await reactions?.get()) ?? {};
      const counts = values.filter(
        (value) => 'metricName' in value && /_count$/.test(String(value.metricName)),
      );
      return counts.reduce((sum, { value }) => sum + value, 0);
    },
    async end() {
      await service.stop();
      await dropDatabase(config.MONGO_URL);
    },
  };
};
