import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, explainQueries, newId } from '@ticketing/common/testing';
import { BANK_GRACE_MS } from '../src/payment.ts';
import { openTill, type Till } from './till.ts';

const TEST_MS = 120_000;

let till: Till;
beforeAll(async () => {
  till = await openTill();
}, 60_000);
afterAll(() => till?.end());
afterEach(() => till.control({ reset: true }));

/** Pays, as the page does: takes `processing` for an answer, and asks until it is decided. */
const payUntilDecided = async (token = 'tok_visa'): Promise<string | undefined> => {
  const order = await till.order();
  const before = (await till.charged()).length;
  let { status, body } = await till.pay(order.id, token);
  await eventually(async () => {
    if (status === 503) ({ status, body } = await till.pay(order.id, token));
    if (status === 201) body = (await till.show(body.id)).body;
    expect(['captured', 'canceled', 'failed']).toContain(body.status);
  }, 60_000);
  await till.control({ reset: true });
  await till.settled();
  const received = (await till.charged()).slice(before).map((charge) => charge.amount_received);
  const paid = received.filter((amount) => amount > 0);
  expect(paid).toEqual(till.orderOf(order.id)?.status === 'completed' ? [1999] : []);
  return till.orderOf(order.id)?.status;
};

const calls = {
  create: { method: 'POST', path: '/v1/payment_intents' },
  confirm: { method: 'POST', path: '/v1/payment_intents/*/confirm' },
  capture: { method: 'POST', path: '/v1/payment_intents/*/capture' },
  retrieve: { method: 'GET', path: '/v1/payment_intents/*' },
} as const;

describe.each(Object.entries(calls))('when to %s', (_name, aim) => {
  it.each([
    ['the connection is cut after the work was done', { loseAnswers: { count: 2, ...aim } }],
    ['no answer ever comes', { loseAnswers: { count: 1, by: 'silence', ...aim } }],
    ['Stripe says 429', { failNext: { status: 429, count: 2, ...aim } }],
    ['Stripe says 500', { failNext: { status: 500, count: 2, ...aim } }],
    ...(aim.method === 'POST'
      ? [
          [
            'Stripe says 500 after the work was done',
            { failNext: { status: 500, count: 1, when: 'after', ...aim } },
          ],
        ]
      : []),
  ] as [string, object][])(
    '%s, the payment is made all the same, once',
    async (_what, fault) => {
      await till.control(fault);
      expect(await payUntilDecided()).toBe('completed');
    },
    TEST_MS,
  );
});

describe('to cancel an authorisation', () => {
  it.each([
    [
      'the answer is lost',
      { loseAnswers: { count: 2, method: 'POST', path: '/v1/payment_intents/*/cancel' } },
    ],
    [
      'Stripe says 500',
      { failNext: { status: 500, count: 2, method: 'POST', path: '/v1/payment_intents/*/cancel' } },
    ],
  ])(
    'is tried until it is canceled, when %s',
    async (_what, fault) => {
      await till.control(fault);
      const order = await till.order();
      await till.pay(order.id, 'tok_chargeDeclined');
      await till.judge.cancel(order.id);
      const { all } = await till.settled();
      expect(all.at(-1)?.status).toBe('canceled');
    },
    TEST_MS,
  );
});

describe('a Stripe that does not answer', () => {
  it(
    'leaves the buyer with an honest answer in ten seconds, and the payment goes on by itself',
    async () => {
      const order = await till.order();
      await till.control({ latencyMs: 12_000 });
      const asked = Date.now();
      const { status, body } = await till.pay(order.id);
      expect(Date.now() - asked).toBeLessThan(10_000);
      expect([status, body.status]).toEqual([201, 'processing']);
      await till.control({ latencyMs: 0 });
      await eventually(async () => expect((await till.show(body.id)).body.status).toBe('captured'), 60_000);
      await till.settled();
    },
    TEST_MS,
  );
});

