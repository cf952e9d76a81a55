import { ApiError } from '../../shared/api/api-error.ts';
import type { Payment } from '../../shared/api/types.ts';

/** What payments' answer means for the page. */
export type Outcome =
  /** The card is being asked, or the money is there and the order not decided yet: it goes on by itself. */
  | { readonly kind: 'processing'; readonly payment: Payment }
  /** The buyer's bank wants to hear from the buyer (3-D Secure). */
  | { readonly kind: 'bank asks'; readonly payment: Payment }
  | { readonly kind: 'refused'; readonly decline: Decline }
  /** Given up, and nothing taken: a new attempt may begin. */
  | { readonly kind: 'given up' }
  /** The order has ended, one way or the other; it knows which. */
  | { readonly kind: 'order ended' }
  /** Another tab or device is paying. */
  | { readonly kind: 'paid elsewhere' }
  /** The same request is under way already. */
  | { readonly kind: 'running'; readonly retryAfter: number }
  /** No answer, or not now; asking again under the same key is right. `spoken`: payments itself said so. */
  | { readonly kind: 'away'; readonly spoken: boolean; readonly retryAfter: number | undefined }
  | { readonly kind: 'not signed in' }
  /** A fault of ours, in the service's words. */
  | { readonly kind: 'wrong'; readonly message: string };

export interface Decline {
  readonly code: string | undefined;
  readonly declineCode: string | undefined;
}

/** An answer of POST or GET of payments, or of confirming. */
export const outcomeOf = (payment: Payment): Outcome => {
  switch (payment.status) {
    case 'processing':
      return { kind: 'processing', payment };
    case 'requires_action':
      return { kind: 'bank asks', payment };
    case 'refused':
      return {
        kind: 'refused',
        decline: { code: payment.decline?.code, declineCode: payment.decline?.declineCode },
      };
    case 'canceled':
      return { kind: 'given up' };
    // Taken, or never to be taken: the order follows at once.
    case 'captured':
    case 'failed':
      return { kind: 'order ended' };
  }
};

export const outcomeOfError = (error: unknown): Outcome => {
  if (!(error instanceof ApiError)) throw error;
  const [line] = error.lines;
  if (error.status === 402) {
    return { kind: 'refused', decline: { code: line?.code, declineCode: line?.declineCode } };
  }
  if (error.is('idempotency_key_running')) return { kind: 'running', retryAfter: error.retryAfter ?? 1 };
  if (error.is('payment_under_way')) return { kind: 'paid elsewhere' };
  if (error.is('order_paid') || error.is('order_cancelled') || error.is('order_expired')) {
    return { kind: 'order ended' };
  }
  if (error.is('not_signed_in')) return { kind: 'not signed in' };
  if (error.isTemporary) {
    return { kind: 'away', spoken: error.status === 503, retryAfter: error.retryAfter };
  }
  return { kind: 'wrong', message: line?.message ?? '' };
};
