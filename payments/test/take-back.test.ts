/** Attempts to pay, restored from a backup: what Stripe and orders know is taken back (docs/protocol.md, rule 8). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import { NotRestored, writtenLater } from '@ticketing/common/operations';
import {
  anOrderState,
  BrokenOff,
  mortal,
  newId,
  type TestDatabase,
  testDatabase,
} from '@ticketing/common/testing';
import { type RunningStandIn, startStandIn } from '@ticketing/stripe-stand-in';
import { begin, type Order, type Payment } from '../src/payment.ts';
import { bestOf } from '../src/restore.ts';
import { openOrderReplica } from '../src/store/orders.ts';
import { openPaymentStore, type PaymentStore } from '../src/store/payments.ts';
import { connectStripe } from '../src/stripe/connect-stripe.ts';
import { type Intent, type StripePort, StripeUnavailable } from '../src/stripe/stripe-port.ts';
import { drivePayment } from '../src/use-cases/drive-payment.ts';
import { takeBackPayments } from '../src/use-cases/take-back-payments.ts';

const TEST_MS = 120_000;
const logger = { warn() {}, error() {}, info() {}, debug() {} } as never;

let stripe: RunningStandIn;
beforeAll(async () => {
  stripe = await startStandIn({});
});
afterAll(() => stripe.stop());

const databases: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.end()));
});

/** payments without its web server, beside orders that a test decides. */
const openDesk = async ({ apiBase = stripe.url, deployment = newId() } = {}) => {
  const database = await testDatabase();
  databases.push(database);
  const { mongo } = database;
  const payments = openPaymentStore({ mongo, relay: writtenLater(), clock: systemClock });
  const replica = openOrderReplica({ mongo });
  await database.buildIndexes();
  const port = connectStripe({
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
    STRIPE_WEBHOOK_SECRET: 'whsec_test_of_the_desk',
    STRIPE_API_BASE: apiBase,
    STRIPE_BROWSER_BASE: undefined,
    STRIPE_TIMEOUT_MS: 5_000,
    DEPLOYMENT: deployment,
  });
  const drive = drivePayment({
    payments,
    orders: replica,
    stripe: port,
    clock: systemClock,
    pause: async () => {},
    logger,
    at: async () => {},
  });
  /** The documents of orders. */
  const orders = new Map<string, Order>();
  /** Orders decides, and payments hears of it. */
  const decide = async (order: Order, change: Partial<Order> = {}): Promise<Order> => {
    const next = { ...order, ...change, version: order.version + (orders.has(order.id) ? 1 : 0) };
    orders.set(order.id, next);
    await replica.apply(next);
    return next;
  };
  const anOrder = () => decide(anOrderState());
  const attempt = async (order: Order, token = 'tok_visa'): Promise<Payment> => {
    const payment = begin(newId(), order, { token }, new Date());
    await payments.insert(payment, undefined);
    return payment;
  };
  const all = async (): Promise<Payment[]> => {
    const found: Payment[] = [];
    for await (const payment of payments.all()) found.push(payment);
    return found;
  };
  const takeBack = ({
    store = payments,
    backupFrom = new Date(),
    listing = port,
  }: {
    store?: PaymentStore;
    backupFrom?: Date;
    listing?: Pick<StripePort, 'list'>;
  } = {}) =>
    takeBackPayments({
      payments: store,
      stripe: listing,
      backupFrom,
      ordersOf: async (ids) => ids.flatMap((id) => orders.get(id) ?? []),
      async *completedOrders() {
        for (const { id, status, paymentId } of orders.values())
          if (status === 'completed' && paymentId !== undefined) yield { orderId: id, paymentId };
      },
      buildIndexes: database.buildIndexes,
    })();
  return {
    payments,
    port,
    drive,
    orders,
    decide,
    anOrder,
    attempt,
    all,
    takeBack,
    statusOf: async (id: string) => (await payments.find(id))?.status,
    async intentOf(id: string): Promise<Intent | undefined> {
      const found: Intent[] = [];
      for await (const intent of port.list(new Date(0)))
        if (intent.metadata.paymentId === id) found.push(intent);
      return bestOf(found);
    },
    /** The database is lost, and is what this backup has. */
    async restore(backup: readonly Payment[]): Promise<void> {
      await payments.model.deleteMany({});
      for (const payment of backup) await payments.insert(payment, undefined);
    },
    /** Pays, up to the state in which orders has to decide. */
    async authorise(order: Order): Promise<Payment> {
      const payment = await attempt(order);
      await drive(payment.id);
      return payment;
    },
    /** Pays, and the money is taken. */
    async capture(order: Order): Promise<Payment> {
      const payment = await attempt(order);
      await drive(payment.id);
      await decide(order, { status: 'completed', paymentId: payment.id });
      await drive(payment.id);
      return payment;
    },
  };
};

