import type { Call } from './calls/call.ts';
import { cancelPaymentIntent } from './calls/cancel-payment-intent.ts';
import { capturePaymentIntent } from './calls/capture-payment-intent.ts';
import { confirmPaymentIntent } from './calls/confirm-payment-intent.ts';
import { createPaymentIntent } from './calls/create-payment-intent.ts';
import { createPaymentMethod } from './calls/create-payment-method.ts';
import {
  listCharges,
  listEvents,
  listPaymentIntents,
  listRefunds,
  retrieve,
  retrievePaymentIntent,
} from './calls/look-up.ts';
import { refundPayment } from './calls/refund-payment.ts';

export interface ApiRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly call: Call;
}

const get = (path: string, call: Call): ApiRoute => ({ method: 'get', path, call });
const post = (path: string, call: Call): ApiRoute => ({ method: 'post', path, call });

/** What there is of Stripe's API. */
export const apiRoutes: readonly ApiRoute[] = [
  post('/v1/payment_methods', createPaymentMethod),
  get('/v1/payment_methods/:id', retrieve('paymentMethods')),

  post('/v1/payment_intents', createPaymentIntent),
  get('/v1/payment_intents', listPaymentIntents),
  get('/v1/payment_intents/:id', retrievePaymentIntent),
  post('/v1/payment_intents/:id/confirm', confirmPaymentIntent),
  post('/v1/payment_intents/:id/capture', capturePaymentIntent),
  post('/v1/payment_intents/:id/cancel', cancelPaymentIntent),

  get('/v1/charges', listCharges),
  get('/v1/charges/:id', retrieve('charges')),

  post('/v1/refunds', refundPayment),
  get('/v1/refunds', listRefunds),
  get('/v1/refunds/:id', retrieve('refunds')),

  get('/v1/events', listEvents),
  get('/v1/events/:id', retrieve('events')),
];
