/** What payments refuses with. */
import { BadRequest, type ErrorCode, Refusal, Unavailable } from '@ticketing/common/errors';
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

const codeOf = ({ code }: Decline): ErrorCode => CARD_CODES.find((known) => known === code) ?? 'card_refused';

/** 402, in Stripe's own words. Nothing was taken, and another card may be tried while the hold lasts. */
export class CardRefused extends Refusal {
  constructor(decline: Decline = { message: 'The payment was refused' }) {
    super(402, [
      {
        message: decline.message,
        code: codeOf(decline),
        ...(decline.declineCode === undefined ? {} : { declineCode: decline.declineCode }),
      },
    ]);
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
