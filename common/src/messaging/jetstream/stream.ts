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
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { BusLogger } from '../event-bus.ts';

/** Most messages of one type that a queue group has, over all its members, pauses between tries included. */
const MAX_ACK_PENDING = 5_000;

/** How long a stream of ours keeps an event, in nanoseconds (decision 2). */
const MAX_AGE = nanos(30 * 24 * 60 * 60 * 1_000);

/** JSConsumerExistingActiveErr of the server's errors.json, which the client does not name. */
const CONSUMER_EXISTS = 10_148;

export const isApiError = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

export interface StreamSettings {
  readonly stream: string;
  /** Servers that keep each message, in a cluster. */
  readonly replicas: number;
}

/** Where events of a type are published: below the name of the stream, so that two streams can share a server. */
export const subjectOf = (stream: string, type: string): string => `${stream}.${type}`;

/** The durable consumer of a queue group for a type of event. */
const durableOf = (queueGroup: string, type: string): string => `${queueGroup}--${type.replaceAll(':', '-')}`;

/** The queue group that a durable consumer is of; of one that is not ours, the whole name. */
export const queueGroupOf = (durable: string): string => {
  const at = durable.lastIndexOf('--');
  return at === -1 ? durable : durable.slice(0, at);
};

/** What an operator's stream does with events that a queue group may still have to read. */
const worriesOf = ({ max_msgs, max_bytes, max_age, discard, retention }: StreamConfig): string[] => [
  ...((max_msgs > 0 || max_bytes > 0) && discard === DiscardPolicy.Old
    ? ['this stream drops old events when it is full, also those nobody has read']
    : []),
  ...(max_age > 0 && max_age < MAX_AGE
    ? ['this stream drops events before they are 30 days old, also those nobody has read']
    : []),
  ...(retention === RetentionPolicy.Limits
    ? []
    : ['this stream drops what was read: a queue group that is yet to come will miss it']),
];

/**
 * Makes the stream unless it is there. Ours keeps events for 30 days, so that it does not grow for ever: who has been
 * away for longer, or is new, asks for the present states again. Within that time it would refuse events rather than
 * drop old ones: an outbox keeps what was refused, while nobody knows who has yet to read an old event.
 *
 * One that has a limit of any kind is left as its operator set it; one that has none gets ours.
 */
export const ensureStream = async (
  jsm: JetStreamManager,
  { stream, replicas }: StreamSettings,
  logger: BusLogger,
): Promise<void> => {
  try {
    const { config } = await jsm.streams.info(stream);
    for (const worry of worriesOf(config)) logger.warn({ stream }, worry);
    if (config.max_msgs > 0 || config.max_bytes > 0 || config.max_age > 0) return;
    await jsm.streams.update(stream, { max_age: MAX_AGE });
    logger.info({ stream }, 'the stream had no limits, and keeps events for 30 days from now on');
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
    // Of two services that make it at once with the same settings both succeed.
    await jsm.streams.add({
      name: stream,
      subjects: [subjectOf(stream, '*')],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      max_age: MAX_AGE,
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
  const durable = durableOf(queueGroup, type);
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
