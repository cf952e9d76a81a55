import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, newId } from '@ticketing/common/testing';
import { type RunningStandIn, startStandIn } from '@ticketing/stripe-stand-in';
import { startStripeMock } from '@ticketing/stripe-stand-in/stripe-mock';
import Stripe from 'stripe';
import { connectStripe } from '../src/stripe/connect-stripe.ts';
import {
  ForgedWebhook,
  type Intent,
  StripeKeptError,
  type StripePort,
  StripeRefused,
  StripeUnavailable,
} from '../src/stripe/stripe-port.ts';

const FETCH_MS = 15 * 60_000;
const SECRET = 'whsec_testpayments';

const connect = (
  url: string,
  more: { key?: string; timeoutMs?: number; deployment?: string } = {},
): StripePort =>
  connectStripe({
    STRIPE_SECRET_KEY: more.key ?? 'sk_test_ticketing',
    STRIPE_PUBLISHABLE_KEY: 'pk_test_ticketing',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: url,
    STRIPE_TIMEOUT_MS: more.timeoutMs ?? 10_000,
    DEPLOYMENT: more.deployment ?? 'here',
  });

/** On a free port. @returns its address */
const listen = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const visa = 'pm_card_visa';

const attempt = (paymentMethod = visa, idempotencyKey = newId()) => ({
  amount: 1999,
  currency: 'usd',
  paymentMethod,
  metadata: { orderId: 'order-1', paymentId: 'payment-1' },
  idempotencyKey,
});

/** What Stripe's description of its API says of our requests: the same calls at both. */
describe.each([
  ['the stand-in', startStandIn],
  ['stripe-mock', startStripeMock],
] as const)('what payments asks of Stripe, at %s', (_, start) => {
  let server: { readonly url: string; stop(): Promise<void> };
  let stripe: StripePort;
  beforeAll(async () => {
    server = await start();
    stripe = connect(server.url);
  }, FETCH_MS);
  afterAll(() => server.stop());

  it.each([
    ['a token', (): Promise<string> => stripe.createMethod('tok_visa', newId())],
    ['a payment method', async (): Promise<string> => visa],
  ] as const)('is understood: a payment by %s', async (_means, method) => {
    const intent = await stripe.createIntent(attempt(await method()));
    expect(intent).toMatchObject({
      id: expect.stringMatching(/^pi_/),
      amount: 1999,
      currency: 'usd',
      clientSecret: expect.stringMatching(/_secret_/),
      created: expect.any(Date),
    });
    expect((await stripe.confirm(intent.id)).id).toMatch(/^pi_/);
    expect((await stripe.retrieve(intent.id)).id).toMatch(/^pi_/);
    expect((await stripe.capture(intent.id)).id).toMatch(/^pi_/);
  });

  it('is understood: calling off, and the list of all', async () => {
    const { id } = await stripe.createIntent(attempt());
    expect((await stripe.cancel(id)).id).toMatch(/^pi_/);
    for await (const intent of stripe.list(new Date(0))) {
      expect(intent.id).toMatch(/^pi_/);
      break;
    }
  });

  it('needs our own key', async () => {
    await expect(connect(server.url, { key: 'sk_live_wrong' }).retrieve('pi_1')).rejects.toThrow(
      StripeUnavailable,
    );
  });
});

