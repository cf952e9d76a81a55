export { type DeadLetters, type KeptLetter, type Replayed, replay, replayAll } from './dead-letters.ts';
export { deadLettersInMongo } from './mongo-store.ts';
