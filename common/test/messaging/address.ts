import type { EventBus } from '../../src/messaging/index.ts';
import { connectJetStream } from '../../src/messaging/jetstream/index.ts';
import { connectNatsStreaming } from '../../src/messaging/nats-streaming/index.ts';
import type { PublishLimits } from '../../src/messaging/publish-window.ts';

/** Where a real server is, and how to speak to it; so that another process can connect as well. */
export interface Address {
  readonly adapter: 'nats-streaming' | 'jetstream';
  readonly url: string;
  /** The cluster id, or the name of the stream. */
  readonly clusterId: string;
  readonly ackWaitMs: number;
}

/** What a test sets to tell causes apart. */
export interface Tuning extends Partial<PublishLimits> {
  readonly publishTimeoutMs?: number;
  readonly ackWaitMs?: number;
}

export const connectTo = (
  { adapter, url, clusterId, ...address }: Address,
  clientName: string,
  { ackWaitMs = address.ackWaitMs, ...tuning }: Tuning = {},
): Promise<EventBus> =>
  adapter === 'jetstream'
    ? connectJetStream({ url, stream: clusterId, clientName, ackWaitMs, ...tuning })
    : connectNatsStreaming({
        url,
        clusterId,
        clientName,
        ackWaitSeconds: ackWaitMs / 1000,
        ...tuning,
      });
