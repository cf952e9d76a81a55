import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderState } from '@ticketing/common/events';
import { connectBus, type EventBus } from '@ticketing/common/messaging';
import {
  anOrderState,
  eventually,
  type ServiceProcess,
  startServiceProcess,
  type TestDatabase,
  testDatabase,
  testSessions,
} from '@ticketing/common/testing';
import { type RunningEngine, startNatsStreaming } from '@ticketing/local/engines';
import { type RunningStandIn, startStandIn } from '@ticketing/stripe-stand-in';
import type { PaymentAnswer } from '../src/answer.ts';
import { type Judge, openJudge } from './judge.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const SETTLE_MS = 60_000;
const TEST_MS = 180_000;

const sessions = testSessions();
const buyer = sessions.user();
let dataDir: string;
let engine: RunningEngine;
let stripe: RunningStandIn;
let bus: EventBus;
let judge: Judge;

const connect = (clientName: string) =>
  connectBus({ transport: 'nats-streaming', url: engine.url, clusterId: 'ticketing', clientName });

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'ticketing-payments-'));
  engine = await startNatsStreaming({ dataDir });
  stripe = await startStandIn();
  bus = await connect('orders');
  judge = await openJudge(bus);
}, TEST_MS);
afterAll(async () => {
  await bus?.close();
  await stripe?.stop();
  await engine?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, TEST_MS);

const start = (database: TestDatabase, dieAt = ''): Promise<ServiceProcess> =>
  startServiceProcess(
    folder,
    {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      MONGO_URL: database.url,
      NATS_URL: engine.url,
      SESSION_PUBLIC_KEYS: JSON.stringify(sessions.jwks),
      COOKIE_SECURE: 'off',
      RATE_LIMITS: 'off',
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
      STRIPE_WEBHOOK_SECRET: 'whsec_nobody',
      STRIPE_API_BASE: stripe.url,
      DIE_AT: dieAt,
    },
    'test/mortal-payments.ts',
  );

interface Attempt {
  readonly status: number;
  readonly body: PaymentAnswer;
}

/** Undefined where the process died before it answered. */
const pay = async (service: ServiceProcess, orderId: string, token: string): Promise<Attempt | undefined> => {
  try {
    const response = await fetch(`${service.url}/api/payments`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: sessions.cookie(buyer) },
      body: JSON.stringify({ orderId, token }),
    });
    return { status: response.status, body: (await response.json()) as PaymentAnswer };
  } catch {
    return undefined;
  }
};

const anOrder = async (): Promise<OrderState> => {
  const order = anOrderState({ userId: buyer.id });
  await judge.take(order);
  return order;
};

interface Charged {
  readonly id: string;
  readonly status: string;
  readonly amount_received: number;
}
const charged = async () => (await (await fetch(stripe.paymentsUrl)).json()) as Charged[];

/** Invariants 3 and 7, once nothing is open any more, of what was charged since `before`. */
const expectSettled = async (database: TestDatabase, orderId: string, before: number): Promise<void> => {
  await eventually(async () => {
    const open = await database.mongo.collection('payments').countDocuments({ 'index.open': true });
    expect(open).toBe(0);
    expect(judge.orderOf(orderId)?.status).not.toBe('awaiting payment');
  }, SETTLE_MS);
  await eventually(async () => {
    const mine = (await charged()).slice(before);
    // An intent that was never confirmed, and whose secret nobody has, is no authorisation.
    const open = mine.filter(
      ({ status }) => !['succeeded', 'canceled', 'requires_confirmation'].includes(status),
    );
    expect(open).toEqual([]);
    const received = mine.map(({ amount_received }) => amount_received).filter((amount) => amount > 0);
    const order = judge.orderOf(orderId);
    expect(received).toEqual(order?.status === 'completed' ? [order.ticket.price.amount] : []);
  }, SETTLE_MS);
  const kept = await database.mongo.collection('payments').find({ status: 'captured' }).toArray();
  const order = judge.orderOf(orderId);
  expect(kept.map(({ _id }) => String(_id))).toEqual(order?.status === 'completed' ? [order.paymentId] : []);
};

