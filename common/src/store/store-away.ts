import { types } from 'node:util';

/** The store is away for the moment, or leaves its primary: trying again is right. */
const STORE_AWAY = new Set([
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoOperationTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoServerClosedError',
  'MongoServerSelectionError',
  'MongoStalePrimaryError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
  'MongooseServerSelectionError',
  'PoolClearedOnNetworkError',
]);

/** Codes of a server that is stopping, electing, or takes too long for one query (MaxTimeMSExpired). */
const SERVER_BUSY = new Set([6, 7, 50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/**
 * A connection that broke as something was written to it. The driver gives this error on as Node has made it, where what
 * is written has to wait for the socket (its `writeCommand` waits for `drain`).
 */
const BROKEN_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_DESTROYED', 'ETIMEDOUT']);

/**
 * What failed may be tried again: the store did not answer, or could not just then. What became of a write is unknown.
 *
 * `isNativeError` and not `instanceof`: under jest, an error that Node made is of another realm's `Error`.
 */
export const isStoreAway = (error: unknown): boolean =>
  types.isNativeError(error) &&
  (STORE_AWAY.has(error.name) ||
    ('code' in error && typeof error.code === 'string' && BROKEN_CONNECTION.has(error.code)) ||
    (/^Mongo(Server|WriteConcern)Error$/.test(error.name) &&
      'code' in error &&
      typeof error.code === 'number' &&
      SERVER_BUSY.has(error.code)));
