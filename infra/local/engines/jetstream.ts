import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { askNats } from './nats-conversation.ts';
import { type EngineKind, type RunningEngine, type StartOptions, startEngine } from './running-engine.ts';

const natsServer: EngineKind = {
  name: 'nats-server',
  container: { dataDir: '/data', port: 4222 },
  prepare: async ({ address, dataDir, configDir, serverName }) => {
    const config = {
      server_name: serverName,
      listen: `${address.host}:${address.port}`,
      // By default a message is on the disk only up to two minutes after it was acknowledged.
      jetstream: { store_dir: `${dataDir}/store`, sync_interval: 'always' },
    };
    await writeFile(path.join(configDir.here, 'nats-server.conf'), JSON.stringify(config, null, 2));
    return ['--config', `${configDir.there}/nats-server.conf`];
  },
  url: (port) => `nats://127.0.0.1:${port}`,
  probe: (port) => askNats(port, '$JS.API.INFO'),
};

/** Starts a NATS server with JetStream, which writes each message through to the disk before it acknowledges it. */
export const startJetStream = (options: StartOptions): Promise<RunningEngine> =>
  startEngine(natsServer, options);
