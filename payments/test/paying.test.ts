import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { orderCreated } from '@ticketing/common/events';
import { eventOf, eventually, newId } from '@ticketing/common/testing';
import type { PaymentAnswer } from '../src/answer.ts';
import { openTill, type Till } from './till.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill({ replicas: 2 });
}, 60_000);
afterAll(() => till?.end());
afterEach(async () => {
  till.judge.isThere = true;
  await till.control({ reset: true });
  await till.settled();
});

/** What Stripe took for the payments made since. */
const since = async (before: { length: number }) => (await till.charged()).slice(before.length);

describe('paying for an order', () => {
  it('takes exactly its amount, once', async () => {
    const before = await till.charged();
    const order = await till.order();
    const { status, body } = await till.pay(order.id);
    expect(status).toBe(201);
    expect(body).toMatchObject({ orderId: order.id, status: 'captured', amount: 19.99, currency: 'usd' });
    expect(till.orderOf(order.id)).toMatchObject({ status: 'completed', paymentId: body.id });
    expect((await since(before)).map((charge) => [charge.amount, charge.amount_received])).toEqual([
      [1999, 1999],
    ]);
    await eventually(() => expect(till.heard).toContain(`created ${body.id}`));
  });

  it('works with a PaymentMethod too', async () => {
    const order = await till.order();
    const body = { orderId: order.id, paymentMethod: 'pm_card_visa' };
    expect((await till.ask('POST', '/api/payments', body)).body).toMatchObject({ status: 'captured' });
  });

  it('twenty times at once takes the money once, and tells the others so', async () => {
    const before = await till.charged();
    const order = await till.order();
    const answers = await Promise.all(Array.from({ length: 20 }, () => till.pay(order.id)));
    const paid = answers.filter(({ status }) => status === 201);
    expect(paid).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer !== paid[0])) {
      expect(status).toBe(400);
      expect(['payment_under_way', 'order_paid']).toContain(body.errors?.[0]?.code);
    }
    await till.settled();
    expect((await since(before)).map((charge) => charge.amount_received)).toEqual([1999]);
  });

  it('at once after it was made is never told 404', async () => {
    for (let n = 0; n < 10; n += 1) {
      const order = await till.order();
      expect((await till.pay(order.id)).status).toBe(201);
    }
  });

  it('with the same Idempotency-Key is paying once, and gets the same answer', async () => {
    const before = await till.charged();
    const order = await till.order();
    const headers = till.key();
    const first = await till.pay(order.id, 'tok_visa', { headers });
    expect(await till.pay(order.id, 'tok_visa', { headers })).toEqual(first);
    expect((await till.pay(order.id, 'tok_mastercard', { headers })).body.errors?.[0]?.code).toBe(
      'idempotency_key_reused',
    );
    expect(await since(before)).toHaveLength(1);
  });

  it('with a key whose payment is still running is told 409', async () => {
    await till.control({ latencyMs: 400 });
    const order = await till.order();
    const headers = till.key();
    const running = till.pay(order.id, 'tok_visa', { headers });
    const runs = till.services[0]?.deps.mongo.collection<{ _id: string }>('idempotency_keys');
    const _id = `payments/${till.buyer.id}/${headers['Idempotency-Key']}`;
    await eventually(async () => expect(await runs?.countDocuments({ _id })).toBe(1));
    expect((await till.pay(order.id, 'tok_visa', { headers })).status).toBe(409);
    await till.control({ reset: true });
    expect((await running).status).toBe(201);
  });
});

describe('an order that payments has not heard of', () => {
  let quiet: Till;
  beforeAll(async () => {
    quiet = await openTill();
  }, 60_000);
  afterAll(() => quiet?.end());

  it('is 404, though it be young, when nothing is late', async () => {
    await quiet.pay((await quiet.order()).id);
    expect((await quiet.pay(newId())).status).toBe(404);
  });

  it('is 503 while events come late, unless it is old: then nothing can be on its way', async () => {
    const order = await quiet.order();
    const late = { ...order, id: newId() };
    const time = new Date(Date.now() - 5_000).toISOString();
    await quiet.bus.publish({ ...eventOf(orderCreated, late, 'orders'), time });
    await eventually(async () => expect((await quiet.pay(newId())).status).toBe(503));
    expect((await quiet.pay(late.id)).status).toBe(201);
    expect((await quiet.pay('0'.repeat(24))).status).toBe(404);
  });
});