describe('the port to Stripe', () => {
  let standIn: RunningStandIn;
  let stripe: StripePort;
  let unsteady: StripePort;
  const hooks: { body: Buffer; signature: string }[] = [];
  const shop = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hooks.push({ body: Buffer.concat(chunks), signature: String(request.headers['stripe-signature']) });
      response.end();
    });
  });

  beforeAll(async () => {
    standIn = await startStandIn({ webhook: { url: await listen(shop), secret: SECRET } });
    stripe = connect(standIn.url);
    unsteady = connect(standIn.url, { timeoutMs: 300 });
  });
  afterAll(async () => {
    await standIn.stop();
    shop.closeAllConnections();
    shop.close();
  });

  const control = async (change: object): Promise<void> => {
    const response = await fetch(standIn.controlUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(change),
    });
    expect(response.status).toBe(200);
  };
  beforeEach(() => control({ reset: true }));

  const count = async (): Promise<number> =>
    ((await (await fetch(standIn.paymentsUrl)).json()) as unknown[]).length;

  const held = async (): Promise<Intent> => stripe.confirm((await stripe.createIntent(attempt())).id);

  /** The error of a call, of this kind and no other. */
  const failure = async <E extends Error>(
    call: Promise<unknown>,
    kind: new (...args: never[]) => E,
  ): Promise<E> => {
    const error: unknown = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof kind)) throw new Error(`not a ${kind.name}: ${String(error)}`);
    return error;
  };

  it('makes an intent that waits for a yes, then holds, then takes exactly the amount', async () => {
    const made = await stripe.createIntent(attempt());
    expect(made).toMatchObject({
      status: 'requires_confirmation',
      amount: 1999,
      amountReceived: 0,
      metadata: { orderId: 'order-1', paymentId: 'payment-1', deployment: 'here' },
    });
    expect(await stripe.confirm(made.id)).toMatchObject({ status: 'requires_capture', amountReceived: 0 });
    expect(await stripe.capture(made.id)).toMatchObject({ status: 'succeeded', amountReceived: 1999 });
    expect(await stripe.retrieve(made.id)).toMatchObject({ status: 'succeeded' });
  });

  it('gets the same intent when it asks again under the same key', async () => {
    const before = await count();
    const key = newId();
    const first = await stripe.createIntent(attempt(visa, key));
    expect((await stripe.createIntent(attempt(visa, key))).id).toBe(first.id);
    expect(await count()).toBe(before + 1);
  });

  it('tells what the bank says of a card that it refuses, by error and by intent', async () => {
    const { id } = await stripe.createIntent(attempt('pm_card_visa_chargeDeclinedInsufficientFunds'));
    const decline = {
      message: 'Your card has insufficient funds.',
      code: 'card_declined',
      declineCode: 'insufficient_funds',
    };
    expect((await failure(stripe.confirm(id), StripeRefused)).decline).toEqual(decline);
    expect(await stripe.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      lastError: decline,
    });
  });

  it('tells where the bank asks, when it asks', async () => {
    const { id } = await stripe.createIntent(attempt('pm_card_threeDSecure2Required'));
    const asking = await stripe.confirm(id);
    expect(asking).toMatchObject({
      status: 'requires_action',
      actionUrl: expect.stringContaining('/3ds/'),
      clientSecret: expect.any(String),
    });
    await control({ authenticate: { intent: id, result: 'complete' } });
    const done = await stripe.retrieve(id);
    expect(done.status).toBe('requires_capture');
    expect(done).not.toHaveProperty('actionUrl');
  });

  it.each([
    ['an unknown token', () => stripe.createMethod('tok_unknown', newId())],
    ['an unknown payment method', () => stripe.createIntent(attempt('pm_unknown'))],
  ] as const)('is refused for good with %s', async (_, ask) => {
    const { decline } = await failure(ask(), StripeRefused);
    expect(decline.code).toBe('resource_missing');
  });

  it('is refused for good when a call comes at the wrong time', async () => {
    const { id } = await held();
    await stripe.cancel(id);
    for (const call of [stripe.confirm(id), stripe.capture(id), stripe.cancel(id)]) {
      expect((await failure(call, StripeRefused)).decline.code).toBe('payment_intent_unexpected_state');
    }
  });

  it('is refused for good when Stripe will not capture', async () => {
    const { id } = await held();
    const path = '/v1/payment_intents/*/capture';
    await control({
      failNext: { status: 400, path, code: 'charge_expired_for_capture', message: 'Too late.' },
    });
    const { decline } = await failure(stripe.capture(id), StripeRefused);
    expect(decline).toEqual({ message: 'Too late.', code: 'charge_expired_for_capture' });
    expect((await stripe.retrieve(id)).status).toBe('requires_capture');
  });

  it('gets the same PaymentMethod of a token when it asks again under the same key', async () => {
    const key = newId();
    const first = await stripe.createMethod('tok_visa', key);
    expect(first).toMatch(/^pm_/);
    expect(await stripe.createMethod('tok_visa', key)).toBe(first);
    await control({ failNext: { status: 500, path: '/v1/payment_methods' } });
    await failure(stripe.createMethod('tok_visa', `${key}-next`), StripeKeptError);
  });

  it('knows that a key is spent that was used for something else', async () => {
    const key = newId();
    await stripe.createIntent(attempt(visa, key));
    await failure(stripe.createIntent({ ...attempt(visa, key), amount: 2000 }), StripeKeptError);
  });

  it('tells what was given back of what was taken', async () => {
    const { id } = await held();
    expect(await stripe.retrieve(id)).toMatchObject({ amountReceived: 0, amountRefunded: 0 });
    expect(await stripe.capture(id)).toMatchObject({ amountReceived: 1999, amountRefunded: 0 });
    const official = new Stripe(standIn.secretKey, {
      host: '127.0.0.1',
      port: Number(new URL(standIn.url).port),
      protocol: 'http',
    });
    for (const [amount, refunded] of [
      [500, 500],
      [1_499, 1_999],
    ] as const) {
      await official.refunds.create({ payment_intent: id, amount });
      expect(await stripe.retrieve(id)).toMatchObject({ amountReceived: 1999, amountRefunded: refunded });
    }
    const { id: letGo } = await held();
    await stripe.cancel(letGo);
    expect(await stripe.retrieve(letGo)).toMatchObject({ amountReceived: 0, amountRefunded: 0 });
    for await (const intent of stripe.list(new Date(Date.now() - 60_000))) {
      expect(intent.amountRefunded).toBe(intent.id === id ? 1_999 : 0);
    }
  });

  it('takes a status that Stripe has invented since for none that it knows', async () => {
    const intent = {
      id: 'pi_1',
      object: 'payment_intent',
      status: 'requires_patience',
      created: 1,
      client_secret: null,
      last_payment_error: null,
      latest_charge: null,
      metadata: { deployment: 'here' },
    };
    const list = { object: 'list', url: '/v1/payment_intents', has_more: false, data: [intent] };
    const future = createServer(({ url }, response) => {
      const answer = url?.startsWith('/v1/payment_intents/pi_1') ? intent : list;
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
    });
    try {
      const port = connect(await listen(future));
      expect((await port.retrieve('pi_1')).status).toBe('unknown');
      const listed: string[] = [];
      for await (const { status } of port.list(new Date(0))) listed.push(status);
      expect(listed).toEqual(['unknown']);
    } finally {
      future.closeAllConnections();
      future.close();
    }
  });

  it('knows that an error of Stripe stays under the key of a new intent', async () => {
    const key = newId();
    await control({ failNext: { status: 500, path: '/v1/payment_intents' } });
    await failure(stripe.createIntent(attempt(visa, key)), StripeKeptError);
    await failure(stripe.createIntent(attempt(visa, key)), StripeKeptError);
    expect((await stripe.createIntent(attempt(visa, `${key}-next`))).status).toBe('requires_confirmation');
  });

  it.each([500, 502, 503])('does not know what a %d of another call has done', async (status) => {
    const { id } = await held();
    await control({ failNext: { status, when: 'after', path: '/v1/payment_intents/*/capture' } });
    await failure(stripe.capture(id), StripeUnavailable);
    expect((await stripe.retrieve(id)).status).toBe('succeeded');
  });

  it('does not know the outcome when there were too many requests', async () => {
    const { id } = await held();
    await control({ failNext: { status: 429, count: 2 } });
    await failure(stripe.capture(id), StripeUnavailable);
    await failure(stripe.createIntent(attempt()), StripeUnavailable);
    expect((await stripe.capture(id)).status).toBe('succeeded');
  });

  it('does not know the outcome when another call under the same key is running', async () => {
    await control({ latencyMs: 400 });
    const key = newId();
    const calls = await Promise.allSettled([
      stripe.createIntent(attempt(visa, key)),
      stripe.createIntent(attempt(visa, key)),
    ]);
    const reasons = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason] : []));
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toBeInstanceOf(StripeUnavailable);
  });

  it('does not know the outcome when the answer is lost, and gets the same intent afterwards', async () => {
    const before = await count();
    const key = newId();
    // The SDK asks once more by itself when a connection is cut.
    await control({ loseAnswers: { count: 2, path: '/v1/payment_intents' } });
    await failure(stripe.createIntent(attempt(visa, key)), StripeUnavailable);
    const made = await stripe.createIntent(attempt(visa, key));
    expect(made.status).toBe('requires_confirmation');
    expect(await count()).toBe(before + 1);
  });

  it('waits no longer than it is told to', async () => {
    const { id } = await held();
    await control({ loseAnswers: { by: 'silence', path: '/v1/payment_intents/*/capture' } });
    const before = performance.now();
    await failure(unsteady.capture(id), StripeUnavailable);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect((await stripe.retrieve(id)).status).toBe('succeeded');
  });

  it('does not know the outcome when nobody is there, or what answers is not Stripe', async () => {
    await failure(connect('http://127.0.0.1:1').retrieve('pi_1'), StripeUnavailable);
    const other = createServer((_request, response) => response.end('<html>'));
    await failure(connect(await listen(other)).retrieve('pi_1'), StripeUnavailable);
    other.closeAllConnections();
    other.close();
  });

  it('takes a wrong key for a fault of ours, never for a refusal of a payment', async () => {
    const error = await failure(
      connect(standIn.url, { key: 'sk_test_a-b' }).capture('pi_1'),
      StripeUnavailable,
    );
    expect(error.message).not.toContain('sk_');
  });

  it('lists every intent of this deployment since a time, newest first', async () => {
    const since = new Date(Date.now() - 1_000);
    const made: string[] = [];
    for (let i = 0; i < 3; i += 1) made.unshift((await stripe.createIntent(attempt())).id);
    const listed: string[] = [];
    for await (const { id } of stripe.list(since)) listed.push(id);
    expect(listed.slice(0, 3)).toEqual(made);
    // Somebody else's, on the same account.
    const theirs = connect(standIn.url, { deployment: 'elsewhere' });
    const { id: other } = await theirs.createIntent(attempt());
    for await (const { id } of stripe.list(since)) expect(id).not.toBe(other);
    const none: string[] = [];
    for await (const { id } of stripe.list(new Date(Date.now() + 60_000))) none.push(id);
    expect(none).toEqual([]);
  });

  it('reads a webhook that Stripe has signed, and learns which intent it is about', async () => {
    const { id } = await held();
    await eventually(() => {
      const events = hooks.map(({ body, signature }) => stripe.readWebhook(body, signature));
      const about = events.filter(({ intentId }) => intentId === id).map(({ type }) => type);
      expect(about.sort()).toEqual([
        'charge.succeeded',
        'payment_intent.amount_capturable_updated',
        'payment_intent.created',
      ]);
      expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    });
  });

  it('does not believe a webhook that is forged, changed, or not signed', async () => {
    await eventually(() => expect(hooks.length).toBeGreaterThan(0));
    const { body, signature } = hooks[0] ?? { body: Buffer.alloc(0), signature: '' };
    const forged: [Buffer, string | undefined][] = [
      [Buffer.from(body.toString().replace('usd', 'eur')), signature],
      [body, signature.replace(/v1=.{4}/, 'v1=0000')],
      [body, 't=1,v1=0'],
      [body, ''],
      [body, undefined],
      [Buffer.alloc(0), signature],
      [Buffer.from('not json'), signature],
    ];
    for (const [content, signed] of forged) {
      expect(() => stripe.readWebhook(content, signed)).toThrow(ForgedWebhook);
    }
  });
});
