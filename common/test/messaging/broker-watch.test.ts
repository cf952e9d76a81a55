import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats, nanos } from '@nats-io/transport-node';
import { CLUSTER_ID, startNatsStreaming } from '@ticketing/local/engines';
import { connect as connectStan } from 'node-nats-streaming';
import { z } from 'zod';
import { defineEvent, envelope } from '../../src/events/index.ts';
import {
  type BrokerWatch,
  BusUnavailable,
  connectBus,
  type Delivery,
  type EventBus,
  type Subscription,
  transports,
  watchBroker,
} from '../../src/messaging/index.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { type HoldingMember, startProcess, startRealBroker } from './broker.ts';

const idOf = ({ message }: Delivery): string => (message as { id: string }).id;

const eventOf = (type: string, n: number) =>
  envelope(
    defineEvent(type, 'seat', z.object({ id: z.string(), version: z.int() })),
    { id: `seat-${n}`, version: 0 },
    { source: '/test', time: new Date() },
  );

/** A door that opens once. */
const door = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

/** Listens to a type as nobody of ours does, for whom the broker keeps nothing, and acknowledges nothing. */
const listenTo = {
  'nats-streaming': async (url: string, type: string) => {
    const stan = connectStan(CLUSTER_ID, `listener-${process.pid}`, { url });
    await once(stan, 'connect');
    const options = stan.subscriptionOptions().setManualAckMode(true).setDeliverAllAvailable();
    const subscriptions = [
      stan.subscribe(type, options),
      stan.subscribe(type, 'group', options),
      stan.subscribe(type, stan.subscriptionOptions().setManualAckMode(true).setDurableName('alone')),
    ];
    await Promise.all(subscriptions.map((each) => once(each, 'ready')));
    return async () => {
      const closed = once(stan, 'close');
      stan.close();
      await closed;
    };
  },
  jetstream: async (url: string, type: string) => {
    const connection = await connectNats({ servers: new URL(url).host });
    const filter_subject = `${CLUSTER_ID}.${type}`;
    const jsm = await jetstreamManager(connection);
    // For longer than the test takes.
    const inactive_threshold = nanos(10 * 60_000);
    await jsm.consumers.add(CLUSTER_ID, {
      ack_policy: AckPolicy.Explicit,
      filter_subject,
      inactive_threshold,
    });
    return () => connection.close();
  },
};

