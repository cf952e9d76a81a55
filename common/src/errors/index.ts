/**
 * What a use case refuses with. Each refusal is a class with a name; its status and code say how HTTP tells of it, in
 * one place (`http/answer-errors.ts`). This module knows no framework, so the client may use the codes too.
 */

/** Every `code` an answer can carry (docs/http.md, "Errors"). */
export const errorCodes = [
  'invalid_field',
  'invalid_json',
  'invalid_cursor',
  'invalid_idempotency_key',
  'invalid_signature',
  'email_in_use',
  'invalid_credentials',
  'not_signed_in',
  'not_yours',
  'cross_site',
  'https_required',
  'not_found',
  'body_too_large',
  'unsupported_media_type',
  'too_many_requests',
  'unavailable',
  'internal',
  'ticket_reserved',
  'ticket_sold',
  'ticket_withdrawn',
  'ticket_started',
  'own_ticket',
  'too_many_reservations',
  'reservation_paused',
  'order_completed',
  'order_cancelled',
  'order_expired',
  'order_paid',
  'payment_under_way',
  'card_refused',
  'card_declined',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
  'authentication_required',
  'handle_taken',
  'handle_changed_lately',
  'own_profile',
  'profile_hidden',
  'too_late_to_edit',
  'too_many_follows',
  'too_many_blocks',
  'idempotency_key_reused',
  'idempotency_key_running',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One line of an error answer: `{"errors":[{"message","field"?,"code"?}]}`. */
export interface ErrorLine {
  readonly message: string;
  readonly field?: string;
  readonly code?: ErrorCode;
  /** Stripe's finer word for a refused card: `insufficient_funds`. */
  readonly declineCode?: string;
  /** Stripe's own code, where `code` can only say that the card was refused: `resource_missing`. */
  readonly stripeCode?: string;
}

/** A request that is refused. Anything else that is thrown answers 500 and says nothing of its inside. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
  readonly status: number;
  readonly lines: readonly ErrorLine[];
  /** Whole seconds after which trying again makes sense; sent as Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(status: number, lines: readonly ErrorLine[], retryAfter?: number) {
    super(lines.map((line) => line.message).join('; '));
    this.name = new.target.name;
    this.status = status;
    this.lines = lines;
    this.retryAfter = retryAfter;
  }
}

/** 400: invalid, or refused by the state of things. */
export class BadRequest extends Refusal {
  constructor(code: ErrorCode, message: string, field?: string) {
    super(400, [field === undefined ? { message, code } : { message, field, code }]);
  }
}

/** 400: one line a field. */
export class InvalidFields extends Refusal {
  constructor(fields: readonly { message: string; field: string }[]) {
    super(
      400,
      fields.map((line) => ({ ...line, code: 'invalid_field' })),
    );
  }
}

/** 400: a cursor that is not one of ours, or of another list. */
export class InvalidCursor extends BadRequest {
  constructor() {
    super('invalid_cursor', 'cursor is not one that a page of this list gave', 'cursor');
  }
}

export class NotSignedIn extends Refusal {
  constructor() {
    super(401, [{ message: 'Not signed in', code: 'not_signed_in' }]);
  }
}

/** 401, as the contract says, with a code that tells it from not being signed in. */
export class NotYours extends Refusal {
  constructor(message = 'This is not yours') {
    super(401, [{ message, code: 'not_yours' }]);
  }
}

export class CrossSite extends Refusal {
  constructor() {
    super(403, [{ message: 'Requests from other sites are refused', code: 'cross_site' }]);
  }
}

export class NotFound extends Refusal {
  constructor(message = 'Not found') {
    super(404, [{ message, code: 'not_found' }]);
  }
}

/** 429. `retryAfter` in whole seconds. */
export class TooManyRequests extends Refusal {
  constructor(retryAfter: number) {
    super(429, [{ message: 'Too many requests, try again later', code: 'too_many_requests' }], retryAfter);
  }
}

/** 503: not now. `retryAfter` in whole seconds. */
export class Unavailable extends Refusal {
  constructor(message = 'Busy, try again in a moment', retryAfter = 1) {
    super(503, [{ message, code: 'unavailable' }], retryAfter);
  }
}

/** The value, or a 404: `const ticket = found(await tickets.find(id), 'Ticket')`. */
export const found = <T>(value: T | null | undefined, what?: string): T => {
  if (value === null || value === undefined)
    throw new NotFound(what === undefined ? undefined : `${what} not found`);
  return value;
};
