import { BadRequest } from '@ticketing/common/errors';
import {
  anyone,
  body,
  type Check,
  get,
  id,
  optional,
  pathId,
  post,
  type Route,
  signedIn,
  text,
} from '@ticketing/common/http';
import { idempotencyKey } from '@ticketing/common/idempotency';
import type { RateLimits } from '@ticketing/common/rate-limits';
import express from 'express';
import type { PaymentsConfig } from './config.ts';
import type { Means } from './stripe/stripe-port.ts';
import type { SignedBody } from './use-cases/hear-stripe.ts';
import type { UseCases } from './use-cases/index.ts';

class OneMeans extends BadRequest {
  constructor() {
    super('invalid_field', 'Send either a token (tok_…) or a paymentMethod (pm_…)', 'token');
  }
}

class NoCardNumbers extends BadRequest {
  constructor(field: string) {
    super('invalid_field', `${field} must be an id of Stripe's, never a card number`, field);
  }
}

const paymentBody = body({
  orderId: id('orderId'),
  token: optional(text('token', { min: 1, max: 255 })),
  paymentMethod: optional(text('paymentMethod', { min: 1, max: 255 })),
});

/** Exactly one way to pay, named by Stripe's ids: card numbers never reach our services. */
const means: Check<{ means: Means }> = {
  run(request) {
    const { token, paymentMethod } = request.body as { token?: string; paymentMethod?: string };
    if (Boolean(token) === Boolean(paymentMethod)) throw new OneMeans();
    if (token) {
      if (!/^tok_\w+$/.test(token)) throw new NoCardNumbers('token');
      return { means: { token } };
    }
    if (!/^pm_\w+$/.test(paymentMethod ?? '')) throw new NoCardNumbers('paymentMethod');
    return { means: { paymentMethod: paymentMethod ?? '' } };
  },
};

const MAX_WEBHOOK = '256kb';
const parseRaw = express.raw({ type: () => true, limit: MAX_WEBHOOK });

/** The body as it came, since its signature is over its bytes. */
const signedBody: Check<SignedBody> = {
  async run(request, response) {
    await new Promise<void>((resolve, reject) => {
      parseRaw(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
    });
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return { rawBody, signature: request.get('stripe-signature') };
  },
};

/** Ten holds, each paid by the third card: more than a buyer needs, and too few to sift stolen cards by. */
const tries = { name: 'pay', points: 30, seconds: 600 };

/** What it offers. Checks run from left to right; signing in comes before the body. */
export const routes = (use: UseCases, limits: RateLimits, config: PaymentsConfig): Route[] => [
  get('/api/payments/config', [anyone], () => ({
    publishableKey: config.STRIPE_PUBLISHABLE_KEY,
    currency: config.CURRENCY,
    // The stand-in is spoken to through our own origin; Stripe itself by its own script.
    ...(config.STRIPE_BROWSER_BASE === undefined ? {} : { stripeBase: config.STRIPE_BROWSER_BASE }),
  })),
  post(
    '/api/payments',
    [signedIn, limits.perUser(tries), paymentBody, means, idempotencyKey],
    use.payOrder,
    201,
  ),
  get('/api/payments/:id', [signedIn, pathId('Payment')], use.showPayment),
  post('/api/payments/:id/confirm', [signedIn, pathId('Payment')], use.confirmPayment),
];

/** Proves itself by its body, so it stands before the cross-site check and any parser. */
export const unguarded = (use: UseCases): Route[] => [
  post('/api/payments/webhook', [signedBody], use.hearStripe),
];