describe.each(transports)('the watch of %s', (transport) => {
  let broker: Awaited<ReturnType<typeof startRealBroker>>;
  const ends: (() => unknown)[] = [];
  let tests = 0;
  let type = '';

  beforeAll(async () => {
    broker = await startRealBroker(transport);
  }, 900_000);
  beforeEach(() => {
    tests += 1;
    // Of each test its own, so that none sees what another has left.
    type = `seat:taken-${tests}`;
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(() => broker.stop());

  const watch = async (clusterId = CLUSTER_ID): Promise<BrokerWatch> => {
    const opened = await watchBroker({
      transport,
      url: broker.address.url,
      clusterId,
      monitorUrl: broker.monitorUrl,
    });
    ends.push(() => opened.close());
    return opened;
  };
  const connect = async (): Promise<EventBus> => {
    const bus = await broker.connect();
    ends.push(() => bus.close());
    return bus;
  };
  const join = (bus: EventBus, queueGroup: string, handle: Subscription['handle']) =>
    bus.subscribe({ queueGroup, types: [type], handle, giveUp: async () => {} });
  const hold = async (queueGroup: string): Promise<HoldingMember> => {
    const member = await broker.hold(queueGroup, type);
    ends.push(() => member.kill());
    return member;
  };

  it('sees nothing where nothing was published', async () => {
    expect(await (await watch()).look([type, 'seat:freed'])).toEqual({
      waiting: [],
      newest: { [type]: 0, 'seat:freed': 0 },
    });
  });

  it('sees what nobody has subscribed to as the newest, and nothing that waits', async () => {
    const [bus, seen] = [await connect(), await watch()];
    await bus.publish(eventOf(type, 1));
    const first = await seen.look([type]);
    await bus.publish(eventOf(type, 2));
    const second = await seen.look([type]);
    expect([first.waiting, second.waiting]).toEqual([[], []]);
    expect(first.newest[type]).toBeGreaterThan(0);
    expect(second.newest[type]).toBeGreaterThan(first.newest[type] ?? 0);
    expect(await seen.look([type])).toEqual(second);
  });

  it('names a queue group and the type of what it has not acknowledged, until that is handled', async () => {
    const [bus, seen, { opened, open }] = [await connect(), await watch(), door()];
    const begun: string[] = [];
    await join(bus, 'payments', async (delivery) => {
      begun.push(idOf(delivery));
      await opened;
    });
    // Has handled all of it.
    await join(bus, 'search', async () => {});
    for (const n of [1, 2, 3]) await bus.publish(eventOf(type, n));
    await eventually(() => expect(begun).toHaveLength(3));
    await eventually(async () =>
      expect((await seen.look([type])).waiting).toEqual([`payments has 3 of ${type} to handle`]),
    );
    expect((await seen.look(['seat:freed'])).waiting).toEqual([]);
    open();
    await eventually(async () => expect((await seen.look([type])).waiting).toEqual([]));
  });

  it('sees what waits for its next try', async () => {
    const [bus, seen] = [await connect(), await watch()];
    let tries = 0;
    await join(bus, 'payments', async () => {
      tries += 1;
      throw new Error('the seats are wet');
    });
    await bus.publish(eventOf(type, 1));
    await eventually(() => expect(tries).toBeGreaterThan(1));
    expect((await seen.look([type])).waiting).toEqual([`payments has 1 of ${type} to handle`]);
  });

  it('sees what was published while the only member of a queue group was away', async () => {
    const [bus, seen, other] = [await connect(), await watch(), await connect()];
    const heard: string[] = [];
    const remember = async (delivery: Delivery) => void heard.push(idOf(delivery));
    await join(other, 'payments', remember);
    await bus.publish(eventOf(type, 1));
    await eventually(() => expect(heard).toHaveLength(1));
    await other.stopConsuming();
    await other.close();
    await eventually(async () => expect((await seen.look([type])).waiting).toEqual([]));
    for (const n of [2, 3, 4]) await bus.publish(eventOf(type, n));
    await eventually(async () =>
      expect((await seen.look([type])).waiting).toEqual([`payments has 3 of ${type} to handle`]),
    );
    await join(bus, 'payments', remember);
    await eventually(async () => expect((await seen.look([type])).waiting).toEqual([]));
  });

  it('sees what a member had when it was killed', async () => {
    const [bus, seen, member] = [await connect(), await watch(), await hold('payments')];
    await bus.publish(eventOf(type, 1));
    await eventually(() => expect(member.holds).toHaveLength(1));
    await member.kill();
    await bus.publish(eventOf(type, 2));
    await eventually(async () =>
      expect((await seen.look([type])).waiting).toEqual([`payments has 2 of ${type} to handle`]),
    );
  });

  it('looks at durable queue groups only', async () => {
    const [bus, seen] = [await connect(), await watch()];
    ends.push(await listenTo[transport](broker.address.url, type));
    await join(bus, 'payments', () => new Promise(() => {}));
    await bus.publish(eventOf(type, 1));
    await eventually(async () =>
      expect((await seen.look([type])).waiting).toEqual([`payments has 1 of ${type} to handle`]),
    );
  });

  it('counts for a queue group what all its members have, and nothing twice', async () => {
    const [bus, seen, { opened, open }] = [await connect(), await watch(), door()];
    const begun: string[] = [];
    const [first, second] = ['seat/seat-1@0', 'seat/seat-2@0'];
    const held = async (delivery: Delivery) => {
      begun.push(idOf(delivery));
      if ([first, second].includes(idOf(delivery))) await opened;
    };
    await join(bus, 'payments', held);
    await bus.publish(eventOf(type, 1));
    await bus.publish(eventOf(type, 2));
    await eventually(() => expect(begun).toEqual(expect.arrayContaining([first, second])));
    let heardByOther = 0;
    await join(await connect(), 'payments', async (delivery) => {
      await held(delivery);
      heardByOther += 1;
    });
    let published = 2;
    // Which member gets it is the server's choice.
    await eventually(async () => {
      published += 1;
      await bus.publish(eventOf(type, published));
      await eventually(() => expect(begun).toContain(`seat/seat-${published}@0`));
      expect(heardByOther).toBeGreaterThan(0);
    });
    await eventually(async () =>
      expect((await seen.look([type])).waiting).toEqual([`payments has 2 of ${type} to handle`]),
    );
    open();
    await eventually(async () => expect((await seen.look([type])).waiting).toEqual([]));
  });

  it('is refused, and refuses to look, while the server is away', async () => {
    const seen = await watch();
    ends.push(() => broker.restart());
    await broker.kill();
    await expect(seen.look([type])).rejects.toThrow(BusUnavailable);
    await expect(watch()).rejects.toThrow(BusUnavailable);
  });

  it('is refused, and refuses to look, while the server answers nothing', async () => {
    const seen = await watch();
    ends.push(() => broker.thaw());
    broker.freeze();
    await expect(seen.look([type])).rejects.toThrow(BusUnavailable);
    await expect(watch()).rejects.toThrow(BusUnavailable);
    // Does not wait for the server either.
    await seen.close();
    await seen.close();
  });

  it('loads the client of no other broker', async () => {
    const { url } = broker.address;
    const settings = { transport, url, monitorUrl: broker.monitorUrl, watch: true };
    const [loaded] = await once(startProcess('./loaded-clients.ts', settings), 'message');
    expect(loaded).toEqual(transport === 'jetstream' ? ['jetstream'] : []);
  });
});

describe('the watch of JetStream', () => {
  const url = process.env.TEST_JETSTREAM_URL ?? '';

  it('sees nothing in a stream that is not there, and does not make it', async () => {
    const seen = await watchBroker({ transport: 'jetstream', url, clusterId: `none-${process.pid}` });
    for (const _ of [1, 2]) expect(await seen.look(['a:b'])).toEqual({ waiting: [], newest: { 'a:b': 0 } });
    await seen.close();
  });

  it('is refused for a URL that names no server of NATS', async () => {
    const watching = watchBroker({ transport: 'jetstream', url: 'http://a', clusterId: CLUSTER_ID });
    await expect(watching).rejects.toThrow(TypeError);
  });
});

describe('the watch of NATS Streaming', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const watchAt = (monitorUrl: string | undefined, clusterId = CLUSTER_ID) =>
    watchBroker({ transport: 'nats-streaming', url: 'nats://127.0.0.1:1', clusterId, monitorUrl });

  const start = async (args: readonly string[] = []) => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'ticketing-watch-'));
    const engine = await startNatsStreaming({ dataDir, args });
    ends.push(async () => {
      await engine.stop();
      await rm(dataDir, { recursive: true });
    });
    return engine;
  };

  it('does not count what the server has dropped before anybody came for it', async () => {
    const { url, monitorUrl } = await start(['--max_msgs', '2']);
    const settings = { transport: 'nats-streaming', url, clusterId: CLUSTER_ID, clientName: 'test' } as const;
    const [bus, member] = [await connectBus(settings), await connectBus(settings)];
    ends.push(() => bus.close());
    await member.subscribe({
      queueGroup: 'payments',
      types: ['seat:taken'],
      handle: async () => {},
      giveUp: async () => {},
    });
    await member.close();
    for (const n of [1, 2, 3, 4, 5]) await bus.publish(eventOf('seat:taken', n));
    expect(await (await watchAt(monitorUrl)).look(['seat:taken'])).toEqual({
      waiting: ['payments has 2 of seat:taken to handle'],
      newest: { 'seat:taken': 5 },
    });
  });

  it.each([undefined, ''])('is refused without a URL to ask: "%s"', async (monitorUrl) => {
    await expect(watchAt(monitorUrl)).rejects.toThrow(new TypeError(expectedWithout));
  });

  it.each(['127.0.0.1:8222', 'nats://a:8222', 'http://', 'http://ann:secret@a:8222'])(
    'is refused for a URL that nothing can be asked at, without repeating it: "%s"',
    async (monitorUrl) => {
      const refusal = await watchAt(monitorUrl).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(TypeError);
      expect(String(refusal)).not.toContain('secret');
    },
  );

  it('is refused for the server of another cluster', async () => {
    const { monitorUrl } = await start();
    await expect(watchAt(monitorUrl, 'shows')).rejects.toThrow(
      new TypeError('NATS_MONITOR_URL is of the cluster "ticketing", not of "shows"'),
    );
  });

  /** Answers as told; 404 to all other questions. */
  const startAnswering = async (answers: Record<string, () => { status?: number; text: string }>) => {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://a');
      const { status = 200, text } = answers[pathname]?.() ?? { status: 404, text: '404 page not found' };
      response.writeHead(status).end(text);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const serverz = () => ({ text: JSON.stringify({ cluster_id: CLUSTER_ID }) });

  it('is refused for a server that is no NATS Streaming', async () => {
    const monitorUrl = await startAnswering({});
    await expect(watchAt(monitorUrl)).rejects.toThrow(BusUnavailable);
  });

  it('trusts no answer about a channel of a server that is still reading its store', async () => {
    let isReading = false;
    const monitorUrl = await startAnswering({
      '/streaming/serverz': () => (isReading ? { text: '{"cluster_id":""}', status: 503 } : serverz()),
    });
    const seen = await watchAt(monitorUrl);
    expect(await seen.look(['seat:taken'])).toEqual({ waiting: [], newest: { 'seat:taken': 0 } });
    isReading = true;
    await expect(seen.look(['seat:taken'])).rejects.toThrow(BusUnavailable);
  });

  const one = { last_sent: 2, pending_count: 1 };
  const all = { last_sent: 5, pending_count: 0 };
  it.each([
    ['the first of two members was sent most', [all, one]],
    ['the second of two members was sent most', [one, all]],
    ['more was sent after the server had looked for the newest', [{ last_sent: 6, pending_count: 1 }]],
  ])('counts what was not acknowledged where %s', async (_what, members) => {
    const subscriptions = members.map((member) => ({
      queue_name: 'payments:payments',
      is_durable: true,
      ...member,
    }));
    const monitorUrl = await startAnswering({
      '/streaming/serverz': serverz,
      '/streaming/channelsz': () => ({ text: JSON.stringify({ msgs: 5, last_seq: 5, subscriptions }) }),
    });
    expect((await (await watchAt(monitorUrl)).look(['seat:taken'])).waiting).toEqual([
      'payments has 1 of seat:taken to handle',
    ]);
  });

  it.each([
    ['an error', 500, 'Error getting information about channel'],
    ['a page', 200, '<html>'],
    ['something else', 200, '{"msgs":1}'],
  ])('takes %s for no answer', async (_what, status, text) => {
    const monitorUrl = await startAnswering({
      '/streaming/serverz': serverz,
      '/streaming/channelsz': () => ({ status, text }),
    });
    await expect((await watchAt(monitorUrl)).look(['seat:taken'])).rejects.toThrow(BusUnavailable);
  });
});

const expectedWithout = 'NATS_MONITOR_URL is not set: what is under way is seen at the monitoring port only';
