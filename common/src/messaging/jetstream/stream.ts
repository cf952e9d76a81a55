import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type Consumer as JetStreamConsumer,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { BusLogger } from '../event-bus.ts';

/** Most messages of one type that a queue group has, over all its members, pauses between tries included. */
const MAX_ACK_PENDING = 5_000;

/** JSConsumerExistingActiveErr of the server's errors.json, which the client does not name. */
const CONSUMER_EXISTS = 10_148;

const isApiError = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

export interface StreamSettings {
  readonly stream: string;
  /** Servers that keep each message, in a cluster. */
  readonly replicas: number;
}

/** Where events of a type are published: below the name of the stream, so that two streams can share a server. */
export const subjectOf = (stream: string, type: string): string => `${stream}.${type}`;

/**
 * Makes the stream unless it is there; one that is there is left as its operator set it. Ours has no limits, and would
 * refuse events rather than drop old ones when it gets some: an outbox keeps what was refused, while nobody knows
 * whether an old event was read by a group that is yet to come.
 */
export const ensureStream = async (
  jsm: JetStreamManager,
  { stream, replicas }: StreamSettings,
  logger: BusLogger,
): Promise<void> => {
  try {
    const { config } = await jsm.streams.info(stream);
    const limited = config.max_msgs > 0 || config.max_bytes > 0;
    if (limited && config.discard === DiscardPolicy.Old) {
      logger.warn({ stream }, 'this stream drops old events when it is full, also those nobody has read');
    }
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
    // Of two services that make it at once with the same settings both succeed.
    await jsm.streams.add({
      name: stream,
      subjects: [subjectOf(stream, '*')],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      num_replicas: replicas,
    });
    logger.info({ stream }, 'made the stream');
  }
};

/**
 * The durable consumer of a queue group for one type of event; made, or brought to these settings.
 *
 * One for each type, and not one with a list of types: then a type that a new release adds begins with its oldest event,
 * as it does with NATS Streaming, and never goes to members of the release before, which would have to refuse it.
 */
export const ensureConsumer = async (
  jsm: JetStreamManager,
  {
    stream,
    queueGroup,
    type,
    ackWaitMs,
  }: { stream: string; queueGroup: string; type: string; ackWaitMs: number },
): Promise<JetStreamConsumer> => {
  const durable = `${queueGroup}--${type.replaceAll(':', '-')}`;
  const settings = {
    ack_wait: nanos(ackWaitMs),
    // The number of tries is bounded by us, who can keep the message then; the server would only fall silent.
    max_deliver: -1,
    max_ack_pending: MAX_ACK_PENDING,
  };
  const info = await jsm.consumers
    .add(stream, {
      durable_name: durable,
      filter_subject: subjectOf(stream, type),
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      ...settings,
    })
    .catch((error: unknown) => {
      // It is there with the settings of another release; where it stands is kept.
      if (isApiError(error, CONSUMER_EXISTS)) return jsm.consumers.update(stream, durable, settings);
      throw error;
    });
  return jsm.jetstream().consumers.getConsumerFromInfo(info);
};
