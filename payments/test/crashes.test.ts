import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
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
import { type ListedPayment, type RunningStandIn, startStandIn } from '@ticketing/stripe-stand-in';
import Stripe from 'stripe';
import type { PaymentAnswer } from '../src/answer.ts';
import { type Judge, openJudge } from './judge.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const SETTLE_MS = 60_000;
const TEST_MS = 180_000;
const WEBHOOK_SECRET = 'whsec_test_of_crashes';

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

const started: ServiceProcess[] = [];
// One that a failed test has left would take events from those after it.
afterEach(async () => {
  for (const service of started.splice(0)) await service.kill();
});

const start = async (database: TestDatabase, dieAt = '', passesBy = false): Promise<ServiceProcess> => {
  const service = await startServiceProcess(
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
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_API_BASE: stripe.url,
      DIE_AT: dieAt,
      DIE: passesBy ? 'later' : 'at once',
    },
    'test/mortal-payments.mjs',
  );
  started.push(service);
  return service;
};

interface Attempt {
  readonly status: number;
  readonly body: PaymentAnswer;
}

const ask = (service: ServiceProcess, route: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${service.url}${route}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Cookie: sessions.cookie(buyer), ...headers },
    body,
  });

/** Undefined where the process died before it answered. */
const pay = async (service: ServiceProcess, orderId: string, token: string): Promise<Attempt | undefined> => {
  try {
    const response = await ask(service, '/api/payments', JSON.stringify({ orderId, token }));
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

const charged = async () => (await (await fetch(stripe.paymentsUrl)).json()) as ListedPayment[];

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

/** What leads to a step, and past it. */
interface Story {
  /** The card it begins with. */
  readonly token: string;
  /** What Stripe does on the way. */
  readonly faults?: object;
  /** It passes by the step before it comes to the one meant: the process dies there only once `prepareToDie` was called. */
  readonly passesBy?: boolean;
  /** What happens besides, until the process is dead. */
  readonly meanwhile?: (scene: Scene) => Promise<unknown>;
  /** What happens once it is back; without it, the buyer pays until they have an honest answer, as the page does. */
  readonly afterwards?: (scene: Scene) => Promise<unknown>;
}

interface Scene {
  readonly order: OrderState;
  /** The process that dies; afterwards the one that took its place. */
  readonly service: ServiceProcess;
  readonly paying: Promise<Attempt | undefined>;
  /** Resolves once the intent of this order is stored, with its id. */
  intent(): Promise<string>;
}

const prepareToDie = ({ pid }: ServiceProcess) => process.kill(pid, 'SIGUSR2');

const payAgain = async ({ service, order }: Scene): Promise<void> => {
  if (judge.orderOf(order.id)?.status !== 'awaiting payment') return;
  await eventually(async () => {
    const answer = await pay(service, order.id, 'tok_visa');
    const decided = judge.orderOf(order.id)?.status !== 'awaiting payment';
    expect(decided || answer?.status === 201).toBe(true);
  }, SETTLE_MS);
};

/** The bank has said yes: the order is completed by that attempt, and by no other. */
const isCompleted = ({ order }: Scene) =>
  eventually(() => expect(judge.orderOf(order.id)?.status).toBe('completed'), SETTLE_MS);

const bankSaysYes = async ({ paying, intent }: Scene): Promise<void> => {
  await paying;
  await control({ authenticate: { intent: await intent(), result: 'complete' } });
};

const confirm = async ({ service, paying }: Scene): Promise<void> => {
  const { body } = (await paying) ?? {};
  await ask(service, `/api/payments/${body?.id}/confirm`, '').catch(() => undefined);
};

/** Stripe tells of the intent, the same each time. */
const tell = async ({ service, intent }: Scene): Promise<number | undefined> => {
  const id = await intent();
  const type = 'payment_intent.amount_capturable_updated';
  const data = { object: { id, object: 'payment_intent' } };
  const event = JSON.stringify({ id: `evt_of_${id}`, object: 'event', type, data });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload: event, secret: WEBHOOK_SECRET });
  const headers = { 'Stripe-Signature': signature };
  return ask(service, '/api/payments/webhook', event, headers).then(
    ({ status }) => status,
    () => undefined,
  );
};

