import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { orderCreated, ticketCreated, ticketUpdated } from '../../src/events/index.ts';
import { get, post } from '../../src/http/index.ts';
import { on } from '../../src/messaging/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import type { Migration } from '../../src/migrations/index.ts';
import {
  createLogger,
  type RunningService,
  type ServiceDeps,
  type ServiceParts,
  serviceApp,
  startService,
} from '../../src/service/index.ts';
import {
  anOrderState,
  eventOf,
  eventually,
  listenTo,
  newId,
  testConfig,
  testSessions,
} from '../../src/testing/index.ts';
import { currentTrace, type Trace } from '../../src/tracing/index.ts';
import { aSeat, type SeatStore, seatStore } from '../outbox/seats.ts';
import { freePort } from './free-port.ts';

const httpConfig = {
  SESSION_PUBLIC_KEYS: testSessions().jwks,
  COOKIE_SECURE: false,
  TRUST_PROXY_HOPS: 0,
  RATE_LIMITS: false,
};

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Line = Readonly<Record<string, unknown>>;

/** A service whole, on its own database and a broker in memory, with its log. */
const start = async (
  build: (deps: ServiceDeps) => ServiceParts | Promise<ServiceParts>,
  given: { name?: string; broker?: MemoryBroker; stopSeconds?: number; port?: number } = {},
) => {
  const { name = 'box-office', broker = new MemoryBroker(), stopSeconds = 20, port = 0 } = given;
  const config = testConfig({ STOP_SECONDS: stopSeconds, PORT: port });
  const lines: Line[] = [];
  const logger = createLogger(name, 'debug', { write: (line: string) => lines.push(JSON.parse(line)) });
  const bus = connectMemory({ broker, logger });
  endings.push(async () => {
    const mongo = await mongoose.createConnection(config.MONGO_URL).asPromise();
    await mongo.dropDatabase();
    await mongo.close();
  });
  const service: RunningService = await startService({ name, config, logger, bus, build });
  endings.push(() => service.stop());
  return { ...service, url: `http://127.0.0.1:${service.port}`, broker, bus, lines, config };
};

const said = (lines: readonly Line[]): unknown[] => lines.map(({ msg }) => msg);

/** Something that happens when we say so. */
const gate = () => {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

/** A request on an agent's connection; resolves with its status and headers. */
const ask = (port: number, path: string, agent: http.Agent, method = 'GET') =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = http.request({ port, path, agent, method }, (response) => {
      response.resume();
      response.once('end', () => resolve(response));
    });
    request.once('error', reject);
    request.end();
  });

