import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DiscardPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node';
import { ensureStream } from '../../src/messaging/jetstream/stream.ts';
import { silentLogger } from '../../src/messaging/silent-logger.ts';
import { newId } from '../../src/testing/builders.ts';

const DAY = nanos(24 * 60 * 60 * 1_000);

let connection: NatsConnection;
let jsm: JetStreamManager;
const made: string[] = [];

beforeAll(async () => {
  connection = await connect({ servers: new URL(process.env.TEST_JETSTREAM_URL ?? '').host });
  jsm = await jetstreamManager(connection);
});
afterAll(async () => {
  for (const stream of made) await jsm.streams.delete(stream);
  await connection.close();
});

/** What a service finds, what it makes of it, and what it says. */
const settle = async (given?: Partial<StreamConfig>) => {
  const stream = `stream-${newId()}`;
  made.push(stream);
  if (given !== undefined) {
    await jsm.streams.add({
      name: stream,
      subjects: [`${stream}.*`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      ...given,
    });
  }
  const worries: string[] = [];
  const logger = { ...silentLogger, warn: (_fields: object, message: string) => void worries.push(message) };
  await ensureStream(jsm, { stream, replicas: 1 }, logger);
  const { config } = await jsm.streams.info(stream);
  return { config, worries };
};

describe('the stream of a deployment', () => {
  it('keeps events for 30 days, and refuses new ones rather than drop old ones when the disk is full', async () => {
    const { config, worries } = await settle();
    expect(config).toMatchObject({ max_age: 30 * DAY, discard: 'new', retention: 'limits' });
    expect(worries).toEqual([]);
  });

  it('is brought to that where it was made without any limit', async () => {
    const { config, worries } = await settle({});
    expect(config).toMatchObject({ max_age: 30 * DAY, discard: 'new', retention: 'limits' });
    expect(worries).toEqual([]);
  });

  it.each<[string, Partial<StreamConfig>]>([
    ['a year', { max_age: 365 * DAY }],
    ['so many bytes', { max_bytes: 1_000_000 }],
    ['so many events', { max_msgs: 1_000 }],
  ])('is left as its operator set it, to %s', async (_what, given) => {
    const { config, worries } = await settle(given);
    expect(config).toMatchObject({ max_age: 0, max_bytes: -1, max_msgs: -1, ...given });
    expect(worries).toEqual([]);
  });

  it.each<[string, Partial<StreamConfig>, string]>([
    ['drops old events when it is full', { max_msgs: 1_000, discard: DiscardPolicy.Old }, 'when it is full'],
    ['forgets after a day', { max_age: DAY }, 'before they are 30 days old'],
    ['drops what was read', { retention: RetentionPolicy.Interest }, 'a queue group that is yet to come'],
  ])('is complained about where it %s', async (_what, given, worry) => {
    expect((await settle(given)).worries).toEqual([expect.stringContaining(worry)]);
  });
});
