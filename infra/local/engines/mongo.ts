import { MongoClient } from 'mongodb';
import { type EngineKind, type RunningEngine, type StartOptions, startEngine } from './running-engine.ts';

const mongod: EngineKind = {
  name: 'mongod',
  container: { dataDir: '/data/db', port: 27017 },
  prepare: async ({ address, dataDir }) => [
    ...['--dbpath', dataDir, '--bind_ip', address.host, '--port', String(address.port)],
    // By default it would take half of the machine's memory.
    ...['--wiredTigerCacheSizeGB', '0.5'],
    '--nounixsocket',
    '--quiet',
  ],
  url: (port) => `mongodb://127.0.0.1:${port}`,
  probe: async (port) => {
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
      serverSelectionTimeoutMS: 1_000,
      connectTimeoutMS: 1_000,
    });
    try {
      const status = await client.db('admin').command({ serverStatus: 1 });
      return { pid: Number(status.pid) };
    } finally {
      await client.close();
    }
  },
};

/** Starts a mongod. Journaled; what was acknowledged with `j: true` survives any crash. */
export const startMongo = (options: StartOptions): Promise<RunningEngine> => startEngine(mongod, options);
