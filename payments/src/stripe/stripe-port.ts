/**
 * What payments asks of Stripe, and the few ways in which it can go wrong. Small on purpose: the table of attempts
 * (docs/protocol.md, "Payment attempt") decides from what an intent *is*, never from an error.
 */

/**
 * Statuses of a PaymentIntent (https://docs.stripe.com/payments/paymentintents/lifecycle). `unknown` is one that Stripe
 * has invented since: no row of the table takes it for anything, and reconciliation tells of it.
 */
export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded'
  | 'unknown';

export interface Decline {
  /** Stripe's words for the buyer: `Your card was declined.` */
  readonly message: string;
  /** `card_declined`, `expired_card`, … */
  readonly code?: string;
  /** `insufficient_funds`, … */
  readonly declineCode?: string;
}

/** What Stripe says of an intent. Amounts in integer minor units. */
export interface Intent {
  readonly id: string;
  readonly status: IntentStatus;
  readonly amount: number;
  readonly amountReceived: number;
  /** What of it was given back since, by whomever. */
  readonly amountRefunded: number;
  readonly currency: string;
  readonly clientSecret?: string;
  /** The PaymentMethod it was made with. */
  readonly paymentMethod?: string;
  /** Why the last try to authorise was refused. */
  readonly lastError?: Decline;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the buyer's bank asks, while it is `requires_action`, if it is a page of its own. */
  readonly actionUrl?: string;
  readonly created: Date;
}

/** How the buyer pays: Stripe's test token (`tok_visa`) or a PaymentMethod (`pm_…`). Never a card number. */
export type Means = { readonly token: string } | { readonly paymentMethod: string };

export interface NewIntent {
  readonly amount: number;
  readonly currency: string;
  /** Its id, `pm_…`. */
  readonly paymentMethod: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Stored before the call, so that a crash in between can ask again and get the same intent. */
  readonly idempotencyKey: string;
}

export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  /** The intent it is about, where it is about one. */
  readonly intentId?: string;
}

/** The outcome is not known: no answer in time, no connection, 409, 429, or a 5xx of a call without a key. */
export class StripeUnavailable extends Error {
  override readonly name = 'StripeUnavailable';
}

/** A refusal that Stripe keeps under the idempotency key, as of a 5xx: the same key answers the same for ever. */
export class StripeKeptError extends Error {
  override readonly name = 'StripeKeptError';
}

/** Refused for good: the card, the means, or the request. Nothing was taken by this call. */
export class StripeRefused extends Error {
  override readonly name = 'StripeRefused';
  readonly decline: Decline;
  constructor(decline: Decline) {
    super(decline.message);
    this.decline = decline;
  }
}

/** Stripe does not know an intent that it made: we are at another account than the one that made it, most likely. */
export class IntentUnknown extends Error {
  override readonly name = 'IntentUnknown';
}

/** A webhook that Stripe did not sign, or too old. */
export class ForgedWebhook extends Error {
  override readonly name = 'ForgedWebhook';
}

/**
 * The port to Stripe. Every call has its own time-out and is made once: when to try again is the table's to say.
 * Each throws `StripeUnavailable` where the outcome is not known, and `StripeRefused` where Stripe refuses for good.
 */
export interface StripePort {
  /** Makes a PaymentMethod of a token, which may be used up by it. @returns its id @throws {StripeKeptError} */
  createMethod(token: string, idempotencyKey: string): Promise<string>;
  /** Creates an intent with manual capture, unconfirmed. @throws {StripeKeptError} on a 5xx under this key */
  createIntent(intent: NewIntent): Promise<Intent>;
  confirm(intentId: string): Promise<Intent>;
  capture(intentId: string): Promise<Intent>;
  cancel(intentId: string): Promise<Intent>;
  retrieve(intentId: string): Promise<Intent>;
  /** Every intent that this deployment made since, newest first. */
  list(since: Date): AsyncIterable<Intent>;
  /** @throws {ForgedWebhook} */
  readWebhook(rawBody: Buffer, signature: string | undefined): WebhookEvent;
}
