import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CLUSTER_ID, type RunningEngine, startMongo, startNatsStreaming } from '@ticketing/local/engines';
import { ticketCreated } from '../../src/events/index.ts';
import { get, pathId, post } from '../../src/http/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import { connectNatsStreaming } from '../../src/messaging/nats-streaming/index.ts';
import {
  createLogger,
  type RunningService,
  type ServiceDeps,
  type ServiceParts,
  serviceApp,
  startService,
} from '../../src/service/index.ts';
import { eventually, listenTo, testConfig, testSessions } from '../../src/testing/index.ts';
import { aSeat, seatStore } from '../outbox/seats.ts';
import { freePort } from './free-port.ts';

const httpConfig = {
  SESSION_PUBLIC_KEYS: testSessions().jwks,
  COOKIE_SECURE: false,
  TRUST_PROXY_HOPS: 0,
  RATE_LIMITS: false,
};

/** A box office that puts up seats and shows them. */
const boxOffice = (deps: ServiceDeps) => {
  const seats = seatStore(deps.mongo, { bus: deps.bus, relay: deps.relay });
  return {
    app: serviceApp(deps, httpConfig, {
      routes: [
        post('/seats', [], () => seats.insert(aSeat(), ticketCreated), 201),
        get('/seats/:id', [pathId('Seat')], ({ id }) => seats.find(id)),
      ],
    }),
  };
};

const lines: string[] = [];
const logger = createLogger('box-office', 'info', { write: (line: string) => lines.push(line) });

const ask = async (service: { port: number }, route: string, init?: RequestInit) => {
  const answer = await fetch(`http://127.0.0.1:${service.port}${route}`, init);
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: text.startsWith('{') ? JSON.parse(text) : text,
  };
};
const putUp = (service: { port: number }) => ask(service, '/seats', { method: 'POST' });

let folder: string;
const running: RunningService[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ticketing-outages-'));
});

afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('while the database is away', () => {
  let mongod: RunningEngine;
  const secret = 's3cr3t';

  beforeAll(async () => {
    mongod = await startMongo({ dataDir: path.join(folder, 'mongo') });
  });

  afterAll(async () => {
    await mongod.stop();
  });

  const start = () =>
    startService({
      name: 'box-office',
      config: testConfig({ MONGO_URL: `${mongod.url}/seats?appName=${secret}`, PORT: 0 }),
      logger,
      bus: connectMemory({ broker: new MemoryBroker() }),
      build: boxOffice,
    });

  it('a service starts all the same, alive and not ready, and is ready as soon as the database is there', async () => {
    await mongod.kill();
    // Of a port of our own, since the service tells its own only once it is ready.
    const config = { MONGO_URL: `${mongod.url}/seats`, PORT: await freePort() };
    const starting = startService({
      name: 'box-office',
      config: testConfig(config),
      logger,
      bus: connectMemory({ broker: new MemoryBroker() }),
      build: boxOffice,
    });
    const early = { port: config.PORT };
    await eventually(async () => expect((await ask(early, '/healthz')).status).toBe(200));
    expect(await ask(early, '/readyz')).toMatchObject({
      status: 503,
      body: { status: 'not ready', checks: { mongo: 'disconnected', state: 'starting' } },
    });
    expect((await ask(early, '/metrics')).status).toBe(200);
    const refused = await putUp(early);
    expect(refused).toMatchObject({ status: 503, body: { errors: [{ code: 'unavailable' }] } });
    expect(refused.headers.get('retry-after')).toBe('1');

    await mongod.restart();
    const service = await starting;
    running.push(service);
    expect((await ask(early, '/readyz')).status).toBe(200);
    expect((await putUp(early)).status).toBe(201);
  });

  it.each<[string, (mongod: RunningEngine) => (deps: ServiceDeps) => Promise<ServiceParts>]>([
    [
      'builds its indexes',
      (mongod) => async (deps) => {
        const parts = boxOffice(deps);
        await mongod.kill();
        return parts;
      },
    ],
    [
      'migrates',
      (mongod) => async (deps) => {
        await deps.mongo.collection('seats').insertOne({ title: 'of an older version' });
        let isFirst = true;
        const changes = async (documents: readonly unknown[]) => {
          if (isFirst) await mongod.kill();
          isFirst = false;
          return documents.map(() => ({ set: { row: 1 } }));
        };
        const old = { row: { $exists: false } };
        return {
          ...boxOffice(deps),
          migrations: [{ name: '0001-rows', collection: 'seats', old, published: false, changes }],
        };
      },
    ],
  ])('a service that %s just then waits for it as well, instead of ending', async (_what, buildWith) => {
    const config = { MONGO_URL: `${mongod.url}/seats`, PORT: await freePort() };
    const from = lines.length;
    const starting = startService({
      name: 'box-office',
      config: testConfig(config),
      logger,
      bus: connectMemory({ broker: new MemoryBroker() }),
      build: buildWith(mongod),
    });
    const early = { port: config.PORT };
    await eventually(() =>
      expect(lines.slice(from).join('')).toContain('the database went away at the start'),
    );
    expect((await ask(early, '/readyz')).status).toBe(503);
    await mongod.restart();
    running.push(await starting);
    await eventually(async () => expect((await ask(early, '/readyz')).status).toBe(200));
    expect((await putUp(early)).status).toBe(201);
  });

  it('requests are 503, soon, and work again once it is back, without a restart; nothing answered 201 is lost', async () => {
    const service = await start();
    running.push(service);
    const { body: seat } = await putUp(service);
    expect(seat).toMatchObject({ id: expect.any(String) });

    await mongod.kill();
    const answers = await Promise.all([putUp(service), ask(service, `/seats/${seat.id}`), putUp(service)]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, body: { errors: [{ code: 'unavailable' }] } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    await eventually(async () => {
      expect(await ask(service, '/readyz')).toMatchObject({
        status: 503,
        body: { checks: { mongo: 'disconnected' } },
      });
    });
    // By now Mongoose knows of it as well.
    expect(await putUp(service)).toMatchObject({ status: 503, body: { errors: [{ code: 'unavailable' }] } });
    const metrics = await ask(service, '/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.text).toContain('route="/seats",status="503"');
    expect(metrics.text).not.toMatch(/^outbox_depth\{/m);

    await mongod.restart();
    await eventually(async () => expect((await ask(service, '/readyz')).status).toBe(200));
    expect(await ask(service, `/seats/${seat.id}`)).toMatchObject({
      status: 200,
      body: { id: seat.id, title: 'Row 1' },
    });
    expect((await putUp(service)).status).toBe(201);
    await eventually(async () => {
      expect((await ask(service, '/metrics')).text).toContain(
        'outbox_depth{outbox="seats",service="box-office"} 0',
      );
    });
  });

  it('and its address is wrong, a service says so at once, without the password', async () => {
    const config = testConfig({ MONGO_URL: `mongodb://ann:${secret}@127.0.0.1/seats?colour=red` });
    const starting = startService({
      name: 'box-office',
      config,
      logger,
      bus: connectMemory({ broker: new MemoryBroker() }),
      build: boxOffice,
    });
    await expect(starting).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/^MONGO_URL: .*colour/),
    });
    await expect(starting).rejects.not.toThrow(secret);
  });
});

