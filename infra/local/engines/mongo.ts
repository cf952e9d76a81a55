import { type Db, MongoClient } from 'mongodb';
import { type EngineKind, type RunningEngine, type StartOptions, startEngine } from './running-engine.ts';

/** Asks the mongod on this port, and no other member of its replica set, whatever it is at the moment. */
export const askMongod = async <T>(port: number, ask: (admin: Db) => Promise<T>): Promise<T> => {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
  });
  try {
    return await ask(client.db('admin'));
  } finally {
    await client.close();
  }
};

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
  probe: (port) =>
    askMongod(port, async (admin) => ({ pid: Number((await admin.command({ serverStatus: 1 })).pid) })),
};

/** Starts a mongod. Journaled; what was acknowledged with `j: true` survives any crash. */
export const startMongo = (options: StartOptions): Promise<RunningEngine> => startEngine(mongod, options);
