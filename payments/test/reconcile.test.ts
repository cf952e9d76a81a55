import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import type { PaymentStatus } from '@ticketing/common/events';
import {
  anOrderState,
  eventually,
  explainQueries,
  newId,
  type TestDatabase,
  testDatabase,
} from '@ticketing/common/testing';
import { type RunningStandIn, startStandIn } from '@ticketing/stripe-stand-in';
import mongoose from 'mongoose';
import { differences, type Facts, madeFor } from '../src/difference.ts';
import { begin, type Payment } from '../src/payment.ts';
import { openOrderReplica } from '../src/store/orders.ts';
import { openPaymentStore } from '../src/store/payments.ts';
import { connectStripe } from '../src/stripe/connect-stripe.ts';
import type { Intent, IntentStatus, StripePort } from '../src/stripe/stripe-port.ts';
import { drivePayment } from '../src/use-cases/drive-payment.ts';
import { type Reported, reconcile } from '../src/use-cases/reconcile.ts';
import { openTill, type Till } from './till.ts';

const TEST_MS = 120_000;
const MINUTE_MS = 60_000;
/** Everything counts, however young. */
const AT_ONCE = { intentMs: 0, unknownMs: 0, attemptMs: 0 };

const secretsOf = (stripe: RunningStandIn) => ({
  STRIPE_SECRET_KEY: stripe.secretKey,
  STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
  STRIPE_WEBHOOK_SECRET: 'whsec_test_of_reconciliation',
  STRIPE_API_BASE: stripe.url,
});
const portTo = (stripe: RunningStandIn, deployment = 'till'): StripePort =>
  connectStripe({
    ...secretsOf(stripe),
    STRIPE_BROWSER_BASE: undefined,
    STRIPE_TIMEOUT_MS: 5_000,
    DEPLOYMENT: deployment,
  });
/** An intent that a crash left at Stripe, or that somebody made there by hand. */
const anIntentAt = async (
  port: StripePort,
  metadata: Record<string, string>,
  { authorised = true, captured = false } = {},
): Promise<Intent> => {
  const price = { amount: 1_999, currency: 'usd' };
  const idempotencyKey = newId();
  const intent = await port.createIntent({
    ...price,
    paymentMethod: 'pm_card_visa',
    metadata,
    idempotencyKey,
  });
  if (!authorised) return intent;
  const confirmed = await port.confirm(intent.id);
  return captured ? port.capture(intent.id) : confirmed;
};