const stories = {
  paid: { token: 'tok_visa' },
  'declined, then paid': { token: 'tok_chargeDeclined' },
  'means that Stripe does not know, then paid': { token: 'tok_nobodyKnows' },
  'refused to confirm, then paid': {
    token: 'tok_visa',
    faults: { failNext: { status: 400, method: 'POST', path: '/v1/payment_intents/*/confirm' } },
  },
  'Stripe stumbled, then paid': {
    token: 'tok_visa',
    faults: { failNext: { status: 500, method: 'POST', path: '/v1/payment_intents' } },
  },
  'refused at capture': {
    token: 'tok_visa',
    faults: { failNext: { status: 400, count: 5, path: '/v1/payment_intents/*/capture' } },
  },
  'released while the card was asked': {
    token: 'tok_visa',
    // So slow that the order is let go after the intent was made, and before the card has answered, on any machine.
    faults: { latencyMs: 500 },
    meanwhile: async ({ order, intent }: Scene) => {
      await intent();
      await judge.cancel(order.id);
    },
  },
  'left at the bank, then released': {
    token: 'tok_threeDSecure2Required',
    meanwhile: async ({ paying, order }: Scene) => {
      await paying;
      await judge.cancel(order.id);
    },
  },
  'left at the bank, then paid by another card': {
    token: 'tok_threeDSecure2Required',
    meanwhile: async ({ paying, service, order }: Scene) => {
      await paying;
      await pay(service, order.id, 'tok_visa');
    },
  },
  'the bank said yes, and its buyer came back': {
    token: 'tok_threeDSecure2Required',
    passesBy: true,
    meanwhile: async (scene: Scene) => {
      await scene.paying;
      await scene.intent();
      // Stopped while the bank says yes: else its worker may see that before it is to die, and nothing is left to die of.
      process.kill(scene.service.pid, 'SIGSTOP');
      await bankSaysYes(scene);
      prepareToDie(scene.service);
      process.kill(scene.service.pid, 'SIGCONT');
      await confirm(scene);
    },
    afterwards: isCompleted,
  },
  'the bank said yes, and Stripe told of it': {
    token: 'tok_threeDSecure2Required',
    meanwhile: async (scene: Scene) => {
      await bankSaysYes(scene);
      // Stripe tells again what was put off, as it is where a busy machine keeps the database from answering in time.
      await eventually(async () => expect(await tell(scene)).not.toBe(503));
    },
    afterwards: async (scene: Scene) => {
      await eventually(async () => expect(await tell(scene)).toBe(200));
      await isCompleted(scene);
    },
  },
} satisfies Record<string, Story>;

/** Dies at a step of a story, comes back, and all is well. */
const live = async (step: string, story: Story): Promise<void> => {
  const database = await testDatabase();
  const before = (await charged()).length;
  const mortal = await start(database, step, story.passesBy);
  const order = await anOrder();
  await control(story.faults ?? {});
  const scene: Scene = {
    order,
    service: mortal,
    paying: pay(mortal, order.id, story.token),
    intent: () =>
      eventually(async () => {
        const attempt = await database.mongo
          .collection('payments')
          .findOne({ orderId: order.id, intentId: { $exists: true } });
        expect(attempt).not.toBeNull();
        return String(attempt?.intentId);
      }),
  };
  await story.meanwhile?.(scene);
  await scene.paying;
  await mortal.ended;
  await control({ reset: true });

  const again = await start(database);
  await (story.afterwards ?? payAgain)({ ...scene, service: again });
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

// Where nothing happens between the two, one stands for both: `after create` is `before write intent id`, and so on.
const steps: [string, keyof typeof stories][] = [
  ['before write order', 'paid'],
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
  ['before write refused means', 'means that Stripe does not know, then paid'],
  ['after write refused means', 'means that Stripe does not know, then paid'],
  ['before write ended without intent', 'means that Stripe does not know, then paid'],
  ['after write ended without intent', 'means that Stripe does not know, then paid'],
  ['before write confirm refused', 'refused to confirm, then paid'],
  ['after write confirm refused', 'refused to confirm, then paid'],
  ['before cancel', 'left at the bank, then released'],
  ['after cancel', 'left at the bank, then released'],
  ['after write looked', 'left at the bank, then released'],
  ['before cancel', 'released while the card was asked'],
  ['before write superseded', 'left at the bank, then paid by another card'],
  ['after write superseded', 'left at the bank, then paid by another card'],
  ['after retrieve', 'the bank said yes, and its buyer came back'],
  ['after write looked', 'the bank said yes, and its buyer came back'],
  ['before write webhook', 'the bank said yes, and Stripe told of it'],
  ['after write webhook', 'the bank said yes, and Stripe told of it'],
  ['before write next key', 'Stripe stumbled, then paid'],
  ['after write next key', 'Stripe stumbled, then paid'],
  ['before write capture refused', 'refused at capture'],
  ['after write capture refused', 'refused at capture'],
  ['before cancel', 'refused at capture'],
  ['after cancel', 'refused at capture'],
  ['after write cancelled', 'refused at capture'],
];

describe('payments killed', () => {
  for (const [step, story] of steps) {
    it(
      `${step} (${story}): captured if and only if completed, nothing charged twice, nothing left open`,
      () => live(step, stories[story]),
      TEST_MS,
    );
  }

  it('is killed before and after every call and every write that there is', async () => {
    const useCases = path.join(folder, 'src', 'use-cases');
    const sources = await Promise.all(
      (await readdir(useCases)).map((file) => readFile(path.join(useCases, file), 'utf8')),
    );
    const named = (pattern: RegExp) =>
      sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name]) => name ?? ''));
    const calls = [...named(/\bcall\('([^']+)'/g), ...named(/\bmoveIntent\('([^']+)'/g)];
    const writes = named(/\bwrite\('([^']+)'/g).map((name) => `write ${name}`);
    const places = [...calls, ...writes].flatMap((name) => [`before ${name}`, `after ${name}`]);
    const there = new Set([...named(/\bat\('([^']+)'/g), ...places]);
    expect(there.size).toBeGreaterThan(40);

    const alike: Record<string, string> = {
      'before write method': 'after make method',
      'before write intent id': 'after create',
      'before write confirmed': 'after confirm',
      'before write looked': 'after retrieve',
      'before write captured': 'after capture',
      'before write cancelled': 'after cancel',
    };
    const dies = new Set(steps.map(([step]) => step));
    expect([...there].filter((step) => !dies.has(alike[step] ?? step))).toEqual([]);
    expect([...dies].filter((step) => !there.has(step))).toEqual([]);
  });
});
