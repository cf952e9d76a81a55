import mongoose, { type Connection, type ConnectOptions } from 'mongoose';

/**
 * Only what a majority of the replica set has is true (docs/protocol.md, rule 1): what is read, decided on, answered or
 * published is never taken back by the election of another primary. On a standalone mongod it changes nothing.
 */
const ofAMajority = {
  readConcern: { level: 'majority' },
  writeConcern: { w: 'majority', journal: true },
} as const satisfies ConnectOptions;

/**
 * How soon a server that is away, or hangs, is known to be. Polled: a hung server does not end the connection over which
 * it would stream its news (driver 7.8; `timeoutMS` does nothing there).
 */
const watchful = {
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 1_000,
  heartbeatFrequencyMS: 1_000,
  serverMonitoringMode: 'poll',
} as const satisfies ConnectOptions;

/** Longest wait for an answer of the server. Beyond it the connection is given up, and a write has an unknown end. */
const ANSWER_MS = 1_500;

/**
 * Longest time, in milliseconds, that a query of a request may take at the server (`maxTimeMS`): less than the wait for
 * its answer, or a slow query would look like a hung server, and be asked twice.
 */
export const QUERY_MS = 1_000;

/**
 * What a connection is for: `requests` are refused soon where the server hangs; `long work` (building indexes, an
 * operator's command) waits for as long as the server works on it.
 */
export type Purpose = 'requests' | 'long work';

/** The database that a URL names; one URL may name several servers, which `URL` cannot read. */
const databaseIn = (url: string): string => /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]*)/.exec(url)?.[1] || 'test';

/**
 * What the connections of a service's processes are called at the server (`appName`). The database is in it: one server may
 * have those of several deployments.
 */
export const clientNameOf = (service: string, url: string): string => `${service} of ${databaseIn(url)}`;

/**
 * The clients that are connected to the server under this name, as `address:port`, those of which nothing is heard as well.
 * A user without the privilege `inprog` sees only its own, and the processes of a service have the user of its database.
 */
export const clientsOf = async (mongo: Connection, name: string): Promise<string[]> => {
  const all = { $currentOp: { allUsers: false, idleConnections: true, localOps: true } };
  const found = await mongo
    .getClient()
    .db('admin')
    .aggregate<{ client?: string }>([all, { $match: { appName: name } }], { readConcern: { level: 'local' } })
    .toArray();
  return found.flatMap(({ client }) => client ?? []);
};

/**
 * The one way to connect to a database. It creates no collection and no index by itself, and buffers nothing while the
 * server is away.
 * @throws the driver's error when no server can be reached within 2 seconds
 */
export const connectMongo = async (
  url: string,
  purpose: Purpose,
  more: ConnectOptions = {},
): Promise<Connection> => {
  const connection = mongoose.createConnection();
  try {
    return await connection.openUri(url, {
      ...more,
      ...watchful,
      ...ofAMajority,
      ...(purpose === 'requests' ? { socketTimeoutMS: ANSWER_MS } : {}),
      autoCreate: false,
      autoIndex: false,
      bufferCommands: false,
    });
  } catch (error) {
    await connection.destroy();
    throw error;
  }
};