describe('a service', () => {
  it('says that it lives, that it can answer, and what it measures', async () => {
    const service = await start(() => ({}));
    const health = await fetch(`${service.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await fetch(`${service.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', checks: { mongo: 'connected', bus: 'connected', state: 'running' } },
    ]);
    const metrics = await fetch(`${service.url}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await metrics.text()).toContain('process_cpu_seconds_total{service="box-office"}');
    expect((await fetch(`${service.url}/metrics`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${service.url}/readyz`, { method: 'HEAD' })).status).toBe(200);
  });

  it('is not ready while something else is missing that it needs', async () => {
    let there = false;
    const service = await start(() => ({ ready: () => ({ redis: there }) }));
    const ready = await fetch(`${service.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { status: 'not ready', checks: { redis: 'disconnected', mongo: 'connected' } },
    ]);
    there = true;
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  });

  it('is ready while its broker is away', async () => {
    const broker = new MemoryBroker();
    broker.goAway();
    const service = await start(() => ({ reactions: [on(ticketCreated, async () => undefined)] }), {
      broker,
    });
    const ready = await fetch(`${service.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { checks: { bus: 'disconnected' } }]);
  });

  it('counts what it says and hears, and what waits', async () => {
    const broken = newId();
    const service = await start((deps) => {
      const store = seatStoreOn(deps);
      return {
        app: serviceApp(deps, httpConfig, {
          routes: [post('/seats', [], () => store.insert(aSeat(), ticketCreated), 201)],
        }),
        reactions: [
          on(ticketCreated, async () => undefined),
          on(orderCreated, async (order) => {
            if (order.id === broken) throw new Error('not today');
          }),
        ],
      };
    });
    await fetch(`${service.url}/seats`, { method: 'POST' });
    const publisher = connectMemory({ broker: service.broker });
    endings.push(() => publisher.close());
    await publisher.publish(eventOf(orderCreated, anOrderState({ id: broken })));
    service.broker.store('order:created', 'no event at all');
    await eventually(async () => {
      const text = await (await fetch(`${service.url}/metrics`)).text();
      expect(text).toContain('events_published_total{type="ticket:created",service="box-office"} 1');
      expect(text).toContain(
        'event_reaction_duration_seconds_count{service="box-office",type="ticket:created"} 1',
      );
      expect(text).toMatch(/event_reactions_failed_total\{type="order:created",service="box-office"\} [1-9]/);
      expect(text).toContain('events_given_up_total{type="order:created",service="box-office"} 1');
      expect(text).toContain('dead_letters{service="box-office"} 1');
      expect(text).toContain('outbox_depth{outbox="seats",service="box-office"} 0');
      expect(text).toContain('outbox_oldest_age_seconds{outbox="seats",service="box-office"} 0');
      expect(text).toContain(
        'http_request_duration_seconds_count{service="box-office",method="POST",route="/seats",status="201"} 1',
      );
    });
  });

  it('shows how long the oldest event has waited, at the very scrape at which it shows how many wait', async () => {
    const broker = new MemoryBroker();
    let store: SeatStore | undefined;
    const service = await start(
      (deps) => {
        store = seatStoreOn(deps);
        return {};
      },
      { broker },
    );
    broker.goAway();
    await store?.leaveBehind(3);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toContain('outbox_depth{outbox="seats",service="box-office"} 3');
    expect(Number(/outbox_oldest_age_seconds\{[^}]+\} ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(50);
  });
});

/** A store of seats that publishes through the service's own relay. */
const seatStoreOn = (deps: ServiceDeps): SeatStore =>
  seatStore(deps.mongo, { bus: deps.bus, relay: deps.relay });

describe('a trace', () => {
  it('goes on from the request to the event it caused, and to the reaction in another service', async () => {
    const broker = new MemoryBroker();
    const seen: (Trace | undefined)[] = [];
    const bought = await start(
      (deps) => {
        const store = seatStoreOn(deps);
        return {
          app: serviceApp(deps, httpConfig, {
            routes: [
              post(
                '/seats',
                [],
                async () => {
                  deps.logger.info('asked');
                  return store.insert(aSeat(), ticketCreated);
                },
                201,
              ),
            ],
          }),
        };
      },
      { broker },
    );
    const told = await start(
      (deps) => ({
        reactions: [
          on(ticketCreated, async () => {
            await pause(1);
            deps.logger.info('heard');
            seen.push(currentTrace());
          }),
        ],
      }),
      { name: 'orders', broker },
    );
    const id = 'c'.repeat(32);
    const headers = { traceparent: `00-${id}-${'d'.repeat(16)}-01`, 'X-Request-Id': 'request-1' };
    const answer = await fetch(`${bought.url}/seats`, { method: 'POST', headers });
    const seat = (await answer.json()) as { id: string };
    await eventually(() => expect(seen.length).toBe(1));
    expect(seen[0]?.traceparent).toMatch(new RegExp(`^00-${id}-(?!d{16})[0-9a-f]{16}-01$`));
    expect(bought.lines.find(({ msg }) => msg === 'asked')).toMatchObject({
      traceId: id,
      requestId: 'request-1',
    });
    expect(told.lines.find(({ msg }) => msg === 'heard')).toMatchObject({
      service: 'orders',
      traceId: id,
      eventId: `ticket/${seat.id}@0`,
    });
  });
});

