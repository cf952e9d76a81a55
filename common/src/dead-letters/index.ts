export { type DeadLetters, type KeptLetter, replay } from './dead-letters.ts';
export { deadLettersInMongo } from './mongo-store.ts';
