/** The whole payments service over the stand-in for Stripe, with a judge who does what orders does. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '@ticketing/common/clock';
import type { OrderState } from '@ticketing/common/events';
import { connectMemory, MemoryBroker } from '@ticketing/common/messaging/memory';
import {
  anOrderState,
  eventually,
  startTestService,
  type TestService,
  testDatabaseUrl,
  testSessions,
} from '@ticketing/common/testing';
import { type ListedPayment, type RunningStandIn, startStandIn } from '@ticketing/stripe-stand-in';
import Stripe from 'stripe';
import type { PaymentAnswer } from '../src/answer.ts';
import { payments } from '../src/app.ts';
import { connectStripe } from '../src/stripe/connect-stripe.ts';
import { openJudge } from './judge.ts';

export interface Answer<B> {
  readonly status: number;
  readonly body: B & {
    errors?: { message: string; code?: string; field?: string; declineCode?: string; stripeCode?: string }[];
  };
}

const WEBHOOK_SECRET = 'whsec_test_of_the_till';

export interface TillOptions {
  readonly replicas?: number;
  readonly webhooks?: boolean;
  /** The fail point of every replica: what it waits for at a step. */
  readonly at?: (step: string) => Promise<void>;
  readonly clock?: Clock;
  readonly rateLimits?: boolean;
}

export const openTill = async ({
  replicas = 1,
  webhooks = true,
  rateLimits = false,
  at,
  clock,
}: TillOptions = {}) => {
  const sessions = testSessions();
  const broker = new MemoryBroker();
  const MONGO_URL = testDatabaseUrl();
  // The stand-in must know where to send webhooks before the service has its port.
  let services: TestService[] = [];
  const relay = await webhookRelay(() => services[0]?.url);
  const stripe: RunningStandIn = await startStandIn({
    ...(webhooks ? { webhook: { url: relay.url, secret: WEBHOOK_SECRET } } : {}),
    firstRetryMs: 50,
  });
  const config = {
    SESSION_PUBLIC_KEYS: sessions.jwks,
    COOKIE_SECURE: false,
    TRUST_PROXY_HOPS: 0,
    RATE_LIMITS: rateLimits,
    CURRENCY: 'usd',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: stripe.url,
    STRIPE_TIMEOUT_MS: 1_000,
    DEPLOYMENT: 'till',
  };
  const start = () =>
    startTestService('payments', (deps) => payments(deps, config, connectStripe(config), at), {
      broker,
      config: { MONGO_URL },
      ...(clock === undefined ? {} : { clock }),
    });
  services = await Promise.all(Array.from({ length: replicas }, start));

  const bus = connectMemory({ broker });
  const judge = await openJudge(bus);

  const buyer = sessions.user();
  let turn = 0;
  const ask = async <B>(
    method: string,
    path: string,
    body?: unknown,
    options: { as?: typeof buyer | null; headers?: Record<string, string> } = {},
  ): Promise<Answer<B>> => {
    turn += 1;
    const user = options.as === undefined ? buyer : options.as;
    const response = await fetch(`${services[turn % services.length]?.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(user === null ? {} : { Cookie: sessions.cookie(user) }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };

  const control = async (faults: object): Promise<void> => {
    const response = await fetch(stripe.controlUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(faults),
    });
    if (response.status !== 200)
      throw new Error(`the control answered ${response.status}: ${await response.text()}`);
  };
  const { hostname, port } = new URL(stripe.url);
  const byHand = new Stripe(stripe.secretKey, { host: hostname, port: Number(port), protocol: 'http' });
  const charged = async (): Promise<ListedPayment[]> =>
    (await fetch(stripe.paymentsUrl)).json() as Promise<ListedPayment[]>;

  return {
    sessions,
    buyer,
    broker,
    bus,
    stripe,
    services,
    judge,
    heard: judge.heard,
    control,
    /** What somebody does at Stripe without us: in a browser, or at its dashboard. */
    byHand,
    charged,
    ask,
    orderOf: judge.orderOf,
    /** An order that awaits its payment, known to payments or only just said. */
    async order(given: Partial<OrderState> = {}): Promise<OrderState> {
      const price = { amount: 1_999, currency: 'usd' };
      const order = anOrderState({
        userId: buyer.id,
        ticket: { id: anOrderState().ticket.id, title: 'Nils Frahm', price },
        ...given,
      });
      await judge.take(order);
      return order;
    },
    pay: (orderId: string, token = 'tok_visa', options?: Parameters<typeof ask>[3]) =>
      ask<PaymentAnswer>('POST', '/api/payments', { orderId, token }, options),
    show: (id: string, options?: Parameters<typeof ask>[3]) =>
      ask<PaymentAnswer>('GET', `/api/payments/${id}`, undefined, options),
    confirm: (id: string, options?: Parameters<typeof ask>[3]) =>
      ask<PaymentAnswer>('POST', `/api/payments/${id}/confirm`, undefined, options),
    /** Another replica, or the service again after it ended. */
    async startAnother(): Promise<TestService> {
      const service = await start();
      services.push(service);
      return service;
    },
    /** Everything that is open comes to its end, and then money and tickets agree (invariants 3 and 7). */
    async settled(): Promise<{ captured: ListedPayment[]; all: ListedPayment[] }> {
      return eventually(async () => {
        const open = await services[0]?.deps.mongo
          .collection('payments')
          .countDocuments({ 'index.open': true });
        if (open !== 0) throw new Error(`${open} attempts are still open`);
        const all = await charged();
        // One that was made, lost, and never confirmed is no authorisation: nobody has its secret.
        const harmless = ['succeeded', 'canceled', 'requires_confirmation'];
        const watched = all.filter(({ status }) => !harmless.includes(status));
        if (watched.length > 0) throw new Error(`open at Stripe: ${JSON.stringify(watched)}`);
        return { all, captured: all.filter(({ amount_received }) => amount_received > 0) };
      }, 60_000);
    },
    async end(): Promise<void> {
      await bus.close();
      for (const service of services) await service.end();
      await stripe.stop();
      await relay.stop();
    },
    /** A key that nobody has used. */
    key: () => ({ 'Idempotency-Key': randomUUID() }),
  };
};

export type Till = Awaited<ReturnType<typeof openTill>>;

/** Passes webhooks on to where the service is by now. */
const webhookRelay = async (target: () => string | undefined) => {
  const server = createServer(async (request, response) => {
    try {
      const body = await buffer(request);
      const answer = await fetch(`${target()}/api/payments/webhook`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Stripe-Signature': String(request.headers['stripe-signature']),
        },
        body,
      });
      response.writeHead(answer.status).end(await answer.text());
    } catch {
      response.writeHead(502).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
