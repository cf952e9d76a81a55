import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { CLUSTER_ID, type RunningEngine, startJetStream } from '../engines/index.ts';
import { stripeSettings } from '../stripe-settings.mjs';
import { inherited } from '../supervisor/environment.ts';
import { type RunFile, type System, startSystem } from '../supervisor/index.ts';
import { notesRows } from './services/rows.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MINUTES = 60_000;
const operator = fileURLToPath(new URL('../operate.mjs', import.meta.url));
const folder = temporaryFolder('operate');

/** `npm run dead-letters -- …` is this with `dead-letters` in front, and so on. */
const operate = async (args: readonly string[], settings: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [operator, ...args], {
    env: { ...inherited(), TICKETING_HOME: path.join(folder, 'home'), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, status };
};

/** As a service keeps it; see `dead-letters` of common. */
const letter = (message: object) => ({
  queueGroup: 'tickets',
  type: 'order:created',
  message: JSON.stringify(message),
  error: 'Error: the seats are wet',
  attempts: 10,
});
const event = { id: 'order/1@0', type: 'order:created' };

describe('the operator of a run that has a broker of somebody else', () => {
  let broker: RunningEngine;
  let system: System;
  let mongo: MongoClient;

  beforeAll(async () => {
    broker = await startJetStream({ dataDir: path.join(folder, 'broker') });
    system = await startSystem({
      home: path.join(folder, 'home'),
      services: notesRows.map((row) => ({ ...row, needs: [...row.needs, 'redis'] })),
      transport: 'jetstream',
      env: { NATS_URL: broker.url },
      build: false,
    });
    mongo = await MongoClient.connect(system.run.mongoUri);
  }, 5 * MINUTES);
  afterAll(async () => {
    await mongo.close();
    await system.stop();
    await broker.stop();
  });

  it(
    'sees the dead letters of the service that is named, and replays them to the broker of the run',
    async () => {
      const kept = mongo
        .db('tickets')
        .collection<{ _id: string; firstAt: Date; lastAt: Date } & ReturnType<typeof letter>>('dead_letters');
      const now = new Date();
      await kept.insertOne({ _id: 'wet', ...letter(event), firstAt: now, lastAt: now });
      const [listed, other] = await Promise.all(
        ['tickets', 'auth'].map((service) => operate(['dead-letters', 'list', '--service', service])),
      );
      expect(listed).toMatchObject({ status: 0, out: expect.stringContaining('wet  ') });
      expect(other).toMatchObject({ status: 0, out: 'No dead letters.\n' });

      const replayed = await operate(['dead-letters', 'replay', '--all', '--service', 'tickets']);
      expect(replayed).toMatchObject({ status: 0, out: 'wet replayed\n' });
      expect(await kept.countDocuments()).toBe(0);
      const connection = await connectNats({ servers: new URL(broker.url).host });
      const stored = await (await jetstreamManager(connection)).streams.getMessage(CLUSTER_ID, { seq: 1 });
      expect(stored?.json()).toEqual(event);
      await connection.close();
    },
    5 * MINUTES,
  );

  it(
    'finds those of expiration, which has no database, in Redis',
    async () => {
      const redis = new Redis(system.run.redisUrl ?? '');
      const at = new Date().toISOString();
      await redis.zadd('expiration:dead_letters', 1, 'dry');
      await redis.hset('expiration:dead_letters:dry', { ...letter(event), firstAt: at, lastAt: at });
      const listed = await operate(['dead-letters', 'list', '--service', 'expiration']);
      expect(listed).toMatchObject({ status: 0, out: expect.stringContaining('dry  ') });
      await redis.del('expiration:dead_letters', 'expiration:dead_letters:dry');
      await redis.quit();
    },
    5 * MINUTES,
  );

  it(
    'compares the stores of the run with each other and with Stripe, and has payments repair',
    async () => {
      const nothing = JSON.stringify({
        object: 'list',
        url: '/v1/payment_intents',
        has_more: false,
        data: [],
      });
      const stripe = createServer((_, response) =>
        response.setHeader('Content-Type', 'application/json').end(nothing),
      );
      await once(stripe.listen(0, '127.0.0.1'), 'listening');
      const { port } = stripe.address() as AddressInfo;
      const settings = { STRIPE_API_BASE: `http://127.0.0.1:${port}` };
      const letters = mongo
        .db('orders')
        .collection<{ _id: string } & ReturnType<typeof letter>>('dead_letters');
      try {
        expect(await operate(['reconcile', '--all'], settings)).toMatchObject({
          status: 0,
          out: expect.stringContaining('Everything agrees.'),
        });
        await letters.insertOne({ _id: 'lost', ...letter(event) });
        expect(await operate(['reconcile', '--second-look', '0s'], settings)).toMatchObject({
          status: 1,
          out: expect.stringContaining('no dead letters  letter lost  orders gave up order:created'),
        });
        expect(await operate(['reconcile', '--repair'], settings)).toMatchObject({
          status: 0,
          out: 'Stripe, payments and orders agree.\n',
        });
        const elsewhere = Object.fromEntries(
          ['TICKETS', 'ORDERS', 'PAYMENTS'].map((name) => [
            `${name}_MONGO_URL`,
            `${system.run.mongoUri}/elsewhere`,
          ]),
        );
        expect(await operate(['reconcile'], { ...elsewhere, ...settings })).toMatchObject({
          status: 2,
          err: expect.stringContaining('STRIPE_SECRET_KEY: is not set'),
        });
      } finally {
        await letters.deleteMany({});
        stripe.close();
      }
    },
    5 * MINUTES,
  );

  it(
    'looks at the store of the environment where one is set, whatever runs',
    async () => {
      const elsewhere = { MONGO_URL: `${system.run.mongoUri}/elsewhere` };
      const listed = await operate(['dead-letters', 'list'], elsewhere);
      expect(listed).toMatchObject({ status: 0, out: 'No dead letters.\n' });
      const republished = await operate(['republish', '--since', '7d'], elsewhere);
      expect(republished).toMatchObject({ status: 0, out: '' });
    },
    5 * MINUTES,
  );

  it('is told what to say when he names no service, or nothing runs', async () => {
    expect(await operate(['dead-letters', 'list'])).toEqual({
      status: 2,
      out: '',
      err: 'Say which service: --service tickets\n',
    });
    const TICKETING_HOME = path.join(folder, 'nobody');
    expect(await operate(['republish', '--service', 'orders'], { TICKETING_HOME })).toMatchObject({
      status: 2,
      err: expect.stringContaining(`Nothing runs in ${TICKETING_HOME}`),
    });
  });
});

describe('the operator who has restored a database while the rest runs', () => {
  const BACKUP = '2026-08-01T03:00:00Z';
  const run: Omit<RunFile, 'processes'> = {
    baseUrl: 'http://localhost:3000',
    startupSeconds: 1,
    transport: 'nats-streaming',
    mongoUri: 'mongodb://127.0.0.1:27017',
    natsUrl: 'nats://127.0.0.1:4222',
    natsMonitorUrl: 'http://127.0.0.1:8222',
    redisUrl: 'redis://127.0.0.1:6379',
    stripe: { url: 'http://127.0.0.1:12111', paymentsUrl: 'http://a', controlUrl: 'http://b' },
  };
  const bus = {
    TRANSPORT: 'nats-streaming',
    NATS_URL: 'nats://127.0.0.1:4222',
    NATS_CLUSTER_ID: CLUSTER_ID,
  };
  const database = (name: string) => `mongodb://127.0.0.1:27017/${name}`;
  let homes = 0;

  /** Where a system runs, as its run.json says. */
  const homeOf = async (changes: Partial<RunFile> = {}): Promise<string> => {
    homes += 1;
    const home = path.join(folder, `restored ${homes}`);
    await mkdir(home);
    await writeFile(path.join(home, 'run.json'), JSON.stringify({ ...run, ...changes }));
    return home;
  };

  /** What the command of the service was given; the command itself does not begin. */
  const given = async (args: readonly string[], settings: Record<string, string>) => {
    const teller = new URL('./processes/tell-settings.mjs', import.meta.url);
    const { out, err, status } = await operate(['restored', ...args], {
      NODE_OPTIONS: `--import ${pathToFileURL(fileURLToPath(teller)).href}`,
      ...settings,
    });
    if (status !== 0) throw new Error(`status ${status}: ${err}`);
    return JSON.parse(out) as { main: string; args: string[]; settings: Record<string, string> };
  };

  it(
    'has the command of that service run, with the settings of the run that it needs',
    async () => {
      const TICKETING_HOME = await homeOf();
      const monitored = { ...bus, NATS_MONITOR_URL: 'http://127.0.0.1:8222' };
      const needs: Record<string, Record<string, string>> = {
        orders: {
          TICKETS_MONGO_URL: database('tickets'),
          PAYMENTS_MONGO_URL: database('payments'),
          EXPIRATION_REDIS_URL: 'redis://127.0.0.1:6379',
        },
        tickets: { ORDERS_MONGO_URL: database('orders') },
        payments: {
          ORDERS_MONGO_URL: database('orders'),
          ...stripeSettings({ home: TICKETING_HOME, apiBase: 'http://127.0.0.1:12111', keys: {} }),
        },
      };
      for (const [service, own] of Object.entries(needs)) {
        const args = ['--backup-from', BACKUP, '--quiet', '5s'];
        expect(await given(['--service', service, ...args], { TICKETING_HOME })).toEqual({
          main: `${service}/dist/restored.js`,
          args,
          settings: { ...monitored, MONGO_URL: database(service), ...own },
        });
      }
    },
    5 * MINUTES,
  );

  it(
    'gives it no setting that the run does not know',
    async () => {
      const TICKETING_HOME = await homeOf({
        transport: 'jetstream',
        natsMonitorUrl: undefined,
        redisUrl: undefined,
      });
      const { settings } = await given(['--service', 'orders'], { TICKETING_HOME });
      expect(settings).toEqual({
        ...bus,
        TRANSPORT: 'jetstream',
        MONGO_URL: database('orders'),
        TICKETS_MONGO_URL: database('tickets'),
        PAYMENTS_MONGO_URL: database('payments'),
      });
    },
    5 * MINUTES,
  );

  it.each(['MONGO_URL', 'ORDERS_MONGO_URL'])(
    'takes all settings from the environment where it has %s, whatever runs',
    async (name) => {
      const elsewhere = { [name]: 'mongodb://elsewhere/a' };
      const TICKETING_HOME = await homeOf();
      const { settings } = await given(['--service', 'payments'], { TICKETING_HOME, ...elsewhere });
      expect(settings).toEqual(elsewhere);
    },
    5 * MINUTES,
  );

  it('is told for which services it is when he names another one, or none', async () => {
    const refused = {
      status: 2,
      out: '',
      err:
        'Say which service was restored: --service orders, --service tickets or --service payments.\n' +
        'No other service knows the state of the rest: people who signed up since the backup of auth do so again.\n',
    };
    for (const args of [
      ['--service', 'auth'],
      ['--service', 'expiration'],
      ['--service', 'community'],
      ['--service', 'reconcile'],
      ['--service'],
      ['--backup-from', BACKUP],
      [],
    ]) {
      expect(await operate(['restored', ...args])).toEqual(refused);
    }
    const TICKETING_HOME = path.join(folder, 'nobody');
    expect(await operate(['restored', '--service', 'orders'], { TICKETING_HOME })).toMatchObject({
      status: 2,
      err: expect.stringContaining(`Nothing runs in ${TICKETING_HOME}`),
    });
  });
});