describe('a job', () => {
  it('runs again and again, never beside itself, whatever became of the run before', async () => {
    const runs: string[] = [];
    let running = 0;
    const traces = new Set<string | undefined>();
    const service = await start(() => ({
      jobs: [
        {
          name: 'sweep',
          everyMs: 1,
          async run() {
            running += 1;
            expect(running).toBe(1);
            traces.add(currentTrace()?.traceparent);
            await pause(5);
            running -= 1;
            runs.push('sweep');
            if (runs.filter((name) => name === 'sweep').length === 2) throw new Error('once');
          },
        },
        {
          name: 'stumble',
          everyMs: 1,
          run() {
            runs.push('stumble');
            throw new Error('at once');
          },
        },
      ],
    }));
    await eventually(() => {
      expect(runs.filter((name) => name === 'sweep').length).toBeGreaterThan(4);
      expect(runs.filter((name) => name === 'stumble').length).toBeGreaterThan(2);
    });
    expect(traces.size).toBeGreaterThan(4);
    await service.stop();
    const after = runs.length;
    await pause(30);
    expect(runs.length).toBe(after);
    const failed = service.lines.filter(({ msg }) => msg === 'a periodic job failed');
    expect(new Set(failed.map(({ job }) => job))).toEqual(new Set(['sweep', 'stumble']));
    expect(failed.every(({ traceId }) => typeof traceId === 'string')).toBe(true);
  });
});

const openConnections = () =>
  mongoose.connections.filter(({ readyState }) => readyState !== mongoose.ConnectionStates.disconnected)
    .length;

