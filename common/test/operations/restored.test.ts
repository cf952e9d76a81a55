/** What the commands `restored` of all services have in common, as processes, over both brokers (docs/protocol.md, rule 8). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deadLettersInMongo } from '../../src/dead-letters/index.ts';
import { ticketCreated } from '../../src/events/index.ts';
import { type EventBus, on, react } from '../../src/messaging/index.ts';
import { connectMongo } from '../../src/store/index.ts';
import {
  aTicketState,
  eventOf,
  eventually,
  type TestDatabase,
  testDatabase,
} from '../../src/testing/index.ts';
import { type Broker, startRealBroker } from '../messaging/broker.ts';

const main = fileURLToPath(new URL('restore-seats.ts', import.meta.url));
/** Each command is a process that is compiled as it starts: seconds, and on a busy machine many of them. */
const TEST_MS = 240_000;
const BACKUP = ['--backup-from', '2026-11-29T10:00:00Z'];

interface Running {
  /** All that it has printed so far. */
  readonly printed: () => string;
  /** Its exit status. */
  readonly ended: Promise<number | null>;
}

const run = (env: Record<string, string>, ...args: string[]): Running => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=ticketing-source', main, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  return { printed: () => text, ended: once(child, 'close').then(() => child.exitCode) };
};

const ended = async (running: Running) => ({ status: await running.ended, text: running.printed() });

describe.each(['nats-streaming', 'jetstream'] as const)('the command restored, over %s', (transport) => {
  let broker: Awaited<ReturnType<typeof startRealBroker>>;
  let own: TestDatabase;
  let shop: TestDatabase;
  let bus: EventBus;

  beforeAll(async () => {
    broker = await startRealBroker(transport);
  });
  afterAll(() => (broker as Broker).stop());
  beforeEach(async () => {
    [own, shop] = await Promise.all([testDatabase(), testDatabase()]);
    bus = await broker.connect();
  });
  afterEach(async () => {
    await bus.close();
    await Promise.all([own.end(), shop.end()]);
  });

  const settings = () => ({
    MONGO_URL: own.url,
    SHOP_MONGO_URL: shop.url,
    TRANSPORT: transport,
    NATS_URL: broker.address.url,
    ...(broker.monitorUrl === undefined ? {} : { NATS_MONITOR_URL: broker.monitorUrl }),
  });
  const seats = () => own.mongo.collection('seats').find().toArray();

  it(
    'waits until all is handled and no dead letter is left, and says so, and then restores',
    async () => {
      let isOpen = false;
      const letters = deadLettersInMongo(shop.mongo);
      await react({
        bus,
        queueGroup: 'shop',
        deadLetters: letters,
        reactions: [
          on(ticketCreated, async () => {
            await eventually(async () => expect(isOpen).toBe(true), TEST_MS);
          }),
        ],
      });
      await bus.publish(eventOf(ticketCreated, aTicketState()));
      await letters.keep({
        queueGroup: 'shop',
        type: ticketCreated.type,
        message: { is: 'none' },
        error: new Error('no'),
        attempt: 3,
      });
      const [letter = ''] = (await letters.list(1)).map(({ id }) => id);

      const command = run(settings(), ...BACKUP, '--quiet', '1s');
      await eventually(async () => {
        expect(command.printed()).toContain('shop has 1 of ticket:created to handle');
        expect(command.printed()).toContain(`replay or drop its dead letter ${letter}`);
      }, TEST_MS);
      isOpen = true;
      await letters.drop(letter);
      expect(await ended(command)).toMatchObject({
        status: 0,
        text: expect.stringContaining('1 seat was missing.'),
      });
      expect(await seats()).toMatchObject([{ backupFrom: new Date('2026-11-29T10:00:00Z') }]);
    },
    TEST_MS,
  );

  it(
    'refuses while a process of the service runs, and writes nothing',
    async () => {
      const name = own.url.split('/').at(-1);
      const process = await connectMongo(own.url, 'requests', { appName: `seats of ${name}` });
      const { status, text } = await ended(run(settings(), ...BACKUP, '--quiet', '1s'));
      expect([status, text]).toEqual([
        1,
        expect.stringMatching(/^seats runs: it is connected from 127\.0\.0\.1:/),
      ]);
      expect(await seats()).toEqual([]);
      await process.close();
    },
    TEST_MS,
  );

  it(
    'says what is wrong where it cannot be done',
    async () => {
      const { status, text } = await ended(run(settings(), ...BACKUP, '--quiet', '1s', '--fail'));
      expect([status, text]).toEqual([1, expect.stringContaining('There is nothing to take back.')]);
    },
    TEST_MS,
  );

  it(
    'says so where the broker does not answer, and writes nothing',
    async () => {
      const NATS_URL = 'nats://127.0.0.1:1';
      const away = { ...settings(), NATS_URL, NATS_MONITOR_URL: 'http://127.0.0.1:1' };
      const { status, text } = await ended(run(away, ...BACKUP));
      expect([status, text]).toEqual([1, expect.stringContaining('The broker does not answer')]);
      expect(await seats()).toEqual([]);
    },
    TEST_MS,
  );
});

describe('misused, the command restored', () => {
  it(
    'says so, with status 2, and tells how it is used',
    async () => {
      const misuses: [args: readonly string[], expected: string][] = [
        [[], '--backup-from: say when the backup was made'],
        [['--backup-from', '2026-11-29T10:00:00'], '--backup-from: say when the backup was made'],
        [['--backup-from', '2026-13-29T10:00:00Z'], '--backup-from: say when the backup was made'],
        [['--backup-from', '2999-01-01T10:00:00Z'], 'this time is yet to come'],
        [[...BACKUP, '--quiet', '5'], '--quiet 5: must be like 60s or 2m'],
        [[...BACKUP, '--force'], "Unknown option '--force'"],
        [BACKUP, 'SHOP_MONGO_URL: is not set'],
      ];
      const ends = await Promise.all(misuses.map(([args]) => ended(run({}, ...args))));
      expect(ends.map(({ status }) => status)).toEqual(misuses.map(() => 2));
      for (const [n, [, expected]] of misuses.entries()) expect(ends[n]?.text).toContain(expected);
      const { status, text } = await ended(run({}, '--help'));
      expect([status, text]).toEqual([0, expect.stringContaining('[--quiet 60s] [--fail]')]);
    },
    TEST_MS,
  );
});
