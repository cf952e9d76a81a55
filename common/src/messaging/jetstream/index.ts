import type { EventBus } from '../event-bus.ts';
import { JetStreamBus, type JetStreamSettings } from './jetstream-bus.ts';

export type { JetStreamSettings } from './jetstream-bus.ts';

/**
 * Connects to a NATS server with JetStream, and stays connected until `close()`. Resolves after the first try, whether
 * it succeeded or not (`state` says): while the server is away `publish` rejects and `subscribe` waits.
 *
 * The server needs `sync_interval: always`, or several of it with `replicas`: by default a message it has confirmed is
 * written through to the disk only later.
 */
export const connectJetStream = (settings: JetStreamSettings): Promise<EventBus> =>
  JetStreamBus.connect(settings);
