export { aggregateSchema, REPUBLISH_INDEX } from './aggregate-schema.ts';
export {
  type AggregateStore,
  aggregateStore,
  type Beside,
  type Heard,
  type Outcome,
  type Republishing,
  VersionConflict,
} from './aggregate-store.ts';
export { change, type Decision, putOff, refuse, unchanged } from './decision.ts';
export { createRelay, type Outbox, type OutboxDepth, type Relay, type RelayOptions } from './relay.ts';
export { republishing } from './republishing.ts';