describe('a start', () => {
  it('that finds its port taken says so, and leaves nothing behind', async () => {
    const first = await start(() => ({}));
    const before = openConnections();
    await expect(start(() => ({}), { port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(openConnections()).toBe(before);
  });

  it('that fails on the way leaves nothing behind', async () => {
    const port = await freePort();
    const before = openConnections();
    await expect(
      start(
        () => {
          throw new Error('not today');
        },
        { port },
      ),
    ).rejects.toThrow('not today');
    expect(openConnections()).toBe(before);
    expect((await start(() => ({}), { port })).port).toBe(port);
  });

  it('with two answers to the same event is refused, instead of hearing nothing', async () => {
    const reactions = [on(ticketCreated, async () => 1), on(ticketCreated, async () => 2)];
    await expect(start(() => ({ reactions }))).rejects.toThrow('reacts to the same event in two rows');
  });

  it('migrates documents of older versions first, on a connection that waits, and is alive and not ready meanwhile', async () => {
    const entered = gate();
    const left = gate();
    const port = await freePort();
    let timeOut: unknown;
    let store: SeatStore | undefined;
    const migrations: Migration[] = [
      {
        name: '0001-rows',
        collection: 'seats',
        old: { row: { $exists: false } },
        published: false,
        async changes(documents, mongo) {
          timeOut = mongo.getClient().options.socketTimeoutMS;
          entered.open();
          await left.opened;
          return documents.map(() => ({ set: { row: 1 } }));
        },
      },
    ];
    const starting = start(
      async (deps) => {
        store = seatStoreOn(deps);
        await store.model.collection.insertOne({ title: 'Row 1' } as never);
        return { migrations };
      },
      { port },
    );
    const url = `http://127.0.0.1:${port}`;
    await entered.opened;
    const early = await fetch(`${url}/readyz`);
    expect([early.status, await early.json()]).toMatchObject([503, { checks: { state: 'migrating' } }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/seats`)).status).toBe(503);
    expect(Object.keys((await store?.model.collection.indexInformation()) ?? {})).toEqual(['_id_']);
    expect(timeOut).toBe(0);
    left.open();
    await starting;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await store?.model.collection.findOne({})).toMatchObject({ row: 1 });
    expect(Object.keys((await store?.model.collection.indexInformation()) ?? {})).toContain('saved');
  });

  it('with migrations and no database cannot start', async () => {
    const { MONGO_URL: _none, ...config } = testConfig();
    const bus = connectMemory({ broker: new MemoryBroker() });
    const logger = createLogger('box-office', 'silent');
    const starting = startService({
      name: 'box-office',
      config,
      logger,
      bus,
      build: () => ({ migrations: [] }),
    });
    await expect(starting).rejects.toThrow('box-office has migrations and no MONGO_URL');
  });

  it('has its indexes before it answers the first request', async () => {
    let indexes: string[] = [];
    await start((deps) => {
      const store = seatStoreOn(deps);
      return {
        async start() {
          indexes = Object.keys(await store.model.collection.indexInformation());
        },
      };
    });
    expect(indexes).toContain('outbox_oldest');
  });
});

describe('a graceful stop', () => {
  it('ends in order: connections, requests, reactions, outbox, bus, store', async () => {
    const steps: string[] = [];
    const request = gate();
    const reaction = gate();
    const entered = gate();
    const reacting = gate();
    const broker = new MemoryBroker();
    const other = connectMemory({ broker });
    endings.push(() => other.close());
    const listener = await listenTo(other, ticketCreated, ticketUpdated);

    const service = await start(
      (deps) => {
        const store = seatStoreOn(deps);
        const { mongo, bus } = deps;
        const close = bus.close.bind(bus);
        bus.close = async () => {
          steps.push('bus closes');
          expect(mongo.readyState).toBe(mongoose.ConnectionStates.connected);
          await close();
        };
        mongo.once('close', () => steps.push('store closed'));
        return {
          app: serviceApp(deps, httpConfig, {
            routes: [
              get('/quick', [], () => ({})),
              post(
                '/slow',
                [],
                async () => {
                  entered.open();
                  await request.opened;
                  const seat = await store.insert(aSeat(), ticketCreated);
                  steps.push('request saved');
                  return seat;
                },
                201,
              ),
            ],
          }),
          reactions: [
            on(orderCreated, async () => {
              reacting.open();
              await reaction.opened;
              await store.insert(aSeat({ title: 'made by a reaction' }), ticketCreated);
              steps.push('reaction saved');
            }),
          ],
          async stop() {
            steps.push('own work ends');
          },
        };
      },
      { broker, stopSeconds: 200 },
    );

    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const idle = new http.Agent({ keepAlive: true, maxSockets: 1 });
    endings.push(async () => {
      agent.destroy();
      idle.destroy();
    });
    expect((await ask(service.port, '/quick', idle)).statusCode).toBe(200);
    const [kept] = Object.values(idle.freeSockets).flat();
    const silent = net.connect(service.port, '127.0.0.1');
    await once(silent, 'connect');
    const slow = ask(service.port, '/slow', agent, 'POST');
    await entered.opened;
    await other.publish(eventOf(orderCreated, anOrderState()));
    await reacting.opened;
    const keptClosed = once(kept as net.Socket, 'close');
    const silentClosed = once(silent, 'close');

    const stopped = service.stop();
    expect(service.stop()).toBe(stopped);
    await Promise.all([keptClosed, silentClosed]);
    const refused = net.connect(service.port, '127.0.0.1');
    const [error] = await once(refused, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(steps).toEqual([]);

    request.open();
    const answer = await slow;
    expect([answer.statusCode, answer.headers.connection]).toEqual([201, 'close']);
    expect(said(service.lines)).not.toContain('stopped');
    reaction.open();
    await stopped;
    expect(steps).toEqual(['request saved', 'reaction saved', 'own work ends', 'bus closes', 'store closed']);
    expect(said(service.lines).slice(-1)).toEqual(['stopped']);
    await eventually(() => expect(listener.heard.length).toBe(2));
  });

  it('keeps a connection for longer than any proxy does, so that no request is sent on one that is closing', async () => {
    const service = await start((deps) => ({
      app: serviceApp(deps, httpConfig, { routes: [get('/quick', [], () => ({}))] }),
    }));
    const agent = new http.Agent({ keepAlive: true });
    const answer = await ask(service.port, '/quick', agent);
    agent.destroy();
    const [, seconds] = /timeout=(\d+)/.exec(String(answer.headers['keep-alive'])) ?? [];
    // Traefik's 90 s are the longest.
    expect(Number(seconds)).toBeGreaterThan(90);
  });

  it('lets an answer that has begun come to its end, and then ends its connection', async () => {
    const rest = gate();
    const service = await start(
      (deps) => ({
        app: serviceApp(deps, httpConfig, {
          routes: [
            get(
              '/stream',
              [],
              () => ({}),
              (_result, _request, response) => {
                response.write('first ');
                void rest.opened.then(() => response.end('last'));
              },
            ),
          ],
        }),
      }),
      { stopSeconds: 200 },
    );
    const agent = new http.Agent({ keepAlive: true });
    const [response] = (await once(http.get({ port: service.port, path: '/stream', agent }), 'response')) as [
      http.IncomingMessage,
    ];
    const chunks: string[] = [];
    response.on('data', (chunk) => chunks.push(String(chunk)));
    await eventually(() => expect(chunks).toEqual(['first ']));
    const stopped = service.stop();
    rest.open();
    await stopped;
    expect(chunks.join('')).toBe('first last');
    agent.destroy();
  });

  it('publishes what stands in the outbox before it ends', async () => {
    const broker = new MemoryBroker();
    const other = connectMemory({ broker });
    endings.push(() => other.close());
    const listener = await listenTo(other, ticketCreated);
    let store: SeatStore | undefined;
    const service = await start(
      (deps) => {
        store = seatStoreOn(deps);
        return {};
      },
      { broker, stopSeconds: 200 },
    );
    await store?.leaveBehind(300);
    await service.stop();
    expect(listener.heard.length).toBe(300);
    expect(said(service.lines)).not.toContain('some events could not be published; they stay in the outbox');
  });

  it('is over in time, whatever hangs', async () => {
    const never = new Promise<never>(() => {});
    const entered = gate();
    const reacting = gate();
    const working = gate();
    const broker = new MemoryBroker();
    const service = await start(
      (deps) => ({
        app: serviceApp(deps, httpConfig, {
          routes: [
            get('/hang', [], () => {
              entered.open();
              return never;
            }),
          ],
        }),
        reactions: [
          on(orderCreated, () => {
            reacting.open();
            return never;
          }),
        ],
        jobs: [
          {
            name: 'hang',
            everyMs: 1,
            run() {
              working.open();
              return never;
            },
          },
        ],
        stop: () => never,
      }),
      { stopSeconds: 2, broker },
    );
    const other = connectMemory({ broker });
    endings.push(() => other.close());
    await other.publish(eventOf(orderCreated, anOrderState()));
    const hanging = ask(service.port, '/hang', new http.Agent()).catch((error: unknown) => error);
    await Promise.all([entered.opened, reacting.opened, working.opened]);
    const started = performance.now();
    await service.stop();
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(await hanging).toMatchObject({ code: 'ECONNRESET' });
    expect(said(service.lines).filter((message) => /time/.test(String(message)))).toEqual([
      'some reactions or jobs did not finish in time; their events come again',
      'the service did not end its own work in time',
    ]);
    expect(said(service.lines).at(-1)).toBe('stopped');
  });

  it('goes on when one of its steps fails', async () => {
    const service = await start(() => ({ stop: () => Promise.reject(new Error('not today')) }));
    await service.stop();
    expect(service.lines.filter(({ level }) => level === 50)).toMatchObject([
      { err: { message: 'not today' } },
    ]);
    expect(said(service.lines).at(-1)).toBe('stopped');
    expect(service.deps.mongo.readyState).toBe(mongoose.ConnectionStates.disconnected);
    expect(service.bus.state).toBe('closed');
  });
});
