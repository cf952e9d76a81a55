import type { BrokerWatch } from './broker-watch.ts';
import type { Transport } from './connect-bus.ts';

export interface WatchSettings {
  readonly transport: Transport;
  /** `nats://host:port`, several separated by commas. */
  readonly url: string;
  /** The cluster id of NATS Streaming, or the name of the stream in JetStream. */
  readonly clusterId: string;
  /** `http://host:port`, where the server of NATS Streaming answers about itself; JetStream needs none. */
  readonly monitorUrl?: string | undefined;
}

/**
 * Watches the chosen broker: JetStream is asked over a connection, NATS Streaming at its monitoring port, because its
 * protocol does not tell. Only that broker's client is loaded.
 *
 * @throws {BusUnavailable} within a few seconds, when it does not answer
 * @throws {TypeError} for a setting that is missing, or names another cluster
 */
export const watchBroker = async ({
  transport,
  url,
  clusterId,
  monitorUrl,
}: WatchSettings): Promise<BrokerWatch> => {
  switch (transport) {
    case 'nats-streaming': {
      const { watchNatsStreaming } = await import('./nats-streaming/watch.ts');
      return watchNatsStreaming({ clusterId, monitorUrl });
    }
    case 'jetstream': {
      const { watchJetStream } = await import('./jetstream/watch.ts');
      return watchJetStream({ url, stream: clusterId });
    }
  }
};