type Story =
  | 'paid'
  | 'declined, then paid'
  | 'released while the card was asked'
  | 'left at the bank, then released'
  | 'Stripe stumbled, then paid'
  | 'refused at capture';

/** Dies at a step of a story, comes back, and all is well. */
const live = async (step: string, story: Story): Promise<void> => {
  const database = await testDatabase();
  const before = (await charged()).length;
  const mortal = await start(database, step);
  const order = await anOrder();
  const token = {
    paid: 'tok_visa',
    'declined, then paid': 'tok_chargeDeclined',
    'released while the card was asked': 'tok_visa',
    'left at the bank, then released': 'tok_threeDSecure2Required',
    'Stripe stumbled, then paid': 'tok_visa',
    'refused at capture': 'tok_visa',
  }[story];
  const faults: Partial<Record<Story, object>> = {
    'Stripe stumbled, then paid': { failNext: { status: 500, path: '/v1/payment_intents' } },
    'refused at capture': { failNext: { status: 400, count: 5, path: '/v1/payment_intents/*/capture' } },
  };
  await control(faults[story] ?? {});
  const slowly = story === 'released while the card was asked';
  // So slow that the order is let go after the intent was made, and before the card has answered, on any machine.
  if (slowly) await control({ latencyMs: 500 });
  const paying = pay(mortal, order.id, token);
  if (slowly) {
    await eventually(async () => {
      const made = await database.mongo
        .collection('payments')
        .countDocuments({ orderId: order.id, intentId: { $exists: true } });
      expect(made).toBe(1);
    });
    await judge.cancel(order.id);
  }
  await paying;
  if (story === 'left at the bank, then released') {
    await judge.cancel(order.id);
  }
  await mortal.ended;
  await control({ reset: true });

  const again = await start(database);
  if (judge.orderOf(order.id)?.status === 'awaiting payment') {
    // The buyer tries until they have an honest answer, as the page does.
    await eventually(async () => {
      const answer = await pay(again, order.id, 'tok_visa');
      const decided = judge.orderOf(order.id)?.status !== 'awaiting payment';
      expect(decided || answer?.status === 201).toBe(true);
    }, SETTLE_MS);
  }
  await expectSettled(database, order.id, before);
  await again.stop();
  await database.end();
};

const control = async (faults: object) => {
  const { status } = await fetch(stripe.controlUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(faults),
  });
  expect(status).toBe(200);
};

describe('payments killed', () => {
  // `after create` is `before write intent id`, and so on: nothing happens between the two.
  const steps: [string, Story][] = [
    ['after write order', 'paid'],
    ['before write begin', 'paid'],
    ['after write begin', 'paid'],
    ['before make method', 'paid'],
    ['after make method', 'paid'],
    ['after write method', 'paid'],
    ['before create', 'paid'],
    ['after create', 'paid'],
    ['after write intent id', 'paid'],
    ['before retrieve', 'paid'],
    ['before confirm', 'paid'],
    ['after confirm', 'paid'],
    ['after write confirmed', 'paid'],
    ['before write verdict', 'paid'],
    ['after write verdict', 'paid'],
    ['before capture', 'paid'],
    ['after capture', 'paid'],
    ['after write captured', 'paid'],
    ['before cancel', 'declined, then paid'],
    ['after cancel', 'declined, then paid'],
    ['after write cancelled', 'declined, then paid'],
    ['before cancel', 'left at the bank, then released'],
    ['after cancel', 'left at the bank, then released'],
    ['before cancel', 'released while the card was asked'],
    ['after write looked', 'left at the bank, then released'],
    ['before write next key', 'Stripe stumbled, then paid'],
    ['after write next key', 'Stripe stumbled, then paid'],
    ['before write capture refused', 'refused at capture'],
    ['after write capture refused', 'refused at capture'],
  ];
  for (const [step, story] of steps) {
    it(
      `${step} (${story}): captured if and only if completed, nothing charged twice, nothing left open`,
      () => live(step, story),
      TEST_MS,
    );
  }
});
