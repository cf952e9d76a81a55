import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { type RunningStandIn, startStandIn } from '../src/index.ts';
import { order, refusalOf, stripeAt } from './stripe-client.ts';

/**
 * What Stripe does. With STRIPE_CONFORMANCE_KEY (a test key of a real account) the same is asked of Stripe itself, which
 * then has a few more test payments.
 */
const realKey = process.env.STRIPE_CONFORMANCE_KEY;
const servers = ['the stand-in', ...(realKey === undefined ? [] : ['Stripe'])];

let standIn: RunningStandIn;
beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(() => standIn.stop());

const connect = (server: string): Stripe =>
  server === 'Stripe' ? stripeAt('https://api.stripe.com', realKey) : stripeAt(standIn.url);

describe.each(servers)('a card payment at %s', (server) => {
  let stripe: Stripe;
  beforeAll(() => {
    stripe = connect(server);
  });

  const ready = (payment_method = 'pm_card_visa', more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({ ...order, payment_method, ...more });

  const authorised = async (more: Partial<Stripe.PaymentIntentCreateParams> = {}) => {
    const { id } = await ready('pm_card_visa', more);
    return stripe.paymentIntents.confirm(id);
  };

  it('waits for a card, then for a yes', async () => {
    const empty = await stripe.paymentIntents.create(order);
    expect(empty).toMatchObject({ status: 'requires_payment_method', amount: 1999, amount_received: 0 });
    expect(empty.client_secret).toMatch(new RegExp(`^${empty.id}_secret_`));
    expect(await ready()).toMatchObject({ status: 'requires_confirmation', metadata: order.metadata });
  });

  it('holds the money until it is captured, then has all of it', async () => {
    const held = await authorised();
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1999, amount_received: 0 });
    const taken = await stripe.paymentIntents.capture(held.id);
    expect(taken).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 1999 });
  });

  it('is charged at once where capture is automatic', async () => {
    expect(await authorised({ capture_method: 'automatic' })).toMatchObject({
      status: 'succeeded',
      amount_received: 1999,
    });
  });

  it('can be captured in part, and never beyond what was held', async () => {
    const held = await authorised();
    const tooMuch = await refusalOf(stripe.paymentIntents.capture(held.id, { amount_to_capture: 2000 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large' });
    const taken = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 500 });
    expect(taken).toMatchObject({ status: 'succeeded', amount: 1999, amount_received: 500 });
  });

  it('can be called off while nothing is taken, and the hold is released', async () => {
    const held = await authorised();
    const canceled = await stripe.paymentIntents.cancel(held.id, { expand: ['latest_charge'] });
    expect(canceled).toMatchObject({ status: 'canceled', amount_capturable: 0, amount_received: 0 });
    expect(canceled.canceled_at).not.toBeNull();
    expect(canceled.latest_charge).toMatchObject({ captured: false, refunded: true });
  });

  it('refuses every call at the wrong time, and says what the payment is', async () => {
    const held = await authorised();
    const ended = await authorised();
    await stripe.paymentIntents.cancel(ended.id);
    const taken = await authorised();
    await stripe.paymentIntents.capture(taken.id);
    const { confirm, capture, cancel } = {
      confirm: (id: string) => stripe.paymentIntents.confirm(id),
      capture: (id: string) => stripe.paymentIntents.capture(id),
      cancel: (id: string) => stripe.paymentIntents.cancel(id),
    };
    const unconfirmed = await ready();
    const wrong: [(id: string) => Promise<unknown>, string, string][] = [
      [confirm, held.id, 'requires_capture'],
      [confirm, ended.id, 'canceled'],
      [confirm, taken.id, 'succeeded'],
      [capture, unconfirmed.id, 'requires_confirmation'],
      [capture, ended.id, 'canceled'],
      [capture, taken.id, 'succeeded'],
      [cancel, ended.id, 'canceled'],
      [cancel, taken.id, 'succeeded'],
    ];
    for (const [call, id, status] of wrong) {
      const refusal = await refusalOf(call(id));
      expect(refusal).toMatchObject({
        statusCode: 400,
        type: 'StripeInvalidRequestError',
        code: 'payment_intent_unexpected_state',
        payment_intent: { id, status },
      });
    }
  });

  it('cannot be confirmed without a card', async () => {
    const empty = await stripe.paymentIntents.create(order);
    expect(await refusalOf(stripe.paymentIntents.confirm(empty.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      message: expect.stringContaining('missing a payment method'),
    });
  });

  const declines = [
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', 'Your card was declined.'],
    [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'card_declined',
      'insufficient_funds',
      'Your card has insufficient funds.',
    ],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined, 'Your card has expired.'],
    [
      'pm_card_chargeDeclinedIncorrectCvc',
      'incorrect_cvc',
      undefined,
      "Your card's security code is incorrect.",
    ],
  ] as const;

  it.each(declines)(
    'is refused with %s in the words of the bank, and open to another card',
    async (card, code, declineCode, message) => {
      const intent = await ready(card);
      const refusal = await refusalOf(stripe.paymentIntents.confirm(intent.id));
      expect(refusal).toMatchObject({ statusCode: 402, type: 'StripeCardError', code, message });
      if (declineCode !== undefined) expect(refusal.decline_code).toBe(declineCode);
      const refused = await stripe.paymentIntents.retrieve(intent.id);
      expect(refused).toMatchObject({
        status: 'requires_payment_method',
        payment_method: null,
        last_payment_error: { type: 'card_error', code, message },
      });
      const again = await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_mastercard' });
      expect(again).toMatchObject({ status: 'requires_capture', last_payment_error: null });
      await stripe.paymentIntents.cancel(intent.id);
    },
  );

  it('takes a test token in the place of a card', async () => {
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    expect(method.card).toMatchObject({ brand: 'visa', last4: '4242' });
    const intent = await ready(method.id);
    expect(await stripe.paymentIntents.confirm(intent.id)).toMatchObject({ status: 'requires_capture' });
    await stripe.paymentIntents.cancel(intent.id);
  });

  it('takes a card that nobody has saved for one payment only', async () => {
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    const first = await ready(method.id);
    const second = await ready(method.id);
    await stripe.paymentIntents.confirm(first.id);
    const refusal = await refusalOf(stripe.paymentIntents.confirm(second.id));
    expect(refusal).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
    expect(refusal.message).toContain('may not be used again');
    await stripe.paymentIntents.cancel(first.id);
  });

  it('waits for the bank of a card that asks, and holds nothing until then', async () => {
    const intent = await ready('pm_card_authenticationRequired');
    const asking = await stripe.paymentIntents.confirm(intent.id);
    expect(asking).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    expect(asking.latest_charge).toBeNull();
    const canceled = await stripe.paymentIntents.cancel(intent.id);
    expect(canceled).toMatchObject({ status: 'canceled', next_action: null });
  });

  it('sends a buyer to the bank with a way back, where one is given', async () => {
    const intent = await ready('pm_card_authenticationRequired');
    const asking = await stripe.paymentIntents.confirm(intent.id, { return_url: 'https://example.com/back' });
    expect(asking.next_action).toMatchObject({
      type: 'redirect_to_url',
      redirect_to_url: { return_url: 'https://example.com/back', url: expect.stringMatching(/^https?:/) },
    });
    await stripe.paymentIntents.cancel(intent.id);
  });

  it('wants a way back where a method could send the buyer away', async () => {
    const { automatic_payment_methods: _, ...open } = order;
    const intent = await stripe.paymentIntents.create({ ...open, payment_method: 'pm_card_visa' });
    const refusal = await refusalOf(stripe.paymentIntents.confirm(intent.id));
    expect(refusal).toMatchObject({ statusCode: 400, message: expect.stringContaining('return_url') });
    expect(
      await stripe.paymentIntents.confirm(intent.id, { return_url: 'https://example.com/back' }),
    ).toMatchObject({ status: 'requires_capture' });
    await stripe.paymentIntents.cancel(intent.id);
  });

  it('can be given back, in parts, and no more than was taken', async () => {
    const { id } = await authorised({ capture_method: 'automatic' });
    expect(await stripe.refunds.create({ payment_intent: id, amount: 500 })).toMatchObject({
      status: 'succeeded',
      amount: 500,
    });
    expect(await refusalOf(stripe.refunds.create({ payment_intent: id, amount: 1500 }))).toMatchObject({
      statusCode: 400,
    });
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 1499 });
    expect(await refusalOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      code: 'charge_already_refunded',
    });
  });

  it('cannot be given back before it was taken', async () => {
    const held = await authorised();
    expect(await refusalOf(stripe.refunds.create({ payment_intent: held.id }))).toMatchObject({
      statusCode: 400,
    });
    await stripe.paymentIntents.cancel(held.id);
  });

  it('is not made of wrong money', async () => {
    const wrong: [Partial<Stripe.PaymentIntentCreateParams>, object][] = [
      [{ amount: 49 }, { code: 'amount_too_small', param: 'amount' }],
      [{ amount: 100_000_000 }, { code: 'amount_too_large', param: 'amount' }],
      [{ amount: 19.99 }, { code: 'parameter_invalid_integer', param: 'amount' }],
      [{ currency: 'xxy' }, { param: 'currency' }],
    ];
    for (const [change, expected] of wrong) {
      const refusal = await refusalOf(stripe.paymentIntents.create({ ...order, ...change }));
      expect(refusal).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', ...expected });
    }
  });

  it('is unknown under an id that Stripe never gave', async () => {
    expect(await refusalOf(stripe.paymentIntents.retrieve('pi_unknown'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      message: "No such payment_intent: 'pi_unknown'",
    });
    expect(await refusalOf(ready('pm_unknown'))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
    });
    expect(
      await refusalOf(stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_unknown' } })),
    ).toMatchObject({ statusCode: 400, code: 'resource_missing' });
  });

  it('is listed with the others, newest first, page by page, both ways', async () => {
    const since = Math.floor(Date.now() / 1000) - 1;
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await stripe.paymentIntents.create(order)).id);
    const listed: string[] = [];
    for await (const { id } of stripe.paymentIntents.list({ created: { gte: since }, limit: 2 })) {
      listed.push(id);
    }
    expect(listed.filter((id) => ids.includes(id))).toEqual(ids);
    const [newest, second, third] = ids;
    const page = await stripe.paymentIntents.list({ limit: 1, starting_after: newest ?? '' });
    expect(page).toMatchObject({ has_more: true, data: [{ id: second }] });
    const back = await stripe.paymentIntents.list({ limit: 1, ending_before: third ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual([second]);
    expect(await refusalOf(stripe.paymentIntents.list({ starting_after: 'pi_unknown' }))).toMatchObject({
      code: 'resource_missing',
      param: 'starting_after',
    });
    const none = await stripe.paymentIntents.list({ created: { lt: 1_000_000_000 } });
    expect(none).toMatchObject({ data: [], has_more: false });
  });

  it('shows its charge in place of the id where that is asked for, and nothing that is not there', async () => {
    const held = await authorised();
    expect(typeof held.latest_charge).toBe('string');
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(held.id, {
      expand: ['latest_charge'],
    });
    expect(charge).toMatchObject({ id: held.latest_charge, captured: false, amount: 1999 });
    expect(await refusalOf(stripe.paymentIntents.retrieve(held.id, { expand: ['toString'] }))).toMatchObject({
      statusCode: 400,
    });
    await stripe.paymentIntents.cancel(held.id);
  });

  it('gives every answer an id of its own', async () => {
    const { lastResponse } = await stripe.paymentIntents.create(order);
    expect(lastResponse.requestId).toMatch(/^req_\w+$/);
    expect((await refusalOf(stripe.paymentIntents.retrieve('pi_unknown'))).requestId).toMatch(/^req_\w+$/);
  });
});

describe('keys', () => {
  it('open the account when they are test keys, and never when they are live', async () => {
    expect((await stripeAt(standIn.url, 'sk_test_anything').paymentIntents.list()).object).toBe('list');
    for (const key of ['sk_live_abcdefghijkl', 'nonsense', 'sk_test_a-b-c']) {
      const refusal = await refusalOf(stripeAt(standIn.url, key).paymentIntents.list());
      expect(refusal).toMatchObject({ statusCode: 401, type: 'StripeAuthenticationError' });
      expect(refusal.message).not.toContain(key);
    }
  });

  it('are asked for', async () => {
    const response = await fetch(`${standIn.url}/v1/payment_intents`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('work with curl -u as well', async () => {
    const credentials = Buffer.from('sk_test_123:').toString('base64');
    const response = await fetch(`${standIn.url}/v1/payment_intents`, {
      headers: { Authorization: `Basic ${credentials}` },
    });
    expect(response.status).toBe(200);
  });
});
