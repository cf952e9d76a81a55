import type { Intent, PaymentMethod } from '../domain/records.ts';

/** What an error says, in Stripe's words and fields (docs.stripe.com/api/errors). */
export interface ErrorDetails {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly declineCode?: string;
  readonly param?: string;
  readonly chargeId?: string;
  /** Shown with the error, as it is now. */
  readonly intent?: Intent;
  readonly paymentMethod?: PaymentMethod;
}

/**
 * A request that Stripe would refuse. Thrown, it leaves everything as it was; as the result of a call (a declined card)
 * it is answered together with what has changed.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly details: ErrorDetails;

  constructor(status: number, details: ErrorDetails) {
    super(details.message);
    this.status = status;
    this.details = details;
  }
}

/** 400: the request is wrong, or comes at the wrong time. */
export const invalid = (message: string, more: Partial<Omit<ErrorDetails, 'message'>> = {}): ApiError =>
  new ApiError(400, { type: 'invalid_request_error', message, ...more });

const names = {
  intents: 'payment_intent',
  charges: 'charge',
  refunds: 'refund',
  paymentMethods: 'PaymentMethod',
  events: 'event',
} as const;

type Named = keyof typeof names;

/** 404 where the path names it, 400 where a parameter does. */
export const missing = (kind: Named, id: string, param?: string): ApiError =>
  new ApiError(param === undefined ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${names[kind]}: '${brief(id)}'`,
    param: param ?? (kind === 'intents' ? 'intent' : 'id'),
  });

/** Only as much of what somebody sent as cannot be a card number. */
export const brief = (text: string): string => (/\d[\d -]{6,}\d/.test(text) ? '…' : text.slice(0, 80));

/** 400 `payment_intent_unexpected_state`, with the intent as it is. */
export const unexpectedState = (intent: Intent, message: string): ApiError =>
  invalid(message, { code: 'payment_intent_unexpected_state', intent });
