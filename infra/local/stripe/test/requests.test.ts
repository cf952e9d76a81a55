import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { startStandIn } from '../src/index.ts';
import { startStripeMock } from '../stripe-mock/index.ts';
import { order, postForm, refusalOf, stripeAt } from './stripe-client.ts';

const FETCH_MS = 15 * 60_000;

/** What we send, Stripe takes: the same requests go to stripe-mock, which judges them by Stripe's own description. */
describe.each([
  ['the stand-in', startStandIn],
  ['stripe-mock', startStripeMock],
] as const)('the requests that payments makes, at %s', (_, start) => {
  let server: { readonly url: string; stop(): Promise<void> };
  let stripe: Stripe;
  beforeAll(async () => {
    server = await start();
    stripe = stripeAt(server.url);
  }, FETCH_MS);
  afterAll(() => server.stop());

  it('are taken, each of them', async () => {
    const method = await stripe.paymentMethods.create(
      { type: 'card', card: { token: 'tok_visa' } },
      { idempotencyKey: `means-${Date.now()}` },
    );
    expect(method).toMatchObject({ object: 'payment_method', type: 'card' });
    const intent = await stripe.paymentIntents.create(
      { ...order, payment_method: method.id },
      { idempotencyKey: `create-${Date.now()}` },
    );
    expect(intent).toMatchObject({ object: 'payment_intent', client_secret: expect.any(String) });
    expect((await stripe.paymentIntents.retrieve(intent.id)).object).toBe('payment_intent');
    expect((await stripe.paymentIntents.confirm(intent.id)).object).toBe('payment_intent');
    const captured = await stripe.paymentIntents.capture(intent.id, { expand: ['latest_charge'] });
    expect(captured.latest_charge).toMatchObject({ object: 'charge' });
    const other = await stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    expect((await stripe.paymentIntents.cancel(other.id)).object).toBe('payment_intent');
    const listed = await stripe.paymentIntents.list({ created: { gte: 1 }, limit: 100 });
    expect(listed).toMatchObject({ object: 'list', url: '/v1/payment_intents' });
    expect((await stripe.refunds.create({ payment_intent: intent.id, amount: 500 })).object).toBe('refund');
    expect((await stripe.events.list({ types: ['payment_intent.succeeded'] })).object).toBe('list');
  });

  it('are refused when they say what Stripe does not understand', async () => {
    const wrong: Record<string, string>[] = [
      { amount: '1999', currency: 'usd', orderId: 'order-1' },
      { amount: 'much', currency: 'usd' },
      { amount: '1999' },
      { amount: '1999', currency: 'usd', capture_method: 'later' },
      { amount: '1999', currency: 'usd', 'automatic_payment_methods[enabled]': 'perhaps' },
    ];
    for (const form of wrong) {
      const response = await postForm(`${server.url}/v1/payment_intents`, form, 'sk_test_123');
      expect({ form, status: response.status }).toEqual({ form, status: 400 });
    }
  });

  it('are refused at an address that Stripe does not have, or without a key', async () => {
    const response = await postForm(`${server.url}/v1/payment_intent`, {}, 'sk_test_123');
    expect(response.status).toBe(404);
    expect(await refusalOf(stripeAt(server.url, 'sk_live_x').paymentIntents.list())).toMatchObject({
      statusCode: 401,
    });
  });
});
