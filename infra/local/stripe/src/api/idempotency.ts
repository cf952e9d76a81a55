import { createHash } from 'node:crypto';
import { isKept } from '../account.ts';
import type { KeptAnswer, Seconds } from '../domain/records.ts';
import type { Ledger } from '../store/ledger.ts';
import { ApiError, invalid } from './api-error.ts';

/** What a key stands for: the same call with the same parameters. */
export interface Request {
  readonly key: string;
  /** `POST /v1/payment_intents` */
  readonly endpoint: string;
  readonly fingerprint: string;
}

/**
 * Idempotency as Stripe keeps it (docs.stripe.com/api/idempotent_requests): what was answered first under a key, 2xx,
 * 4xx or 5xx, is answered again for a day; refusals that come before the call begins (key, parameters, rate) are not
 * kept.
 */
export interface Idempotency {
  /**
   * The first answer under this key, if there is one; otherwise the key is taken until `release`.
   * @throws {ApiError} 400 for another call or other parameters, 409 while the first call runs
   */
  begin(request: Request, now: Seconds): KeptAnswer | undefined;
  release(key: string): void;
}

const LONGEST_KEY = 255;

const idempotencyError = (status: number, message: string, code?: string): ApiError =>
  new ApiError(status, { type: 'idempotency_error', message, ...(code === undefined ? {} : { code }) });

const assertSame = (first: Omit<Request, 'key'>, { key, endpoint, fingerprint }: Request): void => {
  if (first.endpoint !== endpoint) {
    throw idempotencyError(
      400,
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${first.endpoint.replace(/^\w+ /, '')}' vs '${endpoint.replace(/^\w+ /, '')}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
  if (first.fingerprint !== fingerprint) {
    throw idempotencyError(
      400,
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
};

export const openIdempotency = (ledger: Ledger): Idempotency => {
  const running = new Map<string, Request>();
  return {
    begin(request, now) {
      const { key } = request;
      if (key.length > LONGEST_KEY) {
        throw invalid(`Idempotency keys are at most ${LONGEST_KEY} characters long.`);
      }
      const kept = ledger.find('answers', key);
      if (kept !== undefined && isKept(kept.created, now)) {
        assertSame(kept, request);
        return kept;
      }
      const other = running.get(key);
      if (other !== undefined) {
        assertSame(other, request);
        throw idempotencyError(
          409,
          `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
          'idempotency_key_in_use',
        );
      }
      running.set(key, request);
      return undefined;
    },
    release(key) {
      running.delete(key);
    },
  };
};

/** Of a typed card only the last four digits count, so that nothing of its number can be found out from the hash. */
const withoutCard = (name: string, value: unknown): unknown => {
  if (name === 'number' && typeof value === 'string') return value.slice(-4);
  if (name === 'cvc') return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // Sorted: the order of parameters is no difference.
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
};

export const fingerprintOf = (params: unknown): string =>
  createHash('sha256').update(JSON.stringify(params, withoutCard)).digest('base64url');
