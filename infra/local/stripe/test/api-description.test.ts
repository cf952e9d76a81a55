import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { type RunningStandIn, startStandIn } from '../src/index.ts';
import { apiRoutes } from '../src/routes.ts';
import { readApiDescription } from '../stripe-mock/index.ts';
import { ApiDescription } from './api-description.ts';
import { control, order, refusalOf, stripeAt } from './stripe-client.ts';

const FETCH_MS = 15 * 60_000;

let description: ApiDescription;
let standIn: RunningStandIn;
let stripe: Stripe;

beforeAll(async () => {
  description = new ApiDescription(await readApiDescription());
  standIn = await startStandIn();
  stripe = stripeAt(standIn.url);
}, FETCH_MS);
afterAll(() => standIn.stop());

/** As it came, without what the SDK adds. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const problemsOf = (kind: string, value: unknown) => description.problemsOf(kind, plain(value));

describe("the stand-in's answers, by Stripe's own description of its API", () => {
  it('has no address that Stripe has not', () => {
    expect(apiRoutes.filter(({ method, path }) => !description.has(method, path))).toEqual([]);
  });

  it('knows a wrong answer when it sees one', async () => {
    const intent = await stripe.paymentIntents.create(order);
    expect(problemsOf('payment_intent', { ...intent, status: 'paid' })).not.toEqual([]);
    expect(problemsOf('payment_intent', { ...intent, invented: true })).not.toEqual([]);
    expect(problemsOf('payment_intent', { ...intent, amount: '19.99' })).not.toEqual([]);
  });

  it('shows a payment rightly in each of its states', async () => {
    const intent = await stripe.paymentIntents.create(order);
    expect(problemsOf('payment_intent', intent)).toEqual([]);
    const withCard = await stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    expect(problemsOf('payment_intent', withCard)).toEqual([]);
    const authorised = await stripe.paymentIntents.confirm(withCard.id, {
      expand: ['latest_charge', 'payment_method'],
    });
    expect(authorised.status).toBe('requires_capture');
    expect(problemsOf('payment_intent', authorised)).toEqual([]);
    const captured = await stripe.paymentIntents.capture(withCard.id, { expand: ['latest_charge'] });
    expect(captured.status).toBe('succeeded');
    expect(problemsOf('payment_intent', captured)).toEqual([]);
    expect(problemsOf('payment_intent', await stripe.paymentIntents.cancel(intent.id))).toEqual([]);
  });

  it('shows a refused card rightly, in the error and in the payment', async () => {
    const intent = await stripe.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_visa_chargeDeclined',
    });
    const refusal = await refusalOf(stripe.paymentIntents.confirm(intent.id));
    const { headers: _, statusCode: __, requestId: ___, ...error } = refusal.raw as Record<string, unknown>;
    expect(problemsOf('api_errors', error)).toEqual([]);
    const refused = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(refused.last_payment_error).not.toBeNull();
    expect(problemsOf('payment_intent', refused)).toEqual([]);
  });

  it('shows a payment rightly that waits for the bank, with and without an address to come back to', async () => {
    const asked = await stripe.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_authenticationRequired',
    });
    expect(problemsOf('payment_intent', await stripe.paymentIntents.confirm(asked.id))).toEqual([]);
    const withReturn = await stripe.paymentIntents.confirm(asked.id, {
      return_url: 'https://example.com/back',
    });
    expect(withReturn.next_action?.redirect_to_url?.url).toContain('/3ds/');
    expect(problemsOf('payment_intent', withReturn)).toEqual([]);
    await control(standIn.controlUrl, { authenticate: { intent: asked.id, result: 'complete' } });
    const done = await stripe.paymentIntents.retrieve(asked.id, { expand: ['latest_charge'] });
    expect(problemsOf('payment_intent', done)).toEqual([]);
  });

  it('shows methods, charges, refunds, events and lists rightly', async () => {
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_mastercard' } });
    expect(problemsOf('payment_method', method)).toEqual([]);
    const intent = await stripe.paymentIntents.create({ ...order, payment_method: method.id });
    await stripe.paymentIntents.confirm(intent.id);
    await stripe.paymentIntents.capture(intent.id);
    const refund = await stripe.refunds.create({
      payment_intent: intent.id,
      amount: 500,
      expand: ['charge'],
    });
    expect(problemsOf('refund', refund)).toEqual([]);
    const charges = await stripe.charges.list({ payment_intent: intent.id, expand: ['data.payment_intent'] });
    expect(charges.data.map((charge) => problemsOf('charge', charge))).toEqual([[]]);
    const events = await stripe.events.list({ limit: 100 });
    expect(events.data.length).toBeGreaterThan(5);
    for (const event of events.data) {
      expect(problemsOf('event', { ...event, data: { object: {} } })).toEqual([]);
      expect(problemsOf(event.data.object.object, event.data.object)).toEqual([]);
    }
  });
});
