/** The service as a process of its own, as `npm start` and a container run it, with a real broker; and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DueOrder, expirationComplete, orderCreated } from '@ticketing/common/events';
import type { EventBus } from '@ticketing/common/messaging';
import { connectNatsStreaming } from '@ticketing/common/messaging/nats-streaming';
import { anOrderState, eventOf, eventually, type Listener, listenTo } from '@ticketing/common/testing';
import { Redis } from 'ioredis';
import { startOwnRedis } from './stage.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const natsUrl = process.env.TEST_NATS_STREAMING_URL ?? '';

let redis: Awaited<ReturnType<typeof startOwnRedis>>;
let look: Redis;
let bus: EventBus;
let listener: Listener;
let service: ChildProcess | undefined;

const start = (): ChildProcess => {
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'error',
    NATS_URL: natsUrl,
    REDIS_URL: redis.server.url,
  };
  return spawn(process.execPath, ['--conditions', 'ticketing-source', '--import', 'tsx', main], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
};

const end = async (signal: NodeJS.Signals): Promise<number | null> => {
  if (service === undefined || service.exitCode !== null || service.signalCode !== null) return null;
  const ended = once(service, 'exit');
  service.kill(signal);
  const [code] = await ended;
  return code;
};

const told = () => new Set(listener.heard.map(({ data }) => (data as DueOrder).id));

beforeAll(async () => {
  redis = await startOwnRedis();
  look = new Redis(redis.server.url);
  bus = await connectNatsStreaming({
    url: natsUrl,
    clusterId: 'ticketing',
    clientName: `expiration-test-${randomBytes(4).toString('hex')}`,
  });
  listener = await listenTo(bus, expirationComplete);
});
afterAll(async () => {
  await end('SIGKILL');
  await bus.close();
  look.disconnect();
  await redis.end();
});

describe('a process that is killed', () => {
  it('loses no deadline: what fell due meanwhile is told when the next one starts', async () => {
    service = start();
    const expiresAt = new Date(Date.now() + 10_000).toISOString();
    const orders = Array.from({ length: 20 }, () => anOrderState({ expiresAt }));
    for (const order of orders) await bus.publish(eventOf(orderCreated, order));
    await eventually(async () => {
      const saved = await Promise.all(orders.map(({ id }) => look.exists(`expiration:deadlines:${id}`)));
      expect(saved.every((exists) => exists === 1)).toBe(true);
    }, 60_000);
    await end('SIGKILL');

    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(expiresAt)), 60_000);
    service = start();
    await eventually(() => {
      for (const { id } of orders) expect(told()).toContain(id);
    }, 60_000);
    await eventually(async () => expect(await look.zcard('expiration:deadlines:delayed')).toBe(0));
  }, 150_000);

  it('that is asked to stop ends by itself', async () => {
    expect(await end('SIGTERM')).toBe(0);
  }, 60_000);
});
