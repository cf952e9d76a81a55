export {
  type IdempotencyKey,
  type IdempotencyOptions,
  idempotency,
  idempotencyKey,
  withKey,
} from './idempotency.ts';
export { idempotencyIndex } from './idempotency-index.ts';
