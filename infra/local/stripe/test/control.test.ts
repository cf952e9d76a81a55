import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { type RunningStandIn, startStandIn } from '../src/index.ts';
import { control, order, postControl, postForm, refusalOf, stripeAt } from './stripe-client.ts';

let standIn: RunningStandIn;
let stripe: Stripe;
beforeAll(async () => {
  standIn = await startStandIn();
  stripe = stripeAt(standIn.url);
});
afterAll(() => standIn.stop());
beforeEach(() => control(standIn.controlUrl, { reset: true }));

const noFaults = {
  latencyMs: 0,
  failNext: [],
  loseAnswers: [],
  webhooks: 'normal',
  lateMs: 3_000,
  pendingWebhooks: 0,
};

const shown = async (): Promise<unknown> => (await fetch(standIn.controlUrl)).json();

interface Listed {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly amount_received: number;
  readonly amount_refunded: number;
}
const payments = async (): Promise<Listed[]> => (await (await fetch(standIn.paymentsUrl)).json()) as Listed[];
const listed = async (id: string) => (await payments()).find((payment) => payment.id === id);

const ready = (payment_method = 'pm_card_visa') => stripe.paymentIntents.create({ ...order, payment_method });
const held = async () => stripe.paymentIntents.confirm((await ready()).id);

describe('the list of payments', () => {
  it('has every payment in cents, and only money that moved', async () => {
    const waiting = await ready();
    const taken = await held();
    await stripe.paymentIntents.capture(taken.id, { amount_to_capture: 1500 });
    await stripe.refunds.create({ payment_intent: taken.id, amount: 300 });
    const released = await held();
    await stripe.paymentIntents.cancel(released.id);
    const all = await payments();
    expect(all.slice(-3)).toEqual([
      {
        id: waiting.id,
        amount: 1999,
        status: 'requires_confirmation',
        amount_received: 0,
        amount_refunded: 0,
      },
      { id: taken.id, amount: 1999, status: 'succeeded', amount_received: 1500, amount_refunded: 300 },
      { id: released.id, amount: 1999, status: 'canceled', amount_received: 0, amount_refunded: 0 },
    ]);
  });
});

