/** The service as a process of its own, as `npm start` and a container run it, with a real broker; and killed. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DueOrder, expirationComplete, orderCreated } from '@ticketing/common/events';
import type { EventBus } from '@ticketing/common/messaging';
import { connectNatsStreaming } from '@ticketing/common/messaging/nats-streaming';
import {
  anOrderState,
  eventOf,
  eventually,
  type Listener,
  listenTo,
  type ServiceProcess,
  startServiceProcess,
} from '@ticketing/common/testing';
import { Redis } from 'ioredis';
import { startOwnRedis } from './stage.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const natsUrl = process.env.TEST_NATS_STREAMING_URL ?? '';

let redis: Awaited<ReturnType<typeof startOwnRedis>>;
let look: Redis;
let bus: EventBus;
let listener: Listener;
let service: ServiceProcess | undefined;

const start = () => startServiceProcess(folder, { NATS_URL: natsUrl, REDIS_URL: redis.server.url });

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
  await service?.kill();
  await bus.close();
  look.disconnect();
  await redis.end();
});

describe('a process that is killed', () => {
  it('loses no deadline: what fell due meanwhile is told when the next one starts', async () => {
    service = await start();
    const expiresAt = new Date(Date.now() + 20_000).toISOString();
    const orders = Array.from({ length: 20 }, () => anOrderState({ expiresAt }));
    for (const order of orders) await bus.publish(eventOf(orderCreated, order));
    await eventually(async () => {
      const saved = await Promise.all(orders.map(({ id }) => look.exists(`expiration:deadlines:${id}`)));
      expect(saved.every((exists) => exists === 1)).toBe(true);
    }, 60_000);
    await service.kill();
    // Otherwise the process that comes after it would have nothing to tell.
    expect(orders.filter(({ id }) => told().has(id))).toEqual([]);

    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(expiresAt)), 60_000);
    service = await start();
    await eventually(() => {
      for (const { id } of orders) expect(told()).toContain(id);
    }, 60_000);
    await eventually(async () => expect(await look.zcard('expiration:deadlines:delayed')).toBe(0));
  }, 150_000);

  it('that is asked to stop ends by itself', async () => {
    expect(await service?.stop()).toBe(0);
  }, 60_000);
});
