import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { type RunningStandIn, startStandIn } from '../src/index.ts';
import { order, postForm, stripeAt, typedCard } from './stripe-client.ts';

const PUBLISHABLE = 'pk_test_ticketing';
const dataDir = temporaryFolder('stripe-browser');

let standIn: RunningStandIn;
let stripe: Stripe;
beforeAll(async () => {
  standIn = await startStandIn({ dataDir, publicBase: 'http://shop.example/stripe' });
  stripe = stripeAt(standIn.url);
});
afterAll(() => standIn.stop());

/** As much of an answer as the tests look into. */
interface Body {
  readonly id: string;
  readonly error: { readonly payment_intent: unknown };
}

/** As a browser sends it through the gateway. */
const post = async (call: string, form: Record<string, string>, key = PUBLISHABLE) => {
  const response = await postForm(`${standIn.url}/stripe/v1/${call}`, form, key);
  const body = (await response.json()) as Body;
  return { status: response.status, headers: response.headers, body };
};

const journal = () => readFile(path.join(dataDir, 'journal.jsonl'), 'utf8');

describe('a card typed into a browser', () => {
  it('becomes a payment method that shows its brand and last four digits', async () => {
    const { status, body } = await post('payment_methods', typedCard('4242 4242 4242 4242'));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^pm_\w+$/),
      card: { brand: 'visa', last4: '4242', exp_month: 12 },
    });
    const intent = await stripe.paymentIntents.create({ ...order, payment_method: body.id });
    expect(await stripe.paymentIntents.confirm(intent.id)).toMatchObject({ status: 'requires_capture' });
  });

  it.each([
    ['5555555555554444', 'mastercard'],
    ['378282246310005', 'amex'],
    ['4000002760003184', 'visa'],
  ])('may be any of the published test cards: %s', async (number, brand) => {
    expect((await post('payment_methods', typedCard(number))).body).toMatchObject({
      card: { brand, last4: number.slice(-4) },
    });
  });

  const year = new Date().getUTCFullYear();
  it.each([
    ['a number with a slip in it', typedCard('4242424242424241'), 'incorrect_number', 'number'],
    ['no number', typedCard(''), 'incorrect_number', 'number'],
    [
      'a month that does not exist',
      typedCard('4242424242424242', { 'card[exp_month]': '13' }),
      'invalid_expiry_month',
      'exp_month',
    ],
    [
      'a year that is over',
      typedCard('4242424242424242', { 'card[exp_year]': String(year - 1) }),
      'invalid_expiry_year',
      'exp_year',
    ],
    [
      'a year too far away',
      typedCard('4242424242424242', { 'card[exp_year]': String(year + 60) }),
      'invalid_expiry_year',
      'exp_year',
    ],
    ['a code of two digits', typedCard('4242424242424242', { 'card[cvc]': '12' }), 'invalid_cvc', 'cvc'],
  ])('is refused with %s', async (_, form, code, param) => {
    const { status, body } = await post('payment_methods', form);
    expect(status).toBe(402);
    expect(body).toMatchObject({ error: { type: 'card_error', code, param } });
  });

  it('may have its year in two digits', async () => {
    const form = typedCard('4242424242424242', { 'card[exp_year]': String((year + 3) % 100) });
    expect((await post('payment_methods', form)).body).toMatchObject({ card: { exp_year: year + 3 } });
  });

  /** Passes the check digit, and is no published test number: so it could be somebody's. */
  const somebodys = '4539578763621486';

  it('is refused when it could be a real one, and appears nowhere', async () => {
    const { status, body } = await post('payment_methods', typedCard(somebodys));
    expect(status).toBe(402);
    expect(body).toMatchObject({
      error: { type: 'card_error', code: 'card_declined', decline_code: 'test_mode_live_card' },
    });
    expect(JSON.stringify(body)).not.toContain(somebodys);
    expect(await journal()).not.toContain(somebodys);
  });

  it.each([
    ['an amount', '/v1/payment_intents', { amount: somebodys, currency: 'usd' }],
    ['the name of a parameter', '/v1/payment_intents', { [somebodys]: '1' }],
    ['a token', '/v1/payment_methods', { type: 'card', 'card[token]': somebodys }],
    ['an id', '/v1/payment_intents', { amount: '1999', currency: 'usd', payment_method: somebodys }],
    ['an address', `/v1/payment_methods/${somebodys}/attach`, {}],
  ])(
    'is not repeated when it was sent by mistake as %s',
    async (_, address, form: Record<string, string>) => {
      const response = await postForm(`${standIn.url}${address}`, form, 'sk_test_1');
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toContain(somebodys);
    },
  );

  it('is kept without its number and its code', async () => {
    const number = '4000056655665556';
    await postForm(
      `${standIn.url}/stripe/v1/payment_methods`,
      typedCard(number, { 'card[cvc]': '737' }),
      PUBLISHABLE,
    );
    const kept = await journal();
    expect(kept).toContain('"last4":"5556"');
    expect(kept).not.toContain(number);
    expect(kept).not.toContain('737"');
  });

  it('is taken from browsers only: a server that sends numbers does it wrong', async () => {
    const response = await postForm(
      `${standIn.url}/v1/payment_methods`,
      typedCard('4242424242424242'),
      'sk_test_1',
    );
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('generally unsafe') },
    });
  });
});

