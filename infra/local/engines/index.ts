/**
 * The engines ticketing.dev runs on, on one machine: found or fetched, started, stopped. The same code serves
 * `npm start` and every test.
 */
export { catalogue } from './catalogue.ts';
export type { EngineName, Report } from './engine-name.ts';
export { execute, stopExecuting } from './execute.ts';
export { fromGo } from './from-go.ts';
export { endWithUs, forget } from './guard.ts';
export { startJetStream } from './jetstream.ts';
export {
  cacheFolder,
  EngineUnavailable,
  type LocatedEngine,
  type LocateOptions,
  locateEngine,
} from './locate.ts';
export { startMongo } from './mongo.ts';
export { CLUSTER_ID, startNatsStreaming } from './nats-streaming.ts';
export { startRedis } from './redis.ts';
export { type ReplicaSet, startReplicaSet } from './replica-set.ts';
export type { RunningEngine, StartOptions } from './running-engine.ts';
export { type Service, urlFromEnvironment } from './url-from-environment.ts';