describe('what counts as a difference', () => {
  const now = new Date('2030-01-01T12:00:00Z');
  const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE_MS);
  const order = anOrderState({ expiresAt: ago(-5).toISOString() });
  const { price } = order.ticket;
  const attempt: Payment = { ...begin(newId(), order, { token: 'tok_visa' }, ago(30)), intentId: 'pi_1' };
  const completed = { ...order, status: 'completed', paymentId: attempt.id } as const;
  const intentThatIs = (status: IntentStatus, given: Partial<Intent> = {}): Intent => ({
    id: 'pi_1',
    status,
    ...price,
    amountReceived: status === 'succeeded' ? price.amount : 0,
    amountRefunded: 0,
    metadata: { paymentId: attempt.id, orderId: order.id },
    created: ago(30),
    ...given,
  });
  const about = { paymentId: attempt.id, orderId: order.id };
  const said = (facts: Partial<Facts>): string[] =>
    differences({ ...about, ...facts }, now).map(({ kind, repair }) => `${kind}: ${repair ?? 'list'}`);
  const captured: Payment = { ...attempt, status: 'captured' };
  const settledAs = (status: 'canceled' | 'failed'): Payment => ({ ...attempt, status });

  it('is nothing where a payment was captured and its order completed', () => {
    expect(said({ intent: intentThatIs('succeeded'), attempt: captured, order: completed })).toEqual([]);
  });

  it('is nothing where an attempt was given up and its intent canceled', () => {
    expect(said({ intent: intentThatIs('canceled'), attempt: settledAs('canceled'), order })).toEqual([]);
  });

  it('is nothing where a capture is under way, or a refusal was overtaken by one', () => {
    const capturing: Payment = { ...attempt, status: 'capturing', startedAt: ago(1) };
    const refused: Payment = { ...capturing, status: 'cancelling', reason: 'capture_refused' };
    for (const underWay of [capturing, refused]) {
      expect(said({ intent: intentThatIs('succeeded'), attempt: underWay, order: completed })).toEqual([]);
    }
    expect(said({ intent: intentThatIs('requires_capture'), attempt: capturing, order: completed })).toEqual(
      [],
    );
  });

  it.each<IntentStatus>([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'requires_capture',
  ])('is an intent in %s that its attempt has given up', (status) => {
    const nobody = ['authorised for nobody: cancel intent'];
    const intent = intentThatIs(status);
    expect(said({ intent, attempt: settledAs('canceled'), order })).toEqual(nobody);
    expect(said({ intent, attempt: settledAs('failed'), order })).toEqual(nobody);
    expect(said({ intent, attempt: { ...settledAs('canceled'), intentId: undefined }, order })).toEqual(
      nobody,
    );
    expect(said({ intent, attempt: { ...captured, intentId: 'pi_2' }, order: completed })).toEqual(nobody);
    expect(said({ intent: { ...intent, created: ago(4) }, attempt: settledAs('canceled'), order })).toEqual(
      [],
    );
  });

  it('is never the intent of an attempt that may still need it', () => {
    const intent = intentThatIs('requires_capture');
    for (const status of [
      'authorising',
      'requires_action',
      'authorized',
      'capturing',
      'cancelling',
    ] as const) {
      const open: Payment = { ...attempt, status, startedAt: ago(10) };
      expect(said({ intent, attempt: open, order })).toEqual([]);
    }
    const notStoredYet: Payment = { ...attempt, intentId: undefined, startedAt: ago(10) };
    expect(said({ intent, attempt: notStoredYet, order })).toEqual([]);
  });

  it('leaves an authorisation whose attempt is unknown for an hour, and for good where its order counts on it', () => {
    const made = (minutes: number) => intentThatIs('requires_capture', { created: ago(minutes) });
    expect(said({ intent: made(59) })).toEqual([]);
    expect(said({ intent: made(60) })).toEqual(['authorised for nobody: cancel intent']);
    expect(said({ intent: made(60), order: completed })).toEqual(['completed without captured: list']);
  });

  it('is money that was taken for an order that it did not complete', () => {
    const inVain = ['captured without completed: list'];
    const intent = intentThatIs('succeeded');
    expect(said({ intent })).toEqual(inVain);
    expect(said({ intent, attempt: settledAs('canceled'), order })).toEqual(inVain);
    expect(said({ intent, attempt: captured, order: { ...order, status: 'cancelled' } })).toEqual(inVain);
    expect(said({ intent, attempt: captured, order: { ...completed, paymentId: newId() } })).toEqual(inVain);
    expect(said({ intent, attempt: { ...captured, intentId: 'pi_2' }, order: completed })).toEqual(inVain);
    const cancelling: Payment = { ...attempt, status: 'cancelling', reason: 'refused', startedAt: ago(10) };
    expect(said({ intent, attempt: cancelling, order })).toEqual(inVain);
  });

  it('is an order that counts as paid without its money', () => {
    const unpaid = ['completed without captured: list'];
    expect(said({ order: completed })).toEqual(unpaid);
    expect(said({ order: completed, attempt: captured })).toEqual(unpaid);
    expect(said({ order: completed, attempt: captured, intent: intentThatIs('requires_capture') })).toEqual(
      unpaid,
    );
    expect(
      said({ order: completed, attempt: settledAs('failed'), intent: intentThatIs('canceled') }),
    ).toEqual(unpaid);
  });

  it('is no longer what it was, once the money is given back', () => {
    const intent = intentThatIs('succeeded', { amountRefunded: price.amount });
    expect(said({ intent })).toEqual([]);
    expect(said({ intent, attempt: settledAs('canceled'), order })).toEqual([]);
    expect(said({ intent, attempt: captured, order: { ...order, status: 'cancelled' } })).toEqual([
      'refund not noted: note refund',
    ]);
    const inVain = ['captured without completed: list'];
    expect(said({ intent: { ...intent, amountRefunded: price.amount - 1 } })).toEqual(inVain);
    const twice = intentThatIs('succeeded', { amountReceived: price.amount + 1, amountRefunded: 1 });
    expect(said({ intent: twice, attempt: { ...captured, refunded: 1 }, order: completed })).toEqual([]);
  });

  it('is a refund of a completed order until it is noted, each time that more is given back', () => {
    const facts = { order: completed, intent: intentThatIs('succeeded', { amountRefunded: 500 }) };
    const notNoted = ['refund not noted: note refund'];
    expect(said({ ...facts, attempt: captured })).toEqual(notNoted);
    expect(said({ ...facts, attempt: { ...captured, refunded: 499 } })).toEqual(notNoted);
    expect(said({ ...facts, attempt: { ...captured, refunded: 500 } })).toEqual([]);
  });

  it('is a status that we do not know, of which nothing else is said and nothing repaired', () => {
    const unknown = ['status unknown: list'];
    const intent = intentThatIs('unknown');
    for (const attempt of [undefined, captured, settledAs('canceled'), settledAs('failed')]) {
      expect(said({ intent, ...(attempt === undefined ? {} : { attempt }), order: completed })).toEqual(
        unknown,
      );
    }
    expect(said({ intent: { ...intent, created: ago(4) }, attempt: captured, order: completed })).toEqual([]);
  });

  it('is another amount, or another currency, than was agreed', () => {
    const differs = ['amount differs: list'];
    const facts = { attempt: captured, order: completed };
    const more = { amount: price.amount + 1 };
    const taken = intentThatIs('succeeded', { ...more, amountReceived: more.amount });
    expect(said({ ...facts, intent: taken })).toEqual(differs);
    const capturing: Payment = { ...attempt, status: 'capturing', startedAt: ago(10) };
    expect(said({ ...facts, attempt: capturing, intent: intentThatIs('requires_capture', more) })).toEqual(
      differs,
    );
    expect(
      said({ ...facts, intent: intentThatIs('succeeded', { amountReceived: price.amount - 1 }) }),
    ).toEqual(differs);
    expect(said({ ...facts, intent: intentThatIs('succeeded', { currency: 'eur' }) })).toEqual(differs);
  });

  it('is an attempt that is open for long, but not while its buyer may be at the bank', () => {
    const late = ['attempt open too long: drive attempt'];
    const at = (status: Payment['status'], startedAt: Date): Payment => ({ ...attempt, status, startedAt });
    const held = intentThatIs('requires_capture');
    expect(said({ attempt: at('authorized', ago(15)), intent: held, order })).toEqual(late);
    expect(said({ attempt: at('authorized', ago(14)), intent: held, order })).toEqual([]);
    expect(said({ attempt: { ...attempt, intentId: undefined }, order })).toEqual(late);
    const asked = intentThatIs('requires_action');
    expect(said({ attempt: at('requires_action', ago(30)), intent: asked, order })).toEqual([]);
    const over = { ...order, expiresAt: ago(15).toISOString() };
    expect(said({ attempt: at('requires_action', ago(30)), intent: asked, order: over })).toEqual(late);
  });

  it('is an attempt whose intent Stripe does not know, which is for a human: nothing can be done with it', () => {
    const open: PaymentStatus[] = ['authorising', 'requires_action', 'authorized', 'capturing', 'cancelling'];
    const over = { ...order, expiresAt: ago(15).toISOString() };
    for (const status of open) {
      expect(said({ attempt: { ...attempt, status }, order: over })).toEqual(['intent unknown: list']);
    }
    expect(said({ attempt: { ...attempt, startedAt: ago(14) }, order })).toEqual([]);
    expect(said({ attempt: settledAs('canceled'), order })).toEqual([]);
  });

  it('is nobody’s business where an intent does not say that it is ours', () => {
    const orderId = newId();
    expect(madeFor({ metadata: {} })).toBeUndefined();
    expect(madeFor({ metadata: { paymentId: '4711', orderId } })).toBeUndefined();
    expect(madeFor({ metadata: { paymentId: newId() } })).toBeUndefined();
    expect(madeFor({ metadata: { ...about, more: 'of it' } })).toEqual(about);
  });
});