describe('payments, restored from a backup', () => {
  it(
    'captures what completed its order, of which the backup knows nothing, and no cent twice',
    async () => {
      const desk = await openDesk();
      const order = await desk.anOrder();
      const { id } = await desk.capture(order);
      expect(await desk.statusOf(id)).toBe('captured');
      await desk.restore([]);
      expect(await desk.takeBack()).toMatchObject({ missing: 1, capturing: 1, cancelling: 0 });
      expect(await desk.payments.find(id)).toMatchObject({
        status: 'capturing',
        orderId: order.id,
        userId: order.userId,
        means: { paymentMethod: expect.stringMatching(/^pm_/) },
        amount: order.ticket.price.amount,
        currency: order.ticket.price.currency,
      });
      await desk.drive(id);
      expect(await desk.statusOf(id)).toBe('captured');
      expect(await desk.intentOf(id)).toMatchObject({
        status: 'succeeded',
        amountReceived: order.ticket.price.amount,
      });
    },
    TEST_MS,
  );

  it(
    'captures what completed its order and was authorised alone when the database was lost',
    async () => {
      const desk = await openDesk();
      const order = await desk.anOrder();
      const { id } = await desk.authorise(order);
      await desk.decide(order, { status: 'completed', paymentId: id });
      await desk.restore([]);
      await desk.takeBack();
      await desk.drive(id);
      expect(await desk.statusOf(id)).toBe('captured');
    },
    TEST_MS,
  );

  it(
    'goes on with an attempt that the backup has only begun, with and without its intent',
    async () => {
      const desk = await openDesk();
      const [one, other] = [await desk.anOrder(), await desk.anOrder()];
      const begun = [await desk.attempt(one), await desk.attempt(other)] as const;
      await desk.drive(begun[0].id);
      await desk.drive(begun[1].id);
      const intentId = (await desk.payments.find(begun[1].id))?.intentId;
      for (const [order, { id }] of [
        [one, begun[0]],
        [other, begun[1]],
      ] as const) {
        await desk.decide(order, { status: 'completed', paymentId: id });
        await desk.drive(id);
      }
      await desk.restore([begun[0], { ...begun[1], status: 'requires_action', intentId }]);
      expect(await desk.takeBack()).toMatchObject({ missing: 0, capturing: 2 });
      for (const { id } of begun) {
        await desk.drive(id);
        expect(await desk.statusOf(id)).toBe('captured');
      }
    },
    TEST_MS,
  );

  it(
    'gives up what its order does not know: nothing stays authorised, and its buyer can pay again',
    async () => {
      const desk = await openDesk();
      const order = await desk.anOrder();
      const { id } = await desk.authorise(order);
      await desk.restore([]);
      expect(await desk.takeBack()).toMatchObject({ missing: 1, cancelling: 1 });
      await desk.drive(id);
      expect(await desk.statusOf(id)).toBe('canceled');
      expect(await desk.intentOf(id)).toMatchObject({ status: 'canceled' });
      const again = await desk.capture(order);
      expect(await desk.statusOf(again.id)).toBe('captured');
    },
    TEST_MS,
  );

  it.each([
    ['cancelled', 'order_cancelled'],
    ['completed', 'another_paid'],
    ['awaiting payment', 'timed_out'],
  ] as const)(
    'says why it gave up the attempt of an order that is %s',
    async (status, reason) => {
      const desk = await openDesk();
      const order = await desk.anOrder();
      const { id } = await desk.authorise(order);
      const other = await desk.capture(await desk.anOrder());
      const paymentId = status === 'completed' ? other.id : undefined;
      desk.orders.set(order.id, { ...order, version: 1, status, paymentId });
      await desk.restore((await desk.all()).filter((each) => each.id === other.id));
      await desk.takeBack();
      expect(await desk.payments.find(id)).toMatchObject({ status: 'cancelling', reason });
    },
    TEST_MS,
  );

  it(
    'gives up an earlier attempt of the order first: the index admits one under way',
    async () => {
      const desk = await openDesk();
      const order = await desk.anOrder();
      const declined = await desk.attempt(order, 'tok_chargeDeclined');
      const backup = await desk.all();
      await desk.drive(declined.id);
      const { id } = await desk.capture(order);
      await desk.restore(backup);
      expect(await desk.takeBack()).toMatchObject({ capturing: 1, cancelling: 1 });
      for (const each of [declined.id, id]) await desk.drive(each);
      expect(await desk.statusOf(declined.id)).toBe('canceled');
      expect(await desk.statusOf(id)).toBe('captured');
    },
    TEST_MS,
  );

  it(
    'tells that the payment failed, where Stripe has cancelled what completed its order',
    async () => {
      const desk = await openDesk();
      const order = await desk.anOrder();
      const { id } = await desk.authorise(order);
      await desk.decide(order, { status: 'completed', paymentId: id });
      await desk.port.cancel((await desk.intentOf(id))?.id ?? '');
      await desk.restore([]);
      await desk.takeBack();
      await desk.drive(id);
      expect(await desk.statusOf(id)).toBe('failed');
      const [{ outbox }] = await desk.payments.model
        .find({}, { outbox: 1 })
        .lean<[{ outbox: { type: string }[] }]>();
      expect(outbox.map(({ type }) => type)).toEqual(['payment:failed']);
    },
    TEST_MS,
  );

  it(
    'leaves all that the backup has decided as it is',
    async () => {
      const desk = await openDesk();
      const captured = await desk.capture(await desk.anOrder());
      const authorised = await desk.authorise(await desk.anOrder());
      const refused = await desk.attempt(await desk.anOrder(), 'tok_chargeDeclined');
      await desk.drive(refused.id);
      const before = await desk.all();
      expect(await desk.takeBack()).toEqual({ compared: 3, missing: 0, capturing: 0, cancelling: 0 });
      expect(await desk.all()).toEqual(before);
      expect(await desk.statusOf(captured.id)).toBe('captured');
      expect(await desk.statusOf(authorised.id)).toBe('authorized');
    },
    TEST_MS,
  );

  it(
    'takes no other deployment’s intents for its own',
    async () => {
      const [desk, others] = [await openDesk(), await openDesk()];
      await others.authorise(await others.anOrder());
      expect(await desk.takeBack()).toEqual({ compared: 0, missing: 0, capturing: 0, cancelling: 0 });
    },
    TEST_MS,
  );

  it(
    'lists an order that is completed by a payment which neither the backup nor Stripe has, and writes nothing',
    async () => {
      const desk = await openDesk();
      const { id } = await desk.authorise(await desk.anOrder());
      const order = await desk.anOrder();
      const paymentId = newId();
      await desk.decide(order, { status: 'completed', paymentId });
      await desk.restore([]);
      await expect(desk.takeBack()).rejects.toThrow(NotRestored);
      await expect(desk.takeBack()).rejects.toThrow(`order ${order.id}: payment ${paymentId}`);
      expect(await desk.statusOf(id)).toBeUndefined();
    },
    TEST_MS,
  );

  it('asks Stripe for all since the backup, or since its oldest attempt without an intent began, and five minutes more', async () => {
    const desk = await openDesk();
    const minute = 60_000;
    const backupFrom = new Date(Date.now() - 10 * minute);
    const asked: number[] = [];
    const listing = {
      list(since: Date) {
        asked.push(since.getTime());
        return desk.port.list(since);
      },
    };
    await desk.takeBack({ backupFrom, listing });
    const order = await desk.anOrder();
    const startedAt = new Date(Date.now() - 60 * minute);
    await desk.payments.insert(begin(newId(), order, { token: 'tok_visa' }, startedAt), undefined);
    await desk.takeBack({ backupFrom, listing });
    expect(asked).toEqual([backupFrom.getTime() - 5 * minute, startedAt.getTime() - 5 * minute]);
  });

  it(
    'does not go on without Stripe, and writes nothing',
    async () => {
      const desk = await openDesk({ apiBase: 'http://127.0.0.1:1' });
      await desk.attempt(await desk.anOrder());
      const before = await desk.all();
      await expect(desk.takeBack()).rejects.toThrow(StripeUnavailable);
      expect(await desk.all()).toEqual(before);
    },
    TEST_MS,
  );

  it(
    'comes to the same when it is broken off after any write and run again, and a second run changes nothing',
    async () => {
      const desk = await openDesk();
      const paid = await Promise.all(['a', 'b'].map(async () => desk.capture(await desk.anOrder())));
      const order = await desk.anOrder();
      const declined = await desk.attempt(order, 'tok_chargeDeclined');
      const backup = (await desk.all()).filter(({ id }) => id === declined.id);
      await desk.drive(declined.id);
      await desk.capture(order);
      await desk.authorise(await desk.anOrder());
      await desk.restore(backup);
      await desk.takeBack();
      const whole = await desk.all();
      expect(whole.map(({ status }) => status).sort()).toEqual([
        'cancelling',
        'cancelling',
        'capturing',
        'capturing',
        'capturing',
      ]);
      await desk.takeBack({ store: mortal(desk.payments, 0) });
      for (let writes = 0; writes < whole.length; writes += 1) {
        await desk.restore(backup);
        await expect(desk.takeBack({ store: mortal(desk.payments, writes) })).rejects.toThrow(BrokenOff);
        await desk.takeBack();
        expect(await desk.all()).toEqual(whole);
      }
      expect(paid).toHaveLength(2);
    },
    TEST_MS,
  );
});

describe('of several intents of one attempt', () => {
  const intent = (status: Intent['status']): Intent => ({
    id: `pi_${status}`,
    status,
    amount: 100,
    amountReceived: 0,
    amountRefunded: 0,
    currency: 'usd',
    metadata: {},
    created: new Date(),
  });

  it('the one that took the money counts, then one that is authorised', () => {
    const all = (['canceled', 'requires_capture', 'requires_confirmation', 'succeeded'] as const).map(intent);
    expect(bestOf(all)?.status).toBe('succeeded');
    expect(bestOf(all.slice(0, 3))?.status).toBe('requires_capture');
    expect(bestOf([])).toBeUndefined();
  });
});
