import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import type Stripe from 'stripe';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { type RunningStandIn, startStandIn } from '../src/index.ts';
import { Receiver } from './receiver.ts';
import { standIns } from './stand-ins.ts';
import { control, order, stripeAt } from './stripe-client.ts';

const SECRET = 'whsec_teststandin';
const folder = temporaryFolder('stripe-webhooks');
const start = standIns();

const receiver = new Receiver();
let url: string;
let standIn: RunningStandIn;
let stripe: Stripe;
beforeAll(async () => {
  url = await receiver.listen();
  standIn = await startStandIn({ webhook: { url, secret: SECRET }, firstRetryMs: 50 });
  stripe = stripeAt(standIn.url);
});
afterAll(async () => {
  await standIn.stop();
  await receiver.close();
});

const pending = async (at = standIn.controlUrl): Promise<number> => {
  const shown = (await (await fetch(at)).json()) as { pendingWebhooks: number };
  return shown.pendingWebhooks;
};

const delivered = () => eventually(async () => expect(await pending()).toBe(0));

beforeEach(async () => {
  receiver.forget();
  await control(standIn.controlUrl, { reset: true });
  await delivered();
  receiver.forget();
});

const held = async () => {
  const { id } = await stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
  return stripe.paymentIntents.confirm(id);
};

/** Everything told of an intent, in the order in which it happened. */
const told = async (intentId: string): Promise<string[]> => {
  const events = await stripe.events.list({ limit: 100 });
  return events.data
    .filter(({ data }) => {
      const about = data.object as { id: string; payment_intent?: string };
      return about.id === intentId || about.payment_intent === intentId;
    })
    .map(({ type }) => type)
    .reverse();
};

describe('what Stripe tells', () => {
  it('of a payment that succeeds', async () => {
    const { id } = await held();
    await stripe.paymentIntents.capture(id);
    expect(await told(id)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
  });

  it('of a refused card', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_visa_chargeDeclined',
    });
    await stripe.paymentIntents.confirm(id).catch(() => undefined);
    expect((await told(id)).slice(1)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
  });

  it('of a bank that asks, and of an answer that fails', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_authenticationRequired',
    });
    await stripe.paymentIntents.confirm(id);
    await control(standIn.controlUrl, { authenticate: { intent: id, result: 'fail' } });
    expect((await told(id)).slice(1)).toEqual([
      'payment_intent.requires_action',
      'payment_intent.payment_failed',
    ]);
  });

  it('of a payment called off, and of money given back', async () => {
    const off = await held();
    await stripe.paymentIntents.cancel(off.id);
    expect((await told(off.id)).slice(3)).toEqual(['charge.refunded', 'payment_intent.canceled']);
    const back = await held();
    await stripe.paymentIntents.capture(back.id);
    const refund = await stripe.refunds.create({ payment_intent: back.id });
    expect((await told(back.id)).slice(5)).toEqual(['charge.refunded', 'refund.created']);
    expect(refund.payment_intent).toBe(back.id);
  });

  it('can be looked up by type, with the payment as it was', async () => {
    const { id } = await held();
    await stripe.paymentIntents.capture(id);
    const { data } = await stripe.events.list({ type: 'payment_intent.created', limit: 1 });
    const [event] = data;
    expect(event).toMatchObject({
      object: 'event',
      api_version: expect.stringMatching(/^\d{4}-/),
      data: { object: { id, status: 'requires_confirmation' } },
      request: { id: expect.stringMatching(/^req_/) },
    });
    expect(await stripe.events.retrieve(event?.id ?? '')).toMatchObject({ id: event?.id });
  });
});

describe('a webhook', () => {
  it('is signed, so that the SDK takes it, and nobody else can make one', async () => {
    const { id } = await held();
    await delivered();
    const { body, signature, type } = receiver.received[0] ?? { body: '', signature: '', type: '' };
    const event = stripe.webhooks.constructEvent(body, signature, SECRET);
    expect(event).toMatchObject({ type, data: { object: { id } } });
    expect(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow('signature');
    expect(() => stripe.webhooks.constructEvent(body.replace('usd', 'eur'), signature, SECRET)).toThrow(
      'signature',
    );
  });

  it('comes once for each event, and is pending until it has come', async () => {
    const { id } = await held();
    await delivered();
    expect(receiver.types.sort()).toEqual((await told(id)).sort());
    const { data } = await stripe.events.list({ limit: 3 });
    expect(data.map(({ pending_webhooks }) => pending_webhooks)).toEqual([0, 0, 0]);
  });

  it('comes again until it is taken', async () => {
    receiver.statuses = [500, 302, 404, 200];
    await stripe.paymentIntents.create(order);
    await delivered();
    expect(receiver.types).toEqual(Array.from({ length: 4 }, () => 'payment_intent.created'));
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  });

  it('comes twice, when that is asked for', async () => {
    await control(standIn.controlUrl, { webhooks: 'twice' });
    await stripe.paymentIntents.create(order);
    await delivered();
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[0]?.id).toBe(receiver.received[1]?.id);
  });

  it('comes late, when that is asked for', async () => {
    await control(standIn.controlUrl, { webhooks: 'late', lateMs: 400 });
    const before = Date.now();
    await stripe.paymentIntents.create(order);
    expect(await pending()).toBe(1);
    await delivered();
    expect((receiver.received[0]?.at ?? 0) - before).toBeGreaterThanOrEqual(400);
  });

  it('never comes, when that is asked for, though the event is there', async () => {
    await control(standIn.controlUrl, { webhooks: 'never' });
    const { id } = await stripe.paymentIntents.create(order);
    expect(await pending()).toBe(0);
    await control(standIn.controlUrl, { webhooks: 'normal' });
    const { id: next } = await stripe.paymentIntents.create(order);
    await delivered();
    expect(receiver.received.map(({ body }) => JSON.parse(body).data.object.id)).toEqual([next]);
    expect(await told(id)).toEqual(['payment_intent.created']);
  });

  it('comes in another order than things have happened, when that is asked for', async () => {
    await control(standIn.controlUrl, { webhooks: 'reordered', lateMs: 4_000 });
    const { id } = await held();
    await stripe.paymentIntents.capture(id);
    await delivered();
    expect([...receiver.types].sort()).toEqual((await told(id)).sort());
    const [first] = await told(id);
    expect(receiver.types.indexOf('payment_intent.succeeded')).toBeLessThan(
      receiver.types.indexOf(first ?? ''),
    );
  });

  it('comes once more, days later, when that is asked for', async () => {
    await stripe.paymentIntents.create(order);
    await delivered();
    const { data } = await stripe.events.list({ limit: 1 });
    await control(standIn.controlUrl, { resend: data[0]?.id });
    await delivered();
    expect(receiver.received.map(({ id }) => id)).toEqual([data[0]?.id, data[0]?.id]);
  });

  it('that nobody took comes after a restart', async () => {
    const other = new Receiver();
    other.statuses = [503];
    const options = {
      dataDir: folder,
      webhook: { url: await other.listen(), secret: SECRET },
      firstRetryMs: 50,
    };
    try {
      const first = await start(options);
      const { id } = await stripeAt(first.url).paymentIntents.create(order);
      await eventually(() => expect(other.received.length).toBeGreaterThan(1));
      await first.stop();
      other.forget();
      const second = await start(options);
      await eventually(async () => expect(await pending(second.controlUrl)).toBe(0));
      expect(other.received.map(({ body }) => JSON.parse(body).data.object.id)).toEqual([id]);
      await second.stop();
    } finally {
      await other.close();
    }
  });
});