describe('reconciliation', () => {
  let till: Till;
  let port: StripePort;
  let look: (options?: { repair?: boolean; through?: StripePort }) => Promise<Reported[]>;
  beforeAll(async () => {
    till = await openTill({ webhooks: false });
    port = portTo(till.stripe);
    const { deps } = serviceOf(till);
    // Models of its own over the same database, as another process has.
    const mongo = deps.mongo.useDb(deps.mongo.name, { useCache: false });
    const { relay, logger } = deps;
    const payments = openPaymentStore({ mongo, relay, clock: systemClock });
    const orders = openOrderReplica({ mongo });
    const since = new Date(Date.now() - 60 * MINUTE_MS);
    look = ({ repair = false, through = port } = {}) => {
      const parts = { payments, orders, stripe: through, clock: systemClock, logger };
      const drive = drivePayment({ ...parts, pause: async () => {}, at: async () => {} });
      return reconcile({ ...parts, drive })({ since, repair, ages: AT_ONCE });
    };
  }, 60_000);
  afterAll(() => till?.end());
  afterEach(async () => {
    till.judge.isThere = true;
    await till.control({ reset: true });
  });

  const serviceOf = ({ services: [service] }: Till) => {
    if (service === undefined) throw new Error('no service');
    return service;
  };
  const documents = (name: 'payments' | 'orders') => serviceOf(till).deps.mongo.collection(name);
  /** Gives money back by hand, as somebody does at Stripe's dashboard. */
  const refund = (intentId: string, amount?: number) =>
    till.byHand.refunds.create({ payment_intent: intentId, ...(amount === undefined ? {} : { amount }) });
  const objectId = (id: string) => new mongoose.Types.ObjectId(id);
  const change = (name: 'payments' | 'orders', id: string, fields: object) =>
    documents(name).updateOne({ _id: objectId(id) }, { $set: fields });
  const of = (id: string, reported: readonly Reported[]) =>
    reported.filter(({ paymentId }) => paymentId === id).map(({ kind, repaired }) => ({ kind, repaired }));
  const paid = async () => {
    const order = await till.order();
    const { body } = await till.pay(order.id);
    await till.settled();
    expect((await till.show(body.id)).body.status).toBe('captured');
    return { order, id: body.id };
  };
  const unknownHere = () => ({ paymentId: newId(), orderId: newId() });

  it(
    'finds nothing after payments that were made, declined, and left at the bank',
    async () => {
      await paid();
      await till.pay((await till.order()).id, 'tok_chargeDeclined');
      const left = await till.order();
      await till.pay(left.id, 'tok_threeDSecure2Required');
      await till.judge.cancel(left.id);
      await till.settled();
      expect(await look({ repair: true })).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'cancels what was authorised for nobody, once, whoever else does so at the same time',
    async () => {
      const { id, order } = await paid();
      const about = unknownHere();
      const lost = await anIntentAt(port, about);
      const unconfirmed = await anIntentAt(port, about, { authorised: false });
      const second = await anIntentAt(port, { paymentId: id, orderId: order.id });

      const nobody = { kind: 'authorised for nobody', repaired: false };
      const listed = await look();
      expect(of(about.paymentId, listed)).toEqual([nobody, nobody]);
      expect(of(id, listed)).toEqual([nobody]);
      expect((await port.retrieve(lost.id)).status).toBe('requires_capture');

      for (const repaired of await Promise.all([look({ repair: true }), look({ repair: true })])) {
        expect(repaired.filter((one) => !one.repaired)).toEqual([]);
      }
      for (const intent of [lost, unconfirmed, second]) {
        expect((await port.retrieve(intent.id)).status).toBe('canceled');
      }
      expect(await look()).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'says that a repair did not work, where Stripe does not do it, and does it the next time',
    async () => {
      const about = unknownHere();
      await anIntentAt(port, about);
      await till.control({
        failNext: { status: 500, count: 1, method: 'POST', path: '/v1/payment_intents/*/cancel' },
      });
      const nobody = { kind: 'authorised for nobody' };
      expect(of(about.paymentId, await look({ repair: true }))).toEqual([{ ...nobody, repaired: false }]);
      expect(of(about.paymentId, await look({ repair: true }))).toEqual([{ ...nobody, repaired: true }]);
      expect(of(about.paymentId, await look())).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'neither lists nor touches what others have on the same account',
    async () => {
      const before = await look();
      const theirs = [
        await anIntentAt(port, {}),
        await anIntentAt(port, { paymentId: '4711', orderId: '1' }),
        // Another deployment's, whose attempt is unknown here for as long as it may be.
        await anIntentAt(portTo(till.stripe, 'elsewhere'), unknownHere()),
      ];
      expect(await look({ repair: true })).toEqual(before);
      for (const { id } of theirs) expect((await port.retrieve(id)).status).toBe('requires_capture');
      // Only so that nothing is open for the tests after this.
      for (const { id } of theirs) await port.cancel(id);
    },
    TEST_MS,
  );

  it(
    'lists money taken for an order that it did not complete, and leaves it to a human',
    async () => {
      const about = unknownHere();
      const intent = await anIntentAt(port, about, { captured: true });
      const inVain = [{ kind: 'captured without completed', repaired: false }];
      expect(of(about.paymentId, await look({ repair: true }))).toEqual(inVain);
      expect((await port.retrieve(intent.id)).amountReceived).toBe(1_999);
    },
    TEST_MS,
  );

  it(
    'is quiet about it once the money is given back, and tells once of a completed order whose money was',
    async () => {
      const about = unknownHere();
      const intent = await anIntentAt(port, about, { captured: true });
      await refund(intent.id, 999);
      expect(of(about.paymentId, await look())).toEqual([
        { kind: 'captured without completed', repaired: false },
      ]);
      await refund(intent.id);
      expect(of(about.paymentId, await look({ repair: true }))).toEqual([]);

      const { id } = await paid();
      const intentId = String((await documents('payments').findOne({ _id: objectId(id) }))?.intentId);
      for (const [amount, refunded] of [
        [500, 5],
        [1_499, 19.99],
      ] as const) {
        await refund(intentId, amount);
        expect(of(id, await look())).toEqual([{ kind: 'refund not noted', repaired: false }]);
        expect(of(id, await look({ repair: true }))).toEqual([{ kind: 'refund not noted', repaired: true }]);
        expect(of(id, await look({ repair: true }))).toEqual([]);
        expect((await till.show(id)).body).toMatchObject({ status: 'captured', refunded });
      }
    },
    TEST_MS,
  );

  it(
    'lets go of an attempt that somebody captured and gave back at Stripe by hand',
    async () => {
      const order = await till.order();
      const { body } = await till.pay(order.id, 'tok_threeDSecure2Required');
      const intentId = String((await documents('payments').findOne({ _id: objectId(body.id) }))?.intentId);
      // Nothing of ours moves it, until the money is taken by hand.
      await change('payments', body.id, { 'index.lookAt': new Date(Date.now() + 60 * MINUTE_MS) });
      await till.control({ authenticate: { intent: intentId, result: 'complete' } });
      await port.capture(intentId);
      await till.judge.cancel(order.id);
      const inVain = { kind: 'captured without completed', repaired: false };
      await eventually(async () => {
        expect((await documents('payments').findOne({ _id: objectId(body.id) }))?.status).toBe('cancelling');
        expect(of(body.id, await look())).toContainEqual(inVain);
      });
      await refund(intentId);
      await look({ repair: true });
      expect(of(body.id, await look())).toEqual([]);
      expect((await till.show(body.id)).body.status).toBe('canceled');
    },
    TEST_MS,
  );

  it(
    'lists an intent whose status we do not know, and all that comes after it',
    async () => {
      const about = unknownHere();
      const older = await anIntentAt(port, about);
      const newer = unknownHere();
      const strange = await anIntentAt(port, newer);
      const future: StripePort = {
        ...port,
        async retrieve(id) {
          const intent = await port.retrieve(id);
          return id === strange.id ? { ...intent, status: 'unknown' } : intent;
        },
        async *list(since) {
          for await (const { id } of port.list(since)) yield future.retrieve(id);
        },
      };
      const reported = await look({ repair: true, through: future });
      expect(of(newer.paymentId, reported)).toEqual([{ kind: 'status unknown', repaired: false }]);
      expect(of(about.paymentId, reported)).toEqual([{ kind: 'authorised for nobody', repaired: true }]);
      expect((await port.retrieve(strange.id)).status).toBe('requires_capture');
      expect((await port.retrieve(older.id)).status).toBe('canceled');
      await port.cancel(strange.id);
    },
    TEST_MS,
  );

  it(
    'lists orders that count as paid without their money: the attempt unknown, given up, or its intent never made',
    async () => {
      const unpaid = [{ kind: 'completed without captured', repaired: false }];
      const nameless = await till.order({ status: 'completed', paymentId: newId() });
      await eventually(async () => {
        expect(of(nameless.paymentId ?? '', await look())).toEqual(unpaid);
      });

      const order = await till.order();
      const declined = (await till.pay(order.id, 'tok_chargeDeclined')).body;
      await till.settled();
      const attempt = await documents('payments').findOne({ orderId: order.id });
      expect(declined).toHaveProperty('errors');
      await change('orders', order.id, { status: 'completed', paymentId: String(attempt?._id) });
      expect(of(String(attempt?._id), await look())).toEqual(unpaid);

      const { id } = await paid();
      await change('payments', id, { intentId: 'pi_that_stripe_never_made' });
      expect(of(id, await look()).map(({ kind }) => kind)).toContain('completed without captured');
    },
    TEST_MS,
  );

  it(
    'reports nothing of an attempt that moves on while Stripe is asked: what Stripe said is the past by then',
    async () => {
      const { id } = await paid();
      // As it is in the middle of a payment: captured at Stripe, and not yet known here.
      await change('payments', id, { status: 'authorized' });
      expect(of(id, await look())).toContainEqual({ kind: 'captured without completed', repaired: false });
      const late: StripePort = {
        ...port,
        async retrieve(intentId) {
          const intent = await port.retrieve(intentId);
          if (intent.metadata.paymentId !== id) return intent;
          await documents('payments').updateOne(
            { _id: new mongoose.Types.ObjectId(id), status: 'authorized' },
            { $set: { status: 'captured', 'index.open': false }, $inc: { version: 1 } },
          );
          return { ...intent, status: 'requires_capture' };
        },
      };
      expect(of(id, await look({ through: late }))).toEqual([]);
      expect(of(id, await look())).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'lists another amount than the order costs',
    async () => {
      const { id } = await paid();
      await change('payments', id, { amount: 1_998 });
      expect(of(id, await look({ repair: true }))).toEqual([{ kind: 'amount differs', repaired: false }]);
    },
    TEST_MS,
  );

  it(
    'drives an attempt that was left open, and lists one that waits for orders',
    async () => {
      till.judge.isThere = false;
      const order = await till.order();
      // The request waits for the verdict; the attempt is authorised long before it gives up.
      const paying = till.pay(order.id);
      const id = await eventually(async () => {
        const attempt = await documents('payments').findOne({ orderId: order.id, status: 'authorized' });
        if (attempt === null) throw new Error('not authorised yet');
        return String(attempt._id);
      }, 30_000);
      const tooLong = { kind: 'attempt open too long' };
      expect(of(id, await look({ repair: true }))).toEqual([{ ...tooLong, repaired: false }]);

      // The verdict is here, and nobody was woken by it.
      await change('payments', id, { 'index.lookAt': new Date(Date.now() + 60 * MINUTE_MS) });
      await change('orders', order.id, { status: 'completed', paymentId: id });
      expect(of(id, await look({ repair: true }))).toEqual([{ ...tooLong, repaired: true }]);
      expect(await look()).not.toContainEqual(expect.objectContaining({ paymentId: id }));
      await paying;
      expect((await till.show(id)).body.status).toBe('captured');
    },
    TEST_MS,
  );

  it(
    'lists an attempt whose intent Stripe does not know, and leaves it as it is',
    async () => {
      const order = await till.order();
      const { body } = await till.pay(order.id, 'tok_threeDSecure2Required');
      const intentId = body.clientSecret?.split('_secret_')[0];
      await change('payments', body.id, { intentId: 'pi_ofAnotherAccount' });
      await change('orders', order.id, { expiresAt: new Date(Date.now() - MINUTE_MS).toISOString() });
      const unknown = { kind: 'intent unknown', repaired: false };
      expect(of(body.id, await look({ repair: true }))).toContainEqual(unknown);
      expect((await till.show(body.id)).body.status).toBe('requires_action');
      await change('payments', body.id, { intentId });
      await till.judge.cancel(order.id);
    },
    TEST_MS,
  );

  it(
    'tells what it left as a metric, every ten minutes by itself',
    async () => {
      const { parts, deps } = serviceOf(till);
      const job = parts.jobs?.find(({ name }) => name === 'reconcile with Stripe');
      expect(job?.everyMs).toBe(10 * MINUTE_MS);
      const gauge = async (): Promise<Record<string, number>> => {
        const { values = [] } =
          (await deps.metrics.registry.getSingleMetric('payment_differences')?.get()) ?? {};
        return Object.fromEntries(values.map(({ labels, value }) => [labels.kind, value]));
      };
      await job?.run();
      const before = await gauge();
      expect(before).toMatchObject({ 'authorised for nobody': 0 });

      const anHourAgo = Math.floor(Date.now() / 1000) - 3_600;
      const id = mongoose.Types.ObjectId.createFromTime(anHourAgo).toHexString();
      await till.order({ id, status: 'completed', paymentId: newId() });
      await eventually(async () => {
        expect(await documents('orders').countDocuments({ _id: new mongoose.Types.ObjectId(id) })).toBe(1);
      });
      await job?.run();
      const unpaid = 'completed without captured';
      expect((await gauge())[unpaid]).toBe((before[unpaid] ?? 0) + 1);

      await till.control({ failNext: { status: 500, count: 1, method: 'GET', path: '/v1/payment_intents' } });
      await expect(job?.run()).rejects.toThrow();
      expect((await gauge())[unpaid]).toBeNaN();
    },
    TEST_MS,
  );

  it(
    'reads no collection from end to end',
    async () => {
      await anIntentAt(port, unknownHere());
      const plans = await explainQueries(serviceOf(till).deps.mongo, () => look({ repair: true }));
      const collections = new Set(plans.map(({ collection }) => collection));
      expect([...collections]).toEqual(expect.arrayContaining(['orders', 'payments']));
      expect(plans.filter(({ stages, sorted }) => stages.includes('COLLSCAN') || sorted)).toEqual([]);
    },
    TEST_MS,
  );
});

describe('the command', () => {
  let stripe: RunningStandIn;
  let port: StripePort;
  let database: TestDatabase;
  beforeAll(async () => {
    stripe = await startStandIn();
    port = portTo(stripe);
    database = await testDatabase();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await stripe?.stop();
  });

  /** As an operator runs it, but from the source. */
  const command = (...given: string[]): Promise<{ status: number; said: string }> => {
    const folder = path.join(import.meta.dirname, '..');
    const source = ['--import', 'tsx', '--conditions=ticketing-source', path.join(folder, 'src/repair.ts')];
    const env = {
      PATH: process.env.PATH,
      MONGO_URL: database.url,
      DEPLOYMENT: 'till',
      ...secretsOf(stripe),
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [...source, ...given], { cwd: folder, env }, (error, out, err) =>
        resolve({ status: error === null ? 0 : Number(error.code), said: out + err }),
      );
    });
  };

  it(
    'repairs what can be repaired, prints what differed, and says by its status whether something is left',
    async () => {
      expect(await command()).toEqual({ status: 0, said: 'Stripe, payments and orders agree.\n' });

      const about = { paymentId: newId(), orderId: newId() };
      const intent = await anIntentAt(port, about);
      expect(await command()).toMatchObject({ status: 0 });
      const row = `authorised for nobody  ${intent.id}  ${about.paymentId}  ${about.orderId}`;
      const repaired = await command('--since', '7d', '--older-than', '0m');
      expect(repaired).toMatchObject({ status: 0, said: expect.stringContaining(`${row}  repaired`) });
      expect((await port.retrieve(intent.id)).status).toBe('canceled');

      await anIntentAt(port, about, { captured: true });
      const left = await command('--older-than', '0m');
      expect(left).toMatchObject({ status: 1, said: expect.stringContaining('captured without completed') });
    },
    TEST_MS,
  );

  it(
    'refuses what it does not understand',
    async () => {
      expect(await command('--since', 'yesterday')).toMatchObject({ status: 2 });
      expect(await command('--fix')).toMatchObject({ status: 2 });
    },
    TEST_MS,
  );
});
