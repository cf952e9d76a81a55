import { toDecimal } from '@ticketing/common/money';
import type { Payment } from './payment.ts';
import {
  CardRefused,
  OrderCancelled,
  OrderExpired,
  OrderPaid,
  PaymentUnderWay,
  StripeAway,
} from './refusals.ts';

/**
 * A payment as its buyer sees it. `processing`: the card is being asked, or is authorised and the order not decided
 * yet, or its capture is being undone; the page finds out by itself. `requires_action`: the bank asks, with
 * `clientSecret`.
 */
export interface PaymentAnswer {
  readonly id: string;
  readonly orderId: string;
  readonly status: 'processing' | 'requires_action' | 'captured' | 'refused' | 'canceled' | 'failed';
  /** A decimal in `currency`. */
  readonly amount: number;
  readonly currency: string;
  /** What of it was given back, a decimal. */
  readonly refunded?: number;
  readonly clientSecret?: string;
  /** The bank's page, where it is one to go to. */
  readonly actionUrl?: string;
  readonly decline?: { readonly message: string; readonly code?: string; readonly declineCode?: string };
}

const statusOf = ({ status, reason }: Payment): PaymentAnswer['status'] => {
  switch (status) {
    case 'authorising':
    case 'authorized':
    case 'capturing':
      return 'processing';
    case 'cancelling':
    case 'canceled':
      // A refused capture is being undone, and another driver's may have won: it ends failed or captured.
      if (status === 'cancelling' && reason === 'capture_refused') return 'processing';
      return reason === 'refused' ? 'refused' : 'canceled';
    default:
      return status;
  }
};

export const toAnswer = (payment: Payment): PaymentAnswer => {
  const { id, orderId, amount, currency, refunded, action, decline } = payment;
  return {
    id,
    orderId,
    status: statusOf(payment),
    amount: toDecimal(amount),
    currency,
    ...(refunded === undefined ? {} : { refunded: toDecimal(refunded) }),
    ...(action === undefined ? {} : { clientSecret: action.clientSecret }),
    ...(action?.url === undefined ? {} : { actionUrl: action.url }),
    ...(decline === undefined ? {} : { decline }),
  };
};

/**
 * The answer to whoever tries to pay: what is under way or done, or why it was refused.
 * @throws {CardRefused} and the other refusals
 */
export const outcomeOf = (payment: Payment): PaymentAnswer => {
  if (payment.status !== 'cancelling' && payment.status !== 'canceled') return toAnswer(payment);
  switch (payment.reason) {
    case 'order_cancelled':
      throw new OrderCancelled();
    case 'another_paid':
      throw new OrderPaid();
    case 'order_expired':
      throw new OrderExpired();
    case 'superseded':
      throw new PaymentUnderWay();
    case 'timed_out':
      throw new StripeAway();
    case 'capture_refused':
      return toAnswer(payment);
    default:
      throw new CardRefused(payment.decline);
  }
};
