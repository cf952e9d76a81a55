import { JetStreamApiCodes, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type BrokerWatch, toHandle, type UnderWay } from '../broker-watch.ts';
import { BusUnavailable } from '../event-bus.ts';
import { serversOf } from './servers.ts';
import { isApiError, queueGroupOf, subjectOf } from './stream.ts';

/** Milliseconds within which the server answers: when connecting, and each request. */
const ANSWER_MS = 2_000;

/**
 * Watches a stream over a connection of its own; see `watchBroker`. Of a stream that is not there nothing is under way.
 *
 * @throws {BusUnavailable} when no server of the URL answers
 * @throws {TypeError} for a URL that is none of NATS
 */
export const watchJetStream = async (settings: {
  readonly url: string;
  readonly stream: string;
}): Promise<BrokerWatch> => {
  const servers = serversOf(settings.url);
  const connection = await connect({
    ...servers,
    name: 'broker-watch',
    timeout: ANSWER_MS,
    reconnect: false,
  }).catch(unavailable);
  const jsm = await jetstreamManager(connection, { timeout: ANSWER_MS, checkAPI: false });
  return {
    look: (types) => look(jsm, settings.stream, types).catch(unavailable),
    close: () => connection.close(),
  };
};

const unavailable = (cause: unknown): never => {
  throw new BusUnavailable('JetStream does not answer', { cause });
};

const look = async (jsm: JetStreamManager, stream: string, types: readonly string[]): Promise<UnderWay> => {
  const typeOf = new Map(types.map((type) => [subjectOf(stream, type), type]));
  try {
    const newest = await Promise.all(
      [...typeOf].map(async ([subject, type]): Promise<[string, number]> => {
        const message = await jsm.streams.getMessage(stream, { last_by_subj: subject });
        return [type, message?.seq ?? 0];
      }),
    );
    const waiting: string[] = [];
    for await (const { name, config, num_pending, num_ack_pending } of jsm.consumers.list(stream)) {
      const type = typeOf.get(config.filter_subject ?? '');
      if (type === undefined || config.durable_name === undefined) continue;
      // What was given back, and waits for its next try, is among those that are not acknowledged.
      waiting.push(...toHandle(queueGroupOf(name), num_pending + num_ack_pending, type));
    }
    return { waiting, newest: Object.fromEntries(newest) };
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
    return { waiting: [], newest: Object.fromEntries(types.map((type) => [type, 0])) };
  }
};
