/** What is asked of Stripe, and what it says of an intent. Only reads. */

/**
 * Statuses of a PaymentIntent (https://docs.stripe.com/payments/paymentintents/lifecycle). `unknown` is one that Stripe
 * has invented since.
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

/** Amounts in integer minor units. */
export interface Intent {
  readonly id: string;
  readonly status: IntentStatus;
  readonly amount: number;
  readonly amountReceived: number;
  /** What of it was given back since. */
  readonly amountRefunded: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly created: Date;
}

/** Both throw `StripeUnavailable` where Stripe does not answer, or does not let us ask. */
export interface IntentSource {
  /** Every intent that this deployment made since, newest first. */
  list(since: Date): AsyncIterable<Intent>;
  /** @returns undefined where Stripe has no such intent */
  retrieve(id: string): Promise<Intent | undefined>;
}

/** Stripe did not answer, or not to us: what was compared by then is not the whole. */
export class StripeUnavailable extends Error {
  override readonly name = 'StripeUnavailable';
}

const OBJECT_ID = /^[0-9a-f]{24}$/;

/** The payment that an intent was made for. @returns undefined for one that is not ours, on a shared account */
export const madeFor = ({
  metadata,
}: Pick<Intent, 'metadata'>): { readonly paymentId: string; readonly orderId: string } | undefined => {
  const { paymentId = '', orderId = '' } = metadata;
  return OBJECT_ID.test(paymentId) && OBJECT_ID.test(orderId) ? { paymentId, orderId } : undefined;
};