describe('a Stripe that answers 500 to everything for a while', () => {
  it(
    'is given time, and the payment that was begun meanwhile is made',
    async () => {
      const order = await till.order();
      await till.control({
        failNext: { status: 500, count: 1_000, method: 'POST', path: '/v1/payment_intents' },
      });
      const paying = till.pay(order.id);
      const attempts = till.services[0]?.deps.mongo.collection('payments');
      await eventually(async () => {
        expect(await attempts?.countDocuments({ orderId: order.id, keyNumber: 3 })).toBe(1);
      });
      await till.control({ reset: true });
      expect((await paying).body.status).toBe('captured');
    },
    TEST_MS,
  );

  it(
    'is given up after a while, and paying again, as the answer says, begins anew under the same Idempotency-Key',
    async () => {
      const order = await till.order();
      const headers = till.key();
      await till.control({
        failNext: { status: 500, count: 5, method: 'POST', path: '/v1/payment_intents' },
      });
      const first = await till.pay(order.id, 'tok_visa', { headers });
      expect([first.status, first.body.errors?.[0]?.code]).toEqual([503, 'unavailable']);
      const second = await till.pay(order.id, 'tok_visa', { headers });
      expect([second.status, second.body.status]).toEqual([201, 'captured']);
      expect((await till.pay(order.id, 'tok_visa', { headers })).body).toEqual(second.body);
    },
    TEST_MS,
  );
});

