export { type ArrivalsOptions, arrivals } from './arrivals.ts';
export { isDuplicateKey } from './duplicate-key.ts';
export { type Replica, replicaOf } from './replica.ts';
