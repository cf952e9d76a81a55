export { type ArrivalsOptions, arrivals } from './arrivals.ts';
export { batchesOf, type Pair, pairsOf, republishWhatLacks } from './compare.ts';
export { isDuplicateKey } from './duplicate-key.ts';
export { type Replica, replicaOf } from './replica.ts';
