import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderState } from '@ticketing/common/events';
import { eventually } from '@ticketing/common/testing';
import { openTill, type Till } from './till.ts';

const TEST_MS = 240_000;
/** Which requests a fault of the stand-in's is for. */
const capture = { method: 'POST', path: '/v1/payment_intents/*/capture' };

let till: Till;
beforeAll(async () => {
  till = await openTill({ replicas: 2 });
}, 60_000);
afterAll(() => till?.end());
afterEach(() => {
  till.judge.isThere = true;
  return till.control({ reset: true });
});

/** The attempt of an order, once orders has heard that it is authorised. */
const authorisedOf = ({ id: orderId }: OrderState) =>
  eventually(async () => {
    const attempt = await till.services[0]?.deps.mongo.collection('payments').findOne({ orderId });
    expect(till.heard).toContain(`authorized ${attempt?._id}`);
    return { id: String(attempt?._id), intentId: String(attempt?.intentId) };
  });

/** Every order here ended: completed and captured by the payment that won, or cancelled and not captured. */
const expectConsistent = async (orders: readonly OrderState[], before: number): Promise<void> => {
  const { all } = await till.settled();
  const received = all.slice(before).reduce((sum, charge) => sum + charge.amount_received, 0);
  const mongo = till.services[0]?.deps.mongo;
  let owed = 0;
  for (const { id } of orders) {
    const order = till.orderOf(id);
    const captured = await mongo?.collection('payments').find({ orderId: id, status: 'captured' }).toArray();
    expect(order?.status).not.toBe('awaiting payment');
    expect(captured?.map(({ _id }) => String(_id))).toEqual(
      order?.status === 'completed' ? [order.paymentId] : [],
    );
    if (order?.status === 'completed') owed += order.ticket.price.amount;
  }
  expect(received).toBe(owed);
};

const until = (moment: number) => pause(Math.max(0, moment - Date.now()));
const spread = (ms: number) => (Math.random() * 2 - 1) * ms;

describe('payment and expiry at the same instant', () => {
  it(
    '500 times over 50 ms before and after: completed and captured, or cancelled and not captured',
    async () => {
      const before = (await till.charged()).length;
      const orders: OrderState[] = [];
      // How long before the end a buyer must press to be in time, found by trying: so that the verdict, and not only
      // the request, falls around the end of the hold, on a machine of any speed.
      let leadMs = 100;
      const race = async () => {
        const due = Date.now() + leadMs + 60;
        const order = await till.order({ expiresAt: new Date(due).toISOString() });
        orders.push(order);
        const [answer] = await Promise.all([
          until(due - leadMs + spread(50)).then(() => till.pay(order.id)),
          until(due + spread(10)).then(() => till.judge.cancel(order.id)),
        ]);
        const won = till.orderOf(order.id)?.status === 'completed';
        leadMs = Math.min(2_000, Math.max(0, leadMs + (won ? -5 : 5)));
        // Whoever is told that it is paid has the ticket; whoever is refused has not been charged.
        const status = till.orderOf(order.id)?.status;
        if (answer.body.status === 'captured') expect(status).toBe('completed');
        if (answer.status === 400) expect(status).toBe('cancelled');
        expect([201, 400]).toContain(answer.status);
      };
      for (let n = 0; n < 500; n += 10) await Promise.all(Array.from({ length: 10 }, race));
      expect(orders).toHaveLength(500);
      await expectConsistent(orders, before);
      const ends = new Set(orders.map(({ id }) => till.orderOf(id)?.status));
      expect(ends).toEqual(new Set(['completed', 'cancelled']));
    },
    TEST_MS,
  );

  it(
    'with a slow Stripe, so that the verdict falls while the card is asked',
    async () => {
      const before = (await till.charged()).length;
      await till.control({ latencyMs: 40 });
      const orders: OrderState[] = [];
      const race = async () => {
        const order = await till.order();
        orders.push(order);
        await Promise.all([
          till.pay(order.id),
          pause(Math.random() * 250).then(() => till.judge.cancel(order.id)),
        ]);
      };
      for (let n = 0; n < 100; n += 20) await Promise.all(Array.from({ length: 20 }, race));
      await till.control({ reset: true });
      await expectConsistent(orders, before);
    },
    TEST_MS,
  );
});

describe('attempts of one order that race', () => {
  it(
    'at the bank’s page, superseding each other: one is captured, the others are canceled',
    async () => {
      const before = (await till.charged()).length;
      const orders: OrderState[] = [];
      for (let round = 0; round < 10; round += 1) {
        const order = await till.order();
        orders.push(order);
        await till.pay(order.id, 'tok_threeDSecure2Required');
        await Promise.all([
          till.pay(order.id, 'tok_threeDSecure2Required'),
          till.pay(order.id),
          till.pay(order.id, 'tok_threeDSecure2Required'),
        ]);
        await eventually(async () => {
          const answer = await till.pay(order.id);
          expect(till.orderOf(order.id)?.status === 'completed' || answer.status === 201).toBe(true);
        });
      }
      await expectConsistent(orders, before);
    },
    TEST_MS,
  );

  it(
    'with their buyer coming back from the bank after the order was let go: nothing is captured',
    async () => {
      const before = (await till.charged()).length;
      const orders: OrderState[] = [];
      for (let round = 0; round < 10; round += 1) {
        const order = await till.order();
        orders.push(order);
        const { body } = await till.pay(order.id, 'tok_threeDSecure2Required');
        const intent = body.clientSecret?.split('_secret_')[0];
        await Promise.allSettled([
          till.judge.cancel(order.id),
          till.control({ authenticate: { intent, result: 'complete' } }),
          till.confirm(body.id),
        ]);
      }
      await expectConsistent(orders, before);
    },
    TEST_MS,
  );
});