describe('a browser', () => {
  it('may call from any page, as at Stripe', async () => {
    const preflight = await fetch(`${standIn.url}/stripe/v1/payment_methods`, {
      method: 'OPTIONS',
      headers: { Origin: 'http://shop.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    const { headers } = await post('payment_methods', typedCard('4242424242424242'));
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  it('may send its key among the parameters', async () => {
    const response = await postForm(`${standIn.url}/stripe/v1/payment_methods`, {
      ...typedCard('4242424242424242'),
      key: PUBLISHABLE,
    });
    expect(response.status).toBe(200);
  });

  it('sees a payment only with its client secret, and then not all of it', async () => {
    const intent = await stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    const look = async (query: string) => {
      const response = await fetch(`${standIn.url}/stripe/v1/payment_intents/${intent.id}?${query}`, {
        headers: { Authorization: `Bearer ${PUBLISHABLE}` },
      });
      return { status: response.status, body: await response.json() };
    };
    expect((await look('')).status).toBe(400);
    expect((await look('client_secret=guessed')).status).toBe(404);
    const { status, body } = await look(`client_secret=${intent.client_secret}&expand[]=latest_charge`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: intent.id, status: 'requires_confirmation' });
    expect(body).not.toHaveProperty('metadata');
    expect(body).not.toHaveProperty('latest_charge');
  });

  it('can confirm a payment with its client secret, and not without', async () => {
    const intent = await stripe.paymentIntents.create(order);
    const method = (await post('payment_methods', typedCard('4242424242424242'))).body.id;
    const call = `payment_intents/${intent.id}/confirm`;
    expect((await post(call, { payment_method: method })).status).toBe(400);
    expect((await post(call, { payment_method: method, client_secret: 'guessed' })).status).toBe(404);
    const done = await post(call, { payment_method: method, client_secret: intent.client_secret ?? '' });
    expect(done.body).toMatchObject({ status: 'requires_capture' });
    expect(done.body).not.toHaveProperty('metadata');
  });

  it('learns of a refused card no more than it may see', async () => {
    const intent = await stripe.paymentIntents.create(order);
    const { status, body } = await post(`payment_intents/${intent.id}/confirm`, {
      client_secret: intent.client_secret ?? '',
      payment_method: 'pm_card_visa_chargeDeclined',
    });
    expect(status).toBe(402);
    expect(body.error.payment_intent).toMatchObject({ status: 'requires_payment_method' });
    expect(body.error.payment_intent).not.toHaveProperty('metadata');
  });

  it.each(['payment_intents', 'refunds', 'payment_intents/pi_1/capture', 'payment_intents/pi_1/cancel'])(
    'may not do what is the shop’s to do: %s',
    async (call) => {
      const response = await postForm(`${standIn.url}/v1/${call}`, {}, PUBLISHABLE);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: { code: 'secret_key_required' } });
    },
  );
});

describe('the path that a gateway shows to browsers', () => {
  it.each([
    '/payments',
    '/control',
    '/v1/events',
    '/v1/payment_intents',
    '/v1/charges',
    '/healthz',
    '/metrics',
  ])('does not lead to %s', async (address) => {
    const response = await fetch(`${standIn.url}/stripe${address}`, {
      headers: { Authorization: 'Bearer sk_test_1' },
    });
    expect(response.status).toBe(404);
  });

  it('believes nobody to be the shop', async () => {
    const intent = await stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    const { status } = await post(`payment_intents/${intent.id}/confirm`, {}, 'sk_test_1');
    expect(status).toBe(403);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_confirmation');
  });
});