describe('a refused card', () => {
  it.each([
    ['tok_chargeDeclined', 'card_declined', undefined],
    ['tok_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ])(
    '(%s) is a 402 in the words of Stripe, and another card may be tried',
    async (token, code, declineCode) => {
      const before = await till.charged();
      const order = await till.order();
      const refused = await till.pay(order.id, token);
      expect(refused.status).toBe(402);
      const [line] = refused.body.errors ?? [];
      expect(line?.code).toBe(code);
      if (declineCode !== undefined) expect(line?.declineCode).toBe(declineCode);
      expect(line?.message).toMatch(/card/i);
      expect(till.orderOf(order.id)?.status).toBe('awaiting payment');

      expect((await till.pay(order.id)).body.status).toBe('captured');
      await till.settled();
      expect((await since(before)).map((charge) => charge.amount_received).sort()).toEqual([0, 1999]);
    },
  );

  it('is refused again for the same key, without asking Stripe', async () => {
    const before = await till.charged();
    const order = await till.order();
    const headers = till.key();
    const refused = await till.pay(order.id, 'tok_chargeDeclined', { headers });
    expect(await till.pay(order.id, 'tok_chargeDeclined', { headers })).toEqual(refused);
    expect(await since(before)).toHaveLength(1);
    await till.judge.cancel(order.id);
  });

  it('that has paid before, and is good for one payment, is refused at once, and another may be tried', async () => {
    const { id: used } = await till.byHand.paymentMethods.create({
      type: 'card',
      card: { token: 'tok_visa' },
    });
    const payWith = (orderId: string) =>
      till.ask<PaymentAnswer>('POST', '/api/payments', { orderId, paymentMethod: used });
    expect((await payWith((await till.order()).id)).body.status).toBe('captured');
    const order = await till.order();
    const refused = await payWith(order.id);
    expect(refused.status).toBe(402);
    expect(refused.body.errors?.[0]?.message).toMatch(/previously used/);
    expect((await till.pay(order.id)).body.status).toBe('captured');
  });

  it('that Stripe does not know is refused too', async () => {
    const order = await till.order();
    const refused = await till.pay(order.id, 'tok_nobodyKnows');
    expect(refused.status).toBe(402);
    // Stripe's own code, beside ours from a list that knows it not.
    expect(refused.body.errors?.[0]).toMatchObject({ code: 'card_refused', stripeCode: 'resource_missing' });
    expect((await till.pay(order.id)).status).toBe(201);
  });
});

describe('an order that cannot be paid', () => {
  it('because it is cancelled, expired, paid, unknown or somebody else’s: nothing is asked of Stripe', async () => {
    const before = await till.charged();
    const cancelled = await till.order({ status: 'cancelled', version: 1 });
    const expired = await till.order({ expiresAt: new Date(Date.now() - 1_000).toISOString() });
    const paid = await till.order({ status: 'completed', version: 1, paymentId: newId() });
    const foreign = await till.order({ userId: newId() });
    const refusals = [
      [await till.pay(cancelled.id), 400, 'order_cancelled'],
      [await till.pay(expired.id), 400, 'order_expired'],
      [await till.pay(paid.id), 400, 'order_paid'],
      [await till.pay(foreign.id), 401, 'not_yours'],
      [await till.pay('0'.repeat(24)), 404, 'not_found'],
      [await till.pay(paid.id, 'tok_visa', { as: null }), 401, 'not_signed_in'],
    ] as const;
    for (const [{ status, body }, expected, code] of refusals) {
      expect([status, body.errors?.[0]?.code]).toEqual([expected, code]);
    }
    expect(await since(before)).toEqual([]);
  });

  it('because it is cancelled while the card is asked: the authorisation is cancelled, nothing taken', async () => {
    const before = await till.charged();
    till.judge.isThere = false;
    const order = await till.order();
    const paying = till.pay(order.id);
    const [service] = till.services;
    const ofOrder = { orderId: order.id, status: 'authorized' };
    await eventually(async () => {
      // Of this order: a late event of another one would tell too early.
      expect(await service?.deps.mongo.collection('payments').countDocuments(ofOrder)).toBe(1);
    });
    await till.judge.cancel(order.id);
    const { status, body } = await paying;
    expect([status, body.errors?.[0]?.code]).toEqual([400, 'order_cancelled']);
    await till.settled();
    expect((await since(before)).map((charge) => [charge.status, charge.amount_received])).toEqual([
      ['canceled', 0],
    ]);
  });

  it.each([
    ['no body', ''],
    ['a card number', { token: '4242424242424242' }],
    ['a card number as a PaymentMethod', { paymentMethod: '4242 4242 4242 4242' }],
    ['both', { token: 'tok_visa', paymentMethod: 'pm_card_visa' }],
    ['neither', {}],
    ['a list', { token: ['tok_visa'] }],
    ['an object', { token: { $ne: '' } }],
  ])('because it was sent %s', async (_what, means) => {
    const order = await till.order();
    const body = typeof means === 'string' ? means : { orderId: order.id, ...means };
    expect((await till.ask('POST', '/api/payments', body)).status).toBe(400);
    await till.judge.cancel(order.id);
  });
});

describe('the bank’s own check', () => {
  it('is asked for, and the payment goes on after it', async () => {
    const order = await till.order();
    const asked = await till.pay(order.id, 'tok_threeDSecure2Required');
    expect(asked).toMatchObject({ status: 201, body: { status: 'requires_action' } });
    expect(asked.body.clientSecret).toMatch(/^pi_.*_secret_/);
    const intent = asked.body.clientSecret?.split('_secret_')[0];
    expect((await till.confirm(asked.body.id)).body.status).toBe('requires_action');
    await till.control({ authenticate: { intent, result: 'complete' } });
    expect((await till.confirm(asked.body.id)).body.status).toBe('captured');
    expect(till.orderOf(order.id)?.paymentId).toBe(asked.body.id);
  });

  it('that fails is a refusal', async () => {
    const order = await till.order();
    const asked = await till.pay(order.id, 'tok_threeDSecure2Required');
    const intent = asked.body.clientSecret?.split('_secret_')[0];
    await till.control({ authenticate: { intent, result: 'fail' } });
    expect((await till.confirm(asked.body.id)).status).toBe(402);
    await till.judge.cancel(order.id);
  });

  it('that is left gives way to a new attempt', async () => {
    const before = await till.charged();
    const order = await till.order();
    const left = await till.pay(order.id, 'tok_threeDSecure2Required');
    const paid = await till.pay(order.id);
    expect(paid.body.status).toBe('captured');
    await till.settled();
    expect((await since(before)).map((charge) => charge.status).sort()).toEqual(['canceled', 'succeeded']);
    expect((await till.show(left.body.id)).body.status).toBe('canceled');
  });

  it('that is left is cancelled with the order', async () => {
    const order = await till.order();
    await till.pay(order.id, 'tok_threeDSecure2Required');
    await till.judge.cancel(order.id);
    const { all } = await till.settled();
    expect(all.at(-1)?.status).toBe('canceled');
  });
});

describe('somebody who tries many cards', () => {
  let limited: Till;
  beforeAll(async () => {
    limited = await openTill({ rateLimits: true });
  }, 60_000);
  afterAll(() => limited?.end());

  it('is told to wait after 30 in ten minutes, and nobody else is', async () => {
    const order = await limited.order();
    const tries = [];
    for (let n = 0; n < 31; n += 1) tries.push(await limited.pay(order.id, `tok_stolen${n}`));
    expect(tries.slice(0, 30).map(({ status }) => status)).toEqual(Array(30).fill(402));
    const last = tries.at(-1);
    expect([last?.status, last?.body.errors?.[0]?.code]).toEqual([429, 'too_many_requests']);
    const other = limited.sessions.user();
    const theirs = await limited.order({ userId: other.id });
    expect((await limited.pay(theirs.id, 'tok_visa', { as: other })).status).toBe(201);
  });
});

describe('a payment', () => {
  it('is seen and confirmed by its buyer alone', async () => {
    const order = await till.order();
    const { body } = await till.pay(order.id);
    const stranger = { as: till.sessions.user() };
    expect((await till.show(body.id)).body).toMatchObject({ id: body.id, status: 'captured' });
    expect((await till.show(body.id, stranger)).body.errors?.[0]?.code).toBe('not_yours');
    expect((await till.confirm(body.id, stranger)).status).toBe(401);
    expect((await till.show('0'.repeat(24))).status).toBe(404);
    expect((await till.show('nonsense')).status).toBe(404);
  });

  it('tells the browser what it needs to take a card, and no secret', async () => {
    const { status, body } = await till.ask('GET', '/api/payments/config', undefined, { as: null });
    expect(status).toBe(200);
    expect(body).toEqual({ publishableKey: till.stripe.publishableKey, currency: 'usd' });
  });
});
