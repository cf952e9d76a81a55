import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { type RunningStandIn, startStandIn } from '../src/index.ts';
import { control, order, postForm, refusalOf, stripeAt } from './stripe-client.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let lateMs = 0;
let standIn: RunningStandIn;
let stripe: Stripe;
let key: string;
beforeAll(async () => {
  standIn = await startStandIn({ clock: { now: () => new Date(Date.now() + lateMs) } });
  stripe = stripeAt(standIn.url);
});
afterAll(() => standIn.stop());
beforeEach(async () => {
  await control(standIn.controlUrl, { reset: true });
  key = randomUUID();
});

const payments = async (): Promise<number> =>
  ((await (await fetch(standIn.paymentsUrl)).json()) as []).length;

const create = (more: object = {}, idempotencyKey = key) =>
  stripe.paymentIntents.create({ ...order, ...more }, { idempotencyKey });

describe('an idempotency key', () => {
  it('gives the first answer again, and does nothing twice', async () => {
    const before = await payments();
    const first = await create();
    const second = await create();
    expect(second).toEqual(first);
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'idempotency-key': key,
      'original-request': first.lastResponse.requestId,
    });
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(await payments()).toBe(before + 1);
  });

  it('gives the first answer as it was then, whatever has happened since', async () => {
    const first = await create({ payment_method: 'pm_card_visa' });
    await stripe.paymentIntents.confirm(first.id);
    expect(await create({ payment_method: 'pm_card_visa' })).toMatchObject({
      status: 'requires_confirmation',
    });
  });

  it('is an error with other parameters, and with another call', async () => {
    const { id } = await create();
    const otherAmount = await refusalOf(create({ amount: 2999 }));
    expect(otherAmount).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
    expect(otherAmount.message).toContain('same parameters');
    const otherCall = await refusalOf(stripe.paymentIntents.cancel(id, {}, { idempotencyKey: key }));
    expect(otherCall).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
    expect(otherCall.message).toContain('same endpoint');
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
  });

  it('does not care in which order parameters come', async () => {
    const send = (form: Record<string, string>) =>
      fetch(`${standIn.url}/v1/payment_intents`, {
        method: 'POST',
        headers: { Authorization: 'Bearer sk_test_1', 'Idempotency-Key': key },
        body: new URLSearchParams(form),
      });
    const first = await send({ amount: '700', currency: 'usd', 'metadata[a]': '1', 'metadata[b]': '2' });
    const second = await send({ 'metadata[b]': '2', currency: 'usd', 'metadata[a]': '1', amount: '700' });
    expect(await second.json()).toEqual(await first.json());
  });

  it('keeps a refused card refused', async () => {
    const intent = await stripe.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_visa_chargeDeclined',
    });
    const confirm = () => stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: key });
    const first = await refusalOf(confirm());
    const charges = await stripe.charges.list({ payment_intent: intent.id });
    const second = await refusalOf(confirm());
    expect(second).toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect(second.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(second.message).toBe(first.message);
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toEqual(charges.data);
  });

  it('keeps an error of Stripe, until the next key', async () => {
    const before = await payments();
    await control(standIn.controlUrl, { failNext: { status: 500 } });
    expect(await refusalOf(create())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
    const again = await refusalOf(create());
    expect(again).toMatchObject({ statusCode: 500 });
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(await payments()).toBe(before);
    expect(await create({}, randomUUID())).toMatchObject({ status: 'requires_payment_method' });
  });

  it('keeps nothing that was refused before it began: too many requests, wrong parameters', async () => {
    await control(standIn.controlUrl, { failNext: { status: 429 } });
    expect(await refusalOf(create())).toMatchObject({ statusCode: 429, type: 'StripeRateLimitError' });
    expect(await refusalOf(create({ amount: 1.5 }))).toMatchObject({ statusCode: 400 });
    expect(await create()).toMatchObject({ amount: 1999 });
  });

  it('is taken while the first call runs, and whoever comes meanwhile is told so', async () => {
    const before = await payments();
    await control(standIn.controlUrl, { latencyMs: 500 });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => create()));
    const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.id] : []));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(made).toHaveLength(1);
    expect(refused).toHaveLength(4);
    for (const refusal of refused) {
      expect(refusal).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    }
    await control(standIn.controlUrl, { reset: true });
    expect((await create()).id).toBe(made[0]);
    expect(await payments()).toBe(before + 1);
  });

  it('means nothing to a call that only looks', async () => {
    const { id } = await stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    const look = () => stripe.paymentIntents.retrieve(id, {}, { idempotencyKey: key });
    expect((await look()).status).toBe('requires_confirmation');
    await stripe.paymentIntents.confirm(id);
    expect((await look()).status).toBe('requires_capture');
  });

  it('is forgotten after a day, and not before', async () => {
    const first = await create();
    lateMs = DAY_MS - 60_000;
    expect((await create()).id).toBe(first.id);
    lateMs = DAY_MS + 1_000;
    expect((await create()).id).not.toBe(first.id);
    lateMs = 0;
  });

  it('is at most 255 characters long', async () => {
    expect(await refusalOf(create({}, 'k'.repeat(256)))).toMatchObject({ statusCode: 400 });
  });

  it('is not needed: without one, every call is a new one', async () => {
    const before = await payments();
    const form = { amount: '1999', currency: 'usd' };
    for (let i = 0; i < 2; i += 1) {
      expect((await postForm(`${standIn.url}/v1/payment_intents`, form, 'sk_test_1')).status).toBe(200);
    }
    expect(await payments()).toBe(before + 2);
  });
});
