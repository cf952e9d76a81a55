import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { askNats } from './nats-conversation.ts';
import { type EngineKind, type RunningEngine, type StartOptions, startEngine } from './running-engine.ts';

/** The NATS Streaming cluster that services connect to, on every machine. */
export const CLUSTER_ID = 'ticketing';

const natsStreaming: EngineKind = {
  name: 'nats-streaming-server',
  container: { dataDir: '/data', port: 4222, monitorPort: 8222 },
  prepare: async ({ address, dataDir, configDir, serverName }) => {
    const config = {
      server_name: serverName,
      listen: `${address.host}:${address.port}`,
      // The only place where it says what a queue group has yet to handle.
      http: `${address.host}:${address.monitorPort}`,
      streaming: {
        cluster_id: CLUSTER_ID,
        store: 'file',
        dir: `${dataDir}/store`,
        // The server's defaults drop the oldest message after a million, or 976 MB, read or not: no such limit. What
        // is 30 days old goes, as in infra/k8s/base/nats/nats.conf.
        store_limits: { max_channels: 0, max_subs: 0, max_msgs: 0, max_bytes: 0, max_age: '720h' },
        // A member that died keeps its messages until the server notices: within about 4 s instead of 5 minutes.
        hb_interval: '1s',
        hb_timeout: '1s',
        hb_fail_count: 3,
        // Written through to the disk before a publish is acknowledged.
        file_options: { sync_on_flush: true },
      },
    };
    await writeFile(path.join(configDir.here, 'nats-streaming.conf'), JSON.stringify(config, null, 2));
    return ['--config', `${configDir.there}/nats-streaming.conf`];
  },
  url: (port) => `nats://127.0.0.1:${port}`,
  // A connect request without content is refused, and only the streaming part of the server can refuse it.
  probe: (port) => askNats(port, `_STAN.discover.${CLUSTER_ID}`),
};

/** Starts a NATS Streaming server with a file store, as cluster `ticketing`. */
export const startNatsStreaming = (options: StartOptions): Promise<RunningEngine> =>
  startEngine(natsStreaming, options);