describe('a verdict whose reaction a crash has lost', () => {
  it(
    'is followed when it is heard again, though the replica has it already',
    async () => {
      const before = (await till.charged()).length;
      till.judge.isThere = false;
      // They would wake it, too.
      await till.control({ webhooks: 'never' });
      const order = await till.order();
      const paying = till.pay(order.id);
      const { id } = await authorisedOf(order);
      const mongo = till.services[0]?.deps.mongo;
      // As a crash between the two leaves it: the replica written, the attempts not looked at. And no worker comes by.
      const lookAt = new Date(Date.now() + 3_600_000);
      await mongo
        ?.collection('payments')
        .updateOne({ orderId: order.id }, { $set: { 'index.lookAt': lookAt } });
      await mongo
        ?.collection('orders')
        .updateOne(
          { 'ticket.id': order.ticket.id },
          { $set: { status: 'completed', paymentId: id, version: 1 } },
        );
      await till.judge.complete(order.id, id);
      till.judge.isThere = true;
      await eventually(async () => expect((await till.show(id)).body.status).toBe('captured'));
      await paying;
      await expectConsistent([order], before);
    },
    TEST_MS,
  );
});

describe('a payment whose end orders has never heard of', () => {
  it.each([
    ['captured', 'created', {}],
    ['failed', 'failed', { failNext: { status: 400, count: 1_000, ...capture } }],
  ])(
    '%s, is told again as long as orders says that the order is completed',
    async (status, word, faults) => {
      await till.control(faults);
      const order = await till.order();
      const { body } = await till.pay(order.id);
      await eventually(async () => expect((await till.show(body.id)).body.status).toBe(status));
      const times = () => till.heard.filter((line) => line === `${word} ${body.id}`).length;
      await eventually(() => expect(times()).toBeGreaterThan(0));
      await till.control({ reset: true });
      // It was told once more, and a broker has lost that, too.
      const attempts = till.services[0]?.deps.mongo.collection('payments');
      await attempts?.updateOne({ orderId: order.id, status }, { $unset: { republishAt: 1 } });
      await eventually(async () =>
        expect(await attempts?.countDocuments({ 'outbox.0': { $exists: true } })).toBe(0),
      );
      const before = times();
      await till.judge.sayCompleted(order.id, body.id);
      await eventually(() => expect(times()).toBeGreaterThan(before));
    },
    TEST_MS,
  );
});

describe('a capture', () => {
  it(
    'that Stripe refuses for good cancels the order, and the authorisation first',
    async () => {
      const before = (await till.charged()).length;
      await till.control({ failNext: { status: 400, count: 5, ...capture } });
      const order = await till.order();
      const { body } = await till.pay(order.id);
      await eventually(async () => expect((await till.show(body.id)).body.status).toBe('failed'));
      await eventually(() =>
        expect(till.orderOf(order.id)).toMatchObject({ status: 'cancelled', reason: 'payment_failed' }),
      );
      await till.control({ reset: true });
      await expectConsistent([order], before);
      expect(till.heard).toContain(`failed ${body.id}`);
    },
    TEST_MS,
  );

  it(
    'that is being undone is not called anything final, as another capture of it may have won',
    async () => {
      const before = (await till.charged()).length;
      const cancel = { method: 'POST', path: '/v1/payment_intents/*/cancel' };
      await till.control({
        failNext: [
          // Every driver's: one that got through would have won.
          { status: 400, count: 1_000, ...capture },
          { status: 500, count: 1_000, ...cancel },
        ],
      });
      const order = await till.order();
      const paying = till.pay(order.id);
      const attempts = till.services[0]?.deps.mongo.collection('payments');
      const undone = await eventually(async () => {
        const attempt = await attempts?.findOne({ orderId: order.id, status: 'cancelling' });
        expect(attempt?.reason).toBe('capture_refused');
        return String(attempt?._id);
      });
      expect((await till.show(undone)).body.status).toBe('processing');
      await till.control({ reset: true });
      await till.confirm(undone);
      // And whoever waits is told how it ended.
      expect(await paying).toMatchObject({ status: 201, body: { id: undone, status: 'failed' } });
      await expectConsistent([order], before);
    },
    TEST_MS,
  );

  it(
    'of an authorisation that the bank has let go of cancels the order',
    async () => {
      const before = (await till.charged()).length;
      till.judge.isThere = false;
      const order = await till.order();
      const paying = till.pay(order.id);
      const { id: authorized, intentId } = await authorisedOf(order);
      await till.control({ expire: intentId });
      // Not even an intent that is seen canceled moves an attempt that orders has not judged.
      expect((await till.show(authorized)).body.status).toBe('processing');
      await till.judge.complete(order.id, authorized);
      till.judge.isThere = true;
      await paying;
      await eventually(() =>
        expect(till.orderOf(order.id)).toMatchObject({ status: 'cancelled', reason: 'payment_failed' }),
      );
      await expectConsistent([order], before);
    },
    TEST_MS,
  );

  it(
    'that is refused to one driver and succeeds for another counts',
    async () => {
      const before = (await till.charged()).length;
      const orders: OrderState[] = [];
      for (let round = 0; round < 10; round += 1) {
        await till.control({ failNext: { status: 400, count: 1, ...capture } });
        const order = await till.order();
        orders.push(order);
        await till.pay(order.id);
      }
      await till.control({ reset: true });
      await expectConsistent(orders, before);
    },
    TEST_MS,
  );
});
