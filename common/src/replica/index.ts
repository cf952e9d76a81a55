export { type ArrivalsOptions, arrivals } from './arrivals.ts';
export { isDuplicateKey } from './duplicate-key.ts';
export { type Replica, type ReplicaFields, replicaOf } from './replica.ts';
