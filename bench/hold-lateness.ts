/**
 * How late a thousand holds end that end at the same moment, on a real mongod, NATS Streaming server and Redis, all on
 * this machine, with one process for orders and expiration together. Exits with 1 when p99 is over a second.
 *
 *     node --conditions ticketing-source --import tsx bench/hold-lateness.ts [holds]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expirationComplete, orderCancelled, orderCreated } from '@ticketing/common/events';
import { connectBus } from '@ticketing/common/messaging';
import { createLogger, type ServiceDeps, startService } from '@ticketing/common/service';
import { anOrderState, eventually, listenTo, newId, testSessions } from '@ticketing/common/testing';
import { startMongo, startNatsStreaming, startRedis } from '@ticketing/local/engines';
import { expiration } from '../expiration/src/app.ts';
import { orders } from '../orders/src/app.ts';
import { openOrderStore } from '../orders/src/store/orders.ts';
import { openTicketReplica } from '../orders/src/store/tickets.ts';

const HOLDS = Number(process.argv[2] ?? 1_000);
/** The bound that docs/operations.md, "How late a hold ends", gives: p99 within a second. */
const LATE_MS = 1_000;
/** Long enough to make them all before the first one ends. */
const ENDS_IN_MS = 10_000 + 10 * HOLDS;
const AT_ONCE = 50;

const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-bench-'));
/** What was started, to be stopped in the opposite order. */
const started: { stop(): Promise<void> }[] = [];
const untilTheEnd = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const running = await starting;
  started.push(running);
  return running;
};

/** Milliseconds after the end of the hold, of the first word of each kind about each order, in ascending order. */
const measure = async (): Promise<Record<string, number[]>> => {
  const dataDir = (name: string) => path.join(folder, name);
  const mongo = await untilTheEnd(startMongo({ dataDir: dataDir('mongo') }));
  const nats = await untilTheEnd(startNatsStreaming({ dataDir: dataDir('nats') }));
  const redis = await untilTheEnd(startRedis({ dataDir: dataDir('redis') }));
  const clusterId = 'ticketing';
  const config = {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'warn',
    STOP_SECONDS: 20,
    TRANSPORT: 'nats-streaming',
    NATS_URL: nats.url,
    NATS_CLUSTER_ID: clusterId,
  } as const;

  let store: ReturnType<typeof openOrderStore> | undefined;
  const ordersSettings = {
    SESSION_PUBLIC_KEYS: testSessions().jwks,
    COOKIE_SECURE: false,
    TRUST_PROXY_HOPS: 0,
    RATE_LIMITS: true,
    ORDER_HOLD_SECONDS: 900,
  };
  await untilTheEnd(
    startService({
      name: 'orders',
      config: { ...config, MONGO_URL: `${mongo.url}/orders` },
      logger: createLogger('orders', config.LOG_LEVEL),
      build: (deps: ServiceDeps) => {
        const parts = orders(deps, ordersSettings);
        store = openOrderStore(deps, openTicketReplica(deps));
        return parts;
      },
    }),
  );
  await untilTheEnd(
    startService({
      name: 'expiration',
      config,
      logger: createLogger('expiration', config.LOG_LEVEL),
      build: (deps: ServiceDeps) => expiration(deps, { REDIS_URL: redis.url }),
    }),
  );
  const bus = await connectBus({
    transport: 'nats-streaming',
    url: nats.url,
    clusterId,
    clientName: 'bench',
  });
  started.push({ stop: () => bus.close() });
  const heard = await listenTo(bus, expirationComplete, orderCancelled);

  const expiresAt = new Date(Date.now() + ENDS_IN_MS);
  const queue = Array.from({ length: HOLDS }, () => newId()).values();
  const make = async () => {
    for (const id of queue) {
      const { ticket, userId } = anOrderState();
      const order = {
        id,
        userId,
        version: 0,
        status: 'awaiting payment',
        expiresAt,
        holdSequence: 1,
        ticket,
      } as const;
      await store?.insert(order, orderCreated);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, make));
  const ahead = expiresAt.getTime() - Date.now();
  process.stdout.write(`${HOLDS} holds made, ${ahead} ms before they end.\n`);
  if (ahead <= 0) throw new Error('too slow a machine: the first hold ended before the last was made');

  const lateness = (type: string): number[] => {
    const first = new Map<string, number>();
    for (const { type: of, subject, time } of heard.heard) {
      if (of === type && !first.has(subject)) first.set(subject, Date.parse(time) - expiresAt.getTime());
    }
    return [...first.values()].sort((a, b) => a - b);
  };
  await eventually(() => {
    if (lateness(orderCancelled.type).length < HOLDS) throw new Error('not all holds have ended');
  }, ENDS_IN_MS + 120_000);
  return Object.fromEntries(
    [expirationComplete, orderCancelled].map(({ type }) => [type, lateness(type)] as const),
  );
};

try {
  for (const [type, late] of Object.entries(await measure())) {
    const at = (share: number) => late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0;
    process.stdout.write(
      `${type}: ${late.length} of them, late by p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms\n`,
    );
    if (type === orderCancelled.type && at(0.99) > LATE_MS) process.exitCode = 1;
  }
} finally {
  for (const running of started.reverse()) await running.stop();
  await rm(folder, { recursive: true, force: true });
}