describe('webhooks', () => {
  it.each(['twice', 'late', 'reordered', 'never'])(
    'that come %s change nothing',
    async (webhooks) => {
      await till.control({ webhooks, lateMs: 300 });
      expect(await payUntilDecided()).toBe('completed');
    },
    TEST_MS,
  );

  it(
    'let a payment go on after the bank, before the buyer is back',
    async () => {
      const order = await till.order();
      const { body } = await till.pay(order.id, 'tok_threeDSecure2Required');
      const intent = body.clientSecret?.split('_secret_')[0];
      await till.control({ authenticate: { intent, result: 'complete' } });
      await eventually(async () => expect((await till.show(body.id)).body.status).toBe('captured'));
    },
    TEST_MS,
  );

  const signed = (body: string, secret: string, at = Math.floor(Date.now() / 1000)) =>
    `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
  const event = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_unknown', object: 'payment_intent' } },
  });
  const send = (body: string, signature?: string, headers: Record<string, string> = {}) =>
    till.ask('POST', '/api/payments/webhook', body, {
      as: null,
      headers: { ...(signature === undefined ? {} : { 'Stripe-Signature': signature }), ...headers },
    });

  it('that are signed by Stripe are heard, of an unknown payment too, from wherever they come, and once', async () => {
    const secret = 'whsec_test_of_the_till';
    const foreign = { Origin: 'https://stripe.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await send(event, signed(event, secret), foreign)).status).toBe(200);
    expect((await send(event, signed(event, secret))).status).toBe(200);
    const remembered = await till.services[0]?.deps.mongo
      .collection<{ _id: string }>('webhooks')
      .countDocuments({ _id: JSON.parse(event).id });
    expect(remembered).toBe(1);
  });

  it('that were remembered, and then lost in a crash, count when Stripe sends them again', async () => {
    await till.control({ webhooks: 'never' });
    const order = await till.order();
    const { body } = await till.pay(order.id, 'tok_threeDSecure2Required');
    const intent = body.clientSecret?.split('_secret_')[0];
    const mongo = till.services[0]?.deps.mongo;
    // Remembered, and nobody woken; and no worker comes by.
    const id = `evt_${newId()}`;
    await mongo?.collection<{ _id: string }>('webhooks').insertOne({ _id: id });
    const lookAt = new Date(Date.now() + 3_600_000);
    await mongo
      ?.collection('payments')
      .updateOne({ orderId: order.id }, { $set: { 'index.lookAt': lookAt } });
    await till.control({ authenticate: { intent, result: 'complete' } });
    const again = JSON.stringify({
      id,
      object: 'event',
      type: 'payment_intent.amount_capturable_updated',
      data: { object: { id: intent, object: 'payment_intent' } },
    });
    expect((await send(again, signed(again, 'whsec_test_of_the_till'))).status).toBe(200);
    await eventually(async () => expect((await till.show(body.id)).body.status).toBe('captured'));
  });

  it('that are forged, old, changed or unsigned are refused, and not remembered', async () => {
    const secret = 'whsec_test_of_the_till';
    const before = await till.services[0]?.deps.mongo.collection('webhooks').countDocuments();
    const old = Math.floor(Date.now() / 1000) - 301;
    const refused = [
      await send(event, signed(event, 'whsec_guessed')),
      await send(event, signed(event, secret, old)),
      await send(`${event} `, signed(event, secret)),
      await send(event),
      await send(event, 'nonsense'),
      await send('', signed('', secret)),
    ];
    for (const { status, body } of refused) {
      expect([status, body.errors?.[0]?.code]).toEqual([400, 'invalid_signature']);
    }
    const huge = JSON.stringify({ x: 'x'.repeat(300_000) });
    expect((await send(huge, signed(huge, secret))).status).toBe(413);
    expect(await till.services[0]?.deps.mongo.collection('webhooks').countDocuments()).toBe(before);
  });
});

describe('a buyer who never comes back from the bank', () => {
  let passedMs = 0;
  let later: Till;
  beforeAll(async () => {
    later = await openTill({ webhooks: false, clock: { now: () => new Date(Date.now() + passedMs) } });
  }, 60_000);
  afterAll(() => later?.end());

  it(
    'has the hold and five minutes; then nobody asks, the service was killed meanwhile, and the intent is canceled',
    async () => {
      const order = await later.order();
      const { body } = await later.pay(order.id, 'tok_threeDSecure2Required');
      expect(body.status).toBe('requires_action');
      const left = Date.parse(order.expiresAt) + BANK_GRACE_MS - Date.now();
      passedMs = left - 30_000;
      expect((await later.confirm(body.id)).body.status).toBe('requires_action');
      const [killed] = later.services.splice(0, 1);
      await killed?.stop();
      passedMs = left + 1_000;
      await later.startAnother();
      const { all } = await later.settled();
      expect(all.map((charge) => [charge.status, charge.amount_received])).toEqual([['canceled', 0]]);
      expect((await later.show(body.id)).body.status).toBe('canceled');
      const told = await later.confirm(body.id);
      expect([told.status, told.body.errors?.[0]?.code]).toEqual([400, 'order_expired']);
    },
    TEST_MS,
  );
});

describe('what a broker has lost', () => {
  let passedMs = 0;
  let later: Till;
  beforeAll(async () => {
    later = await openTill({ clock: { now: () => new Date(Date.now() + passedMs) } });
  }, 60_000);
  afterAll(() => later?.end());

  it(
    'of an authorised payment is told again after a minute: the order is completed, and the money taken',
    async () => {
      const order = await later.order();
      const before = later.heard.length;
      later.judge.isThere = false;
      const paying = later.pay(order.id);
      await eventually(() => expect(later.heard).toHaveLength(before + 1));
      // It came to nobody's ears. From here on orders is there, and hears nothing new.
      later.judge.isThere = true;
      expect((await paying).body.status).toBe('processing');
      expect(later.orderOf(order.id)?.status).toBe('awaiting payment');
      passedMs += 61_000;
      await eventually(() => expect(later.orderOf(order.id)?.status).toBe('completed'));
      const { captured } = await later.settled();
      expect(captured.map((charge) => charge.amount_received)).toEqual([1_999]);
    },
    TEST_MS,
  );

  it.each([
    ['was taken', {}, 'captured', 'created'],
    [
      'can never be taken',
      { failNext: { status: 400, count: 5, path: '/v1/payment_intents/*/capture' } },
      'failed',
      'failed',
    ],
  ])(
    'of money that %s is told again after a minute',
    async (_what, faults, status, told) => {
      await later.control(faults);
      const { body } = await later.pay((await later.order()).id);
      expect(body.status).toBe(status);
      await later.control({ reset: true });
      const heard = () => later.heard.filter((each) => each === `${told} ${body.id}`).length;
      await eventually(() => expect(heard()).toBe(1));
      passedMs += 61_000;
      await eventually(() => expect(heard()).toBe(2));
    },
    TEST_MS,
  );
});

describe('every question to the database', () => {
  it(
    'is answered by an index',
    async () => {
      const mongo = till.services[0]?.deps.mongo;
      if (mongo === undefined) throw new Error('not started');
      const plans = await explainQueries(mongo, async () => {
        const order = await till.order();
        await till.pay(order.id, 'tok_chargeDeclined', { headers: till.key() });
        const { body } = await till.pay(order.id);
        await till.show(body.id);
        await till.settled();
      });
      const mine = plans.filter(({ collection }) => collection !== 'dead_letters');
      expect(mine.length).toBeGreaterThan(10);
      // The test's own count of open attempts is not the service's.
      const scans = mine.filter(
        ({ stages, command }) =>
          stages.includes('COLLSCAN') && !JSON.stringify(command).includes('"index.open":true}'),
      );
      expect(scans).toEqual([]);
    },
    TEST_MS,
  );
});
