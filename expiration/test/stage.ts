/** The whole service on a Redis of the test's own, which the test can kill, with what it is told and says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type DueOrder,
  type EventType,
  expirationComplete,
  type OrderState,
  orderCreated,
  type StateOf,
} from '@ticketing/common/events';
import { connectMemory, MemoryBroker } from '@ticketing/common/messaging/memory';
import { createLogger, type RunningService, startService } from '@ticketing/common/service';
import { anOrderState, eventOf, listenTo } from '@ticketing/common/testing';
import { startRedis } from '@ticketing/local/engines';
import { Redis } from 'ioredis';
import { expiration } from '../src/app.ts';

/** What Bull keeps of a queue even when it is empty. */
const BOOKKEEPING = /:(id|meta-paused|stalled-check)$/;

export const startOwnRedis = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-expiration-'));
  const server = await startRedis({ dataDir: folder });
  return {
    server,
    async end() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const openStage = async () => {
  const { server, end } = await startOwnRedis();
  const look = new Redis(server.url, { maxRetriesPerRequest: null });
  look.on('error', () => {}); // away because a test wants it so
  const broker = new MemoryBroker();
  const bus = connectMemory({ broker });
  const listener = await listenTo(bus, expirationComplete);
  const services = new Set<RunningService>();

  return {
    server,
    /** A look into the same Redis. */
    look,
    broker,
    bus,

    /** Starts the service, or one more replica of it. */
    async start(): Promise<RunningService & { url: string }> {
      const config = {
        NODE_ENV: 'test',
        HOST: '127.0.0.1',
        PORT: 0,
        LOG_LEVEL: 'silent',
        STOP_SECONDS: 20,
        REDIS_URL: server.url,
      } as const;
      const service = await startService({
        name: 'expiration',
        config,
        logger: createLogger('expiration', config.LOG_LEVEL),
        bus: connectMemory({ broker }),
        build: (deps) => expiration(deps, config),
      });
      services.add(service);
      return { ...service, url: `http://127.0.0.1:${service.port}` };
    },

    say: <E extends EventType>(eventType: E, state: StateOf<E>): Promise<void> =>
      bus.publish(eventOf(eventType, state)),

    /** Says that orders were made, each to end after so many milliseconds. */
    async reserve(count: number, endsInMs: number): Promise<OrderState[]> {
      const expiresAt = new Date(Date.now() + endsInMs).toISOString();
      const orders = Array.from({ length: count }, () => anOrderState({ expiresAt }));
      await Promise.all(orders.map((order) => bus.publish(eventOf(orderCreated, order))));
      return orders;
    },

    /** Ids of orders whose time was said to be over, as often as it was said. */
    told: (): string[] => listener.heard.map(({ data }) => (data as DueOrder).id),
    heard: () => listener.heard,
    /** Why what the service said is not what its type promises. */
    refused: () => listener.refused,

    /** Deadlines that Redis has: those ahead, and all there are. */
    ahead: (): Promise<number> => look.zcard('expiration:deadlines:delayed'),
    /**
     * Bytes that Redis has answered for and not written to its file yet: it puts that off for up to 2 s while the disk is
     * busy with what was written before (appendfsync everysec), and loses them where it is killed.
     */
    unwritten: async (): Promise<number> =>
      Number(/aof_buffer_length:(\d+)/.exec(await look.info('persistence'))?.[1] ?? Number.NaN),
    /** What is left in Redis, but for the bookkeeping of an empty queue. */
    leftovers: async (): Promise<string[]> =>
      (await look.keys('expiration:*')).filter((key) => !BOOKKEEPING.test(key)),

    async end(): Promise<void> {
      for (const service of services) await service.stop();
      await bus.close();
      look.disconnect();
      await end();
    },
  };
};

export type Stage = Awaited<ReturnType<typeof openStage>>;
