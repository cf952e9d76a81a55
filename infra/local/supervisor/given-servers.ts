import { connect, errors } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { redactConnectionString } from 'mongodb-connection-string-url';
import { CLUSTER_ID, catalogue } from '../engines/index.ts';
import { isAtLeast } from '../engines/version.ts';
import type { Transport } from './settings.ts';

/**
 * Looks at a server that the person named, before anything relies on it. Gives why it cannot be used and what to do
 * instead, to go between "NATS_URL names a server that" and "or unset NATS_URL", and undefined where it can be.
 * Rejects when it does not answer, without its password in the message.
 */
export type Look = (urls: string) => Promise<string | undefined>;

const ANSWER_MS = 5_000;

const tooOld = (product: string, version: string, minimum: string): string | undefined =>
  isAtLeast(version, minimum)
    ? undefined
    : `is ${product} ${version}, and it has to be ${minimum} or newer.\nTake a newer one,`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @param minimum the oldest version that will do */
export const lookAtMongo = async (
  url: string,
  minimum = catalogue.mongod.minimum,
): Promise<string | undefined> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: ANSWER_MS });
  try {
    const { version } = await client.db('admin').command({ buildInfo: 1 });
    return tooOld('MongoDB', String(version), minimum);
  } catch (error) {
    // Should it repeat the URL, then without the password.
    throw new Error(redactConnectionString(messageOf(error)));
  } finally {
    await client.close();
  }
};

/** @param minimum the oldest version that will do */
export const lookAtRedis = async (
  url: string,
  minimum = catalogue['redis-server'].minimum,
): Promise<string | undefined> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // What it says to those who ask is only that the connection is closed.
  let cause: Error | undefined;
  redis.on('error', (error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    const version = /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? '0';
    return tooOld('Redis', version, minimum);
  } catch (error) {
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
};

/**
 * Of a list, any that answers, as for the services. That a port is open would say nothing: with another kind of broker
 * behind it, or another cluster, all services would start and no event ever arrive.
 */
export const lookAtBroker =
  (transport: Transport): Look =>
  async (urls) => {
    const servers = urls.split(',').map((url) => new URL(url.trim()));
    const [{ username = '', password = '' } = {}] = servers;
    const nats = await connect({
      servers: servers.map(({ host }) => host),
      ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      // One without a password is a token, for those who want one.
      ...(username === '' || password !== '' ? {} : { token: decodeURIComponent(username) }),
      ...(servers.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
      timeout: ANSWER_MS,
      reconnect: false,
    });
    try {
      const answers = async (subject: string, isYes: (answer: string) => boolean): Promise<boolean> => {
        try {
          return isYes((await nats.request(subject, '', { timeout: ANSWER_MS })).string());
        } catch (error) {
          if (error instanceof errors.RequestError && error.isNoResponders()) return false;
          throw error;
        }
      };
      if (transport === 'jetstream') {
        // Where it is switched off for this account, somebody answers, and says so.
        return (await answers('$JS.API.INFO', (answer) => JSON.parse(answer).error === undefined))
          ? undefined
          : 'has no JetStream.\nStart it with --jetstream, unset TRANSPORT if it is NATS Streaming,';
      }
      // A connect request without content is refused; all that matters is that the cluster is there to refuse it.
      return (await answers(`_STAN.discover.${CLUSTER_ID}`, () => true))
        ? undefined
        : `has no NATS Streaming cluster “${CLUSTER_ID}”.\nStart it with --cluster_id ${CLUSTER_ID}, set TRANSPORT=jetstream if it is JetStream,`;
    } finally {
      await nats.close();
    }
  };
