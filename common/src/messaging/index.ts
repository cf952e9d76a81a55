export type { BrokerWatch, UnderWay } from './broker-watch.ts';
export { type BusSettings, connectBus, type Transport, transports } from './connect-bus.ts';
export * from './event-bus.ts';
export {
  type Around,
  type DeadLetterStore,
  type FailedEvent,
  on,
  type Reaction,
  type ReactionMetrics,
  type Reactions,
  react,
} from './reactions.ts';
export { type WatchSettings, watchBroker } from './watch-broker.ts';
