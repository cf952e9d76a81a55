import type { BusLogger, EventBus } from './event-bus.ts';

/** The brokers one can choose: `TRANSPORT` of a service. */
export const transports = ['nats-streaming', 'jetstream'] as const;
export type Transport = (typeof transports)[number];

export interface BusSettings {
  readonly transport: Transport;
  /** `nats://host:port`, several separated by commas. */
  readonly url: string;
  /** The cluster id of NATS Streaming, or the name of the stream in JetStream. */
  readonly clusterId: string;
  /** Who connects: the service's name, seen in the broker's monitoring. */
  readonly clientName: string;
  readonly logger?: BusLogger;
}

/**
 * Connects to the chosen broker. Only that broker's client is loaded. Resolves after the first try to connect, whether
 * it succeeded or not: a service starts, and answers, while its broker is away.
 */
export const connectBus = async ({ transport, clusterId, ...settings }: BusSettings): Promise<EventBus> => {
  switch (transport) {
    case 'nats-streaming': {
      const { connectNatsStreaming } = await import('./nats-streaming/index.ts');
      return connectNatsStreaming({ ...settings, clusterId });
    }
    case 'jetstream': {
      const { connectJetStream } = await import('./jetstream/index.ts');
      return connectJetStream({ ...settings, stream: clusterId });
    }
  }
};
