/** What payments refuses with. */
import { BadRequest, type ErrorCode, type ErrorLine, Refusal, Unavailable } from '@ticketing/common/errors';
import type { Decline } from './stripe/stripe-port.ts';

export class OrderCancelled extends BadRequest {
  constructor() {
    super('order_cancelled', 'The order is cancelled; nothing was taken');
  }
}

export class OrderExpired extends BadRequest {
  constructor() {
    super('order_expired', 'The time to pay is over; nothing was taken');
  }
}

export class OrderPaid extends BadRequest {
  constructor() {
    super('order_paid', 'The order is paid already');
  }
}

export class PaymentUnderWay extends BadRequest {
  constructor() {
    super('payment_under_way', 'A payment of this order is under way');
  }
}

const CARD_CODES: readonly ErrorCode[] = [
  'card_declined',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
  'authentication_required',
];

/** Ours, from the one list there is; what that list does not have, beside it. */
const codesOf = ({ code, declineCode }: Decline): Pick<ErrorLine, 'code' | 'stripeCode' | 'declineCode'> => {
  const known = CARD_CODES.find((one) => one === code);
  return {
    code: known ?? 'card_refused',
    ...(known !== undefined || code === undefined ? {} : { stripeCode: code }),
    ...(declineCode === undefined ? {} : { declineCode }),
  };
};

/**
 * 402, in Stripe's own words and with its own codes. Nothing was taken, and another card may be tried while the hold
 * lasts.
 */
export class CardRefused extends Refusal {
  constructor(decline: Decline = { message: 'The payment was refused' }) {
    super(402, [{ message: decline.message, ...codesOf(decline) }]);
  }
}

/** 503: events are late, and an order that was only just made may be among them. */
export class OrderOnItsWay extends Unavailable {
  constructor() {
    super('The order is on its way here, try again in a moment', 1);
  }
}

/** 503: Stripe did not answer in time, and the attempt has been given up. */
export class StripeAway extends Unavailable {
  constructor() {
    super('The payment service did not answer; nothing was taken, try again', 5);
  }
}
