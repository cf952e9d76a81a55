import type { Card } from './card.ts';

/** Seconds since 1970, as in all of Stripe's answers. */
export type Seconds = number;

export type Metadata = Readonly<Record<string, string>>;

export interface Address {
  readonly city: string | null;
  readonly country: string | null;
  readonly line1: string | null;
  readonly line2: string | null;
  readonly postal_code: string | null;
  readonly state: string | null;
}

export interface BillingDetails {
  readonly address: Address;
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
}

export interface PaymentMethod {
  readonly id: string;
  readonly created: Seconds;
  readonly card: Card;
  readonly billingDetails: BillingDetails;
  readonly metadata: Metadata;
  /** The intent it has paid. Without a customer it pays one only. */
  readonly usedBy: string | null;
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

export type CancellationReason =
  | 'abandoned'
  | 'automatic'
  | 'duplicate'
  | 'fraudulent'
  | 'requested_by_customer';

/** What went wrong when the intent was last confirmed. */
export interface PaymentError {
  readonly type: 'card_error' | 'invalid_request_error';
  readonly code: string;
  readonly declineCode?: string;
  readonly message: string;
  readonly param?: string;
  readonly chargeId?: string;
  readonly paymentMethodId: string;
}

export interface Intent {
  readonly id: string;
  readonly clientSecret: string;
  readonly created: Seconds;
  readonly status: IntentStatus;
  readonly amount: number;
  readonly amountReceived: number;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'automatic_async' | 'manual';
  /** Null: not whatever the account has enabled. */
  readonly automaticPaymentMethods: { readonly redirects: 'always' | 'never' } | null;
  readonly allowedTypes: readonly 'card'[] | null;
  readonly requestThreeDSecure: 'any' | 'automatic' | 'challenge';
  readonly paymentMethodId: string | null;
  readonly lastError: PaymentError | null;
  readonly latestChargeId: string | null;
  /** The question that the holder's bank waits for an answer to. */
  readonly authentication: { readonly id: string; readonly returnUrl: string | null } | null;
  readonly canceledAt: Seconds | null;
  readonly cancellationReason: CancellationReason | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly receiptEmail: string | null;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
}

export interface Charge {
  readonly id: string;
  readonly intentId: string;
  readonly paymentMethodId: string;
  readonly created: Seconds;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'failed' | 'succeeded';
  readonly captured: boolean;
  readonly amountCaptured: number;
  /** Given back, or released because it was never captured. */
  readonly amountRefunded: number;
  readonly authenticated: boolean;
  readonly failure: { readonly code: string; readonly declineCode?: string; readonly message: string } | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly receiptEmail: string | null;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
}

export interface Refund {
  readonly id: string;
  readonly chargeId: string;
  readonly intentId: string;
  readonly created: Seconds;
  readonly amount: number;
  readonly currency: string;
  readonly reason: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null;
  readonly metadata: Metadata;
}

/** Of all that Stripe tells, what concerns a card payment. */
export type EventType =
  | 'charge.captured'
  | 'charge.expired'
  | 'charge.failed'
  | 'charge.refunded'
  | 'charge.succeeded'
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.canceled'
  | 'payment_intent.created'
  | 'payment_intent.payment_failed'
  | 'payment_intent.requires_action'
  | 'payment_intent.succeeded'
  | 'refund.created';

export interface HappenedEvent {
  readonly id: string;
  readonly created: Seconds;
  readonly type: EventType;
  /** The object as Stripe would have shown it at that moment. */
  readonly object: Readonly<Record<string, unknown>>;
  readonly request: { readonly id: string | null; readonly idempotencyKey: string | null };
}

/** The first answer under an idempotency key. */
export interface KeptAnswer {
  /** The key. */
  readonly id: string;
  readonly created: Seconds;
  /** The endpoint, as `POST /v1/payment_intents`. */
  readonly endpoint: string;
  /** Of the parameters, without card numbers. */
  readonly fingerprint: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: string;
}

/** An event on its way to the webhook's destination. */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  /** Failed so far. */
  readonly failures: number;
}
