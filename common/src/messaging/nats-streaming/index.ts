import type { EventBus } from '../event-bus.ts';
import { NatsStreamingBus, type NatsStreamingSettings } from './nats-streaming-bus.ts';

export type { NatsStreamingSettings } from './nats-streaming-bus.ts';

/**
 * Connects to a NATS Streaming server, and stays connected until `close()`. Resolves after the first try, whether it
 * succeeded or not (`state` says): while the server is away `publish` rejects and `subscribe` waits.
 *
 * The server must keep messages in a file store, without the default limits, which drop old ones (1,000,000 messages or
 * 976 MB a channel), and should drop what is 30 days old, or its disk fills. It notices a member that died or hangs by its
 * heartbeats, and gives its messages to others then, or when ackWait is over: set `-hbi -hbt -hbf` low.
 */
export const connectNatsStreaming = (settings: NatsStreamingSettings): Promise<EventBus> =>
  NatsStreamingBus.connect(settings);