describe('faults on request', () => {
  it('are none at first, and none after a reset', async () => {
    expect(await shown()).toEqual(noFaults);
    await control(standIn.controlUrl, {
      latencyMs: 5,
      failNext: { status: 500, count: 3 },
      loseAnswers: { count: 2 },
      webhooks: 'twice',
      lateMs: 10,
    });
    expect(await shown()).toEqual({
      latencyMs: 5,
      failNext: [{ status: 500, count: 3, when: 'before' }],
      loseAnswers: [{ count: 2, by: 'cutting' }],
      webhooks: 'twice',
      lateMs: 10,
      pendingWebhooks: 0,
    });
    await control(standIn.controlUrl, { reset: true });
    expect(await shown()).toEqual(noFaults);
  });

  it('make each call slow', async () => {
    await control(standIn.controlUrl, { latencyMs: 300 });
    const before = performance.now();
    await ready();
    expect(performance.now() - before).toBeGreaterThanOrEqual(300);
  });

  it.each([
    [429, 'StripeRateLimitError'],
    [500, 'StripeAPIError'],
    [503, 'StripeAPIError'],
    [402, 'StripeCardError'],
    [400, 'StripeInvalidRequestError'],
  ] as const)('answer %d to the next calls, as many as were asked for', async (status, type) => {
    await control(standIn.controlUrl, { failNext: { status, count: 2 } });
    const before = (await payments()).length;
    for (let i = 0; i < 2; i += 1) {
      expect(await refusalOf(ready())).toMatchObject({ statusCode: status, type });
    }
    expect((await payments()).length).toBe(before);
    expect((await ready()).status).toBe('requires_confirmation');
  });

  it('meet only the call that they are aimed at', async () => {
    const { id } = await held();
    await control(standIn.controlUrl, {
      failNext: [
        { status: 500, path: '/v1/payment_intents/*/capture' },
        { status: 429, method: 'POST', path: '/v1/payment_intents' },
      ],
    });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
    expect((await stripe.paymentIntents.list()).object).toBe('list');
    expect(await refusalOf(stripe.paymentIntents.capture(id))).toMatchObject({ statusCode: 500 });
    expect(await refusalOf(ready())).toMatchObject({ statusCode: 429 });
    expect((await stripe.paymentIntents.capture(id)).status).toBe('succeeded');
  });

  it('can refuse a capture for good, in the words that were asked for, while the money stays held', async () => {
    const { id } = await held();
    const message = 'The charge cannot be captured as the authorization has expired.';
    const fault = {
      status: 400,
      path: '/v1/payment_intents/*/capture',
      code: 'charge_expired_for_capture',
      message,
    };
    await control(standIn.controlUrl, { failNext: fault });
    expect(await refusalOf(stripe.paymentIntents.capture(id))).toMatchObject({
      statusCode: 400,
      code: 'charge_expired_for_capture',
      message,
    });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
  });

  it('can answer 500 although the work was done', async () => {
    const { id } = await held();
    await control(standIn.controlUrl, { failNext: { status: 500, when: 'after' } });
    expect(await refusalOf(stripe.paymentIntents.capture(id))).toMatchObject({ statusCode: 500 });
    expect(await listed(id)).toMatchObject({ status: 'succeeded', amount_received: 1999 });
  });

  it('can do the work and cut the connection', async () => {
    const { id } = await held();
    // Twice, because the SDK asks once more by itself when a connection is cut.
    await control(standIn.controlUrl, { loseAnswers: { count: 2 } });
    expect(await refusalOf(stripe.paymentIntents.capture(id))).toMatchObject({
      type: 'StripeConnectionError',
    });
    expect(await shown()).toMatchObject({ loseAnswers: [] });
    expect(await listed(id)).toMatchObject({ status: 'succeeded', amount_received: 1999 });
  });

  it('can do the work and never answer', async () => {
    const { id } = await held();
    await control(standIn.controlUrl, {
      loseAnswers: { by: 'silence', path: '/v1/payment_intents/*/capture' },
    });
    const refusal = await refusalOf(stripe.paymentIntents.capture(id, {}, { timeout: 500 }));
    expect(refusal).toMatchObject({
      type: 'StripeConnectionError',
      message: expect.stringContaining('timeout'),
    });
    expect(await listed(id)).toMatchObject({ status: 'succeeded' });
  });

  it('can take the hold away, as banks do after a week', async () => {
    const { id } = await held();
    await control(standIn.controlUrl, { expire: id });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
      amount_received: 0,
    });
    expect(await refusalOf(stripe.paymentIntents.capture(id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('can answer the bank in the place of the buyer', async () => {
    const { id } = await ready('pm_card_authenticationRequired');
    await stripe.paymentIntents.confirm(id);
    await control(standIn.controlUrl, { authenticate: { intent: id, result: 'complete' } });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
  });
});

describe('a wrong request for faults', () => {
  it.each([
    ['an unknown field', { latency: 5 }, ''],
    ['a time that is none', { latencyMs: -1 }, 'latencyMs'],
    ['a status that Stripe does not answer with', { failNext: { status: 418 } }, 'failNext.0.status'],
    ['a path outside of the API', { failNext: { status: 500, path: '/control' } }, 'failNext.0.path'],
    ['a refusal after the work was done', { failNext: { status: 400, when: 'after' } }, 'failNext.0.when'],
    ['a way of delivering that there is not', { webhooks: 'sometimes' }, 'webhooks'],
    ['a payment that there is not', { expire: 'pi_unknown' }, 'expire'],
    ['a bank that has not asked', { authenticate: { intent: 'pi_unknown', result: 'fail' } }, 'authenticate'],
    ['an event that there is not', { resend: 'evt_unknown' }, 'resend'],
  ])('is refused, naming the field: %s', async (_, change, field) => {
    const response = await postControl(standIn.controlUrl, change);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String), field }] });
    expect(await shown()).toEqual(noFaults);
  });

  it('changes nothing at all, not even what is right in it', async () => {
    const { id } = await held();
    const response = await postControl(standIn.controlUrl, { latencyMs: 5, expire: [id, 'pi_unknown'] });
    expect(response.status).toBe(400);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
    expect(await shown()).toEqual(noFaults);
  });

  it('is refused when only an authorised payment could expire', async () => {
    const { id } = await ready();
    expect((await postControl(standIn.controlUrl, { expire: id })).status).toBe(400);
  });

  it('is refused when it is no JSON, so that no other page’s form can send it', async () => {
    const form = await postForm(standIn.controlUrl, { latencyMs: '5000' });
    expect(form.status).toBe(400);
    expect(await form.json()).toMatchObject({ errors: [{ message: expect.stringContaining('JSON') }] });
    const broken = await fetch(standIn.controlUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"latencyMs":',
    });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
    expect(await shown()).toEqual(noFaults);
  });
});