describe('while the broker is away', () => {
  let broker: RunningEngine;

  beforeAll(async () => {
    broker = await startNatsStreaming({ dataDir: path.join(folder, 'nats') });
  });

  afterAll(async () => {
    await broker.stop();
  });

  it('seats are put up all the same, and told of once it is back, without a restart', async () => {
    await broker.kill();
    const service = await startService({
      name: 'box-office',
      config: testConfig({ NATS_URL: broker.url, NATS_CLUSTER_ID: CLUSTER_ID }),
      logger,
      build: boxOffice,
    });
    running.push(service);
    expect(await ask(service, '/readyz')).toMatchObject({
      status: 200,
      body: { checks: { bus: 'disconnected' } },
    });
    const first = await putUp(service);
    expect(first.status).toBe(201);

    await broker.restart();
    const other = await connectNatsStreaming({
      url: broker.url,
      clusterId: CLUSTER_ID,
      clientName: 'listener',
    });
    const listener = await listenTo(other, ticketCreated);
    await eventually(() => expect(listener.about(first.body.id).length).toBeGreaterThan(0));

    await broker.kill();
    const second = await putUp(service);
    const third = await putUp(service);
    expect([second.status, third.status]).toEqual([201, 201]);
    await broker.restart();
    await eventually(() => {
      expect(listener.about(second.body.id).length).toBeGreaterThan(0);
      expect(listener.about(third.body.id).length).toBeGreaterThan(0);
    });
    await eventually(async () => expect((await service.deps.relay.depths())[0]?.depth).toBe(0));
    expect(listener.refused).toEqual([]);
    await service.deps.mongo.dropDatabase();
    await other.close();
  });

  it('a stop is graceful, and what could not be told stays saved', async () => {
    const service = await startService({
      name: 'box-office',
      config: testConfig({ NATS_URL: broker.url, NATS_CLUSTER_ID: CLUSTER_ID, STOP_SECONDS: 5 }),
      logger,
      build: boxOffice,
    });
    running.push(service);
    await broker.kill();
    await putUp(service);
    lines.length = 0;
    const { mongo } = service.deps;
    let left = 0;
    mongo.once('close', () => {
      left += 1;
    });
    const counted = mongo.collection('seats').countDocuments({ 'outbox.0': { $exists: true } });
    expect(await counted).toBe(1);
    await service.stop();
    expect(left).toBe(1);
    expect(lines.join('')).toContain('some events could not be published; they stay in the outbox');
    await broker.restart();
  });
});
