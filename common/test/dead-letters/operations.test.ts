import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DeadLetters, deadLettersInMongo } from '../../src/dead-letters/index.ts';
import { ticketCreated } from '../../src/events/index.ts';
import { connectBus, type EventBus, on, react } from '../../src/messaging/index.ts';
import {
  aTicketState,
  eventOf,
  eventually,
  newId,
  type TestDatabase,
  testDatabase,
} from '../../src/testing/index.ts';

const main = fileURLToPath(new URL('../../src/operations/main.ts', import.meta.url));

describe("the operator's command line", () => {
  let database: TestDatabase;
  let letters: DeadLetters;
  let bus: EventBus;
  const clusterId = 'ticketing';
  const url = process.env.TEST_NATS_STREAMING_URL ?? '';
  const queueGroup = `orders-${newId()}`;
  const heard = new Set<string>();

  beforeAll(async () => {
    database = await testDatabase();
    letters = deadLettersInMongo(database.mongo);
    bus = await connectBus({ transport: 'nats-streaming', url, clusterId, clientName: 'test' });
    const remember = on(ticketCreated, async ({ id }) => {
      heard.add(id);
    });
    await react({ bus, queueGroup, reactions: [remember], deadLetters: letters });
  });
  afterAll(async () => {
    await bus.close();
    await database.end();
  });

  const operate = async (...args: string[]) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=ticketing-source', main, ...args],
      {
        env: { ...process.env, MONGO_URL: database.url, NATS_URL: url, NATS_CLUSTER_ID: clusterId },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [out, err, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { out, err, status };
  };
  const keep = async (message: unknown) => {
    await letters.keep({ queueGroup, type: 'ticket:created', message, attempt: 8, error: new Error('wet') });
  };

  it('lists, shows, replays and drops', async () => {
    expect(await operate('dead-letters', 'list')).toMatchObject({ status: 0, out: 'No dead letters.\n' });
    const ticket = aTicketState();
    await keep(eventOf(ticketCreated, ticket));
    await keep('not an event');
    const [good, bad] = await letters.list(10);

    const listed = await operate('dead-letters', 'list');
    expect(listed.out).toContain(`${good?.id}  `);
    expect(listed.out).toContain('ticket:created  8 tries  Error: wet');
    const shown = await operate('dead-letters', 'show', good?.id ?? '');
    expect(JSON.parse(shown.out)).toMatchObject({ id: good?.id, message: { subject: ticket.id } });

    expect(await operate('dead-letters', 'replay', good?.id ?? '')).toMatchObject({ status: 0 });
    await eventually(() => expect(heard).toContain(ticket.id));
    expect(await operate('dead-letters', 'replay', bad?.id ?? '')).toMatchObject({ status: 1 });
    expect(await operate('dead-letters', 'drop', bad?.id ?? '')).toMatchObject({ status: 0 });
    expect(await letters.count()).toBe(0);
  }, 120_000);

  it('says what is wrong, and does nothing', async () => {
    const wrong = [
      ['dance'],
      ['dead-letters', 'show'],
      ['dead-letters', 'show', 'unknown'],
      ['dead-letters', 'list', '--limit', 'many'],
      ['republish', '--since', 'yesterday'],
      ['--unknown'],
    ];
    const answers = await Promise.all(wrong.map((args) => operate(...args)));
    expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 2));
    for (const { err } of answers) expect(err.trim()).not.toBe('');
  }, 120_000);
});
