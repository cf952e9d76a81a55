import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import { createLogger } from '@ticketing/common/service';
import { eventually } from '@ticketing/common/testing';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { openAccount } from '../src/account.ts';
import { openIdempotency } from '../src/api/idempotency.ts';
import { createApp } from '../src/app.ts';
import { openControl } from '../src/control/control.ts';
import { noFaults } from '../src/control/faults.ts';
import { type Ledger, openLedger } from '../src/store/ledger.ts';
import { openWebhooks } from '../src/webhooks/webhooks.ts';
import { Receiver } from './receiver.ts';
import { order, postForm, refusalOf, stripeAt } from './stripe-client.ts';

const folder = temporaryFolder('stripe-promises');
const logger = createLogger('stripe-stand-in', 'silent');

/** A disk that takes its time, or takes nothing. */
let disk: () => Promise<void> = async () => {};

const receiver = new Receiver();
let ledger: Ledger;
let url: string;
let close: () => Promise<void>;
beforeAll(async () => {
  const books = await openLedger(folder);
  ledger = {
    ...books,
    settled: async () => {
      await books.settled();
      await disk();
    },
  };
  const faults = noFaults();
  const destination = { url: await receiver.listen(), secret: 'whsec_test' };
  const webhooks = openWebhooks({ ledger, faults, logger, destination, firstRetryMs: 50 });
  const account = openAccount({
    ledger,
    clock: systemClock,
    publicBase: () => url,
    deliveriesOf: webhooks.deliveriesOf,
    onEvents: webhooks.wake,
    most: { events: 4, answers: 3 },
  });
  const app = createApp({
    account,
    idempotency: openIdempotency(ledger),
    faults,
    control: openControl(account, faults, webhooks),
    logger,
    browserPath: '',
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    server.closeAllConnections();
    server.close();
    await webhooks.stop();
    await receiver.close();
    await books.close();
  };
});
afterAll(() => close());

describe('an answer', () => {
  it('waits for the disk, and so does whoever only looks, and the webhook of it', async () => {
    let write = () => {};
    const written = new Promise<void>((resolve) => {
      write = resolve;
    });
    disk = () => written;
    const heard: string[] = [];
    const stripe = stripeAt(url);
    try {
      const making = stripe.paymentIntents.create(order).then(({ id }) => heard.push(id));
      const made = await eventually(() => {
        const [intent] = ledger.newestFirst('intents');
        if (intent === undefined) throw new Error('not made yet');
        return intent;
      });
      const looking = stripe.paymentIntents.retrieve(made.id).then(({ id }) => heard.push(id));
      // What nobody has to wait for is answered all the while.
      for (let i = 0; i < 20; i += 1) await fetch(`${url}/control`);
      expect(heard).toEqual([]);
      expect(receiver.received).toEqual([]);
      write();
      await Promise.all([making, looking]);
      expect(heard).toEqual([made.id, made.id]);
      await eventually(() => expect(receiver.types).toEqual(['payment_intent.created']));
    } finally {
      write();
    }
  });

  it('is an error of the server while the disk takes nothing', async () => {
    disk = () => Promise.reject(new Error('no space left on device'));
    expect(await refusalOf(stripeAt(url).paymentIntents.create(order))).toMatchObject({ statusCode: 500 });
    disk = async () => {};
    expect((await stripeAt(url).paymentIntents.create(order)).object).toBe('payment_intent');
  });
});

describe('what is kept for a while only', () => {
  it('is the newest: events, and answers under keys', async () => {
    const stripe = stripeAt(url);
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      ids.push((await stripe.paymentIntents.create(order, { idempotencyKey: `key-${i}` })).id);
    }
    expect(ledger.count('answers')).toBeLessThanOrEqual(4);
    expect(ledger.count('events')).toBeLessThanOrEqual(5);
    const again = await stripe.paymentIntents.create(order, { idempotencyKey: 'key-19' });
    expect(again.id).toBe(ids[19]);
    const { data } = await stripe.events.list();
    expect(data[0]?.data.object).toMatchObject({ id: ids[19] });
  });
});

describe('a request that is no good', () => {
  it.each([
    ['parameters as JSON', '/v1/payment_intents', 'application/json', '{"amount":1999}', 400],
    [
      'parameters beyond measure',
      '/v1/payment_intents',
      'application/x-www-form-urlencoded',
      `a=${'x'.repeat(200_000)}`,
      413,
    ],
    [
      'parameters without end',
      '/v1/payment_intents',
      'application/x-www-form-urlencoded',
      'a=1&'.repeat(2_000),
      413,
    ],
  ])('is refused in the way of Stripe: %s', async (_, address, type, body, status) => {
    const response = await fetch(url + address, {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_test_1', 'Content-Type': type },
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('is refused where a text is given as a nest, or a nest as a text', async () => {
    for (const form of [
      { 'amount[gte]': '1999', currency: 'usd' },
      { amount: '1999', currency: 'usd', metadata: 'order-1' },
      { amount: '1999', currency: 'usd', 'metadata[a][b]': '1' },
      { amount: '1999', currency: 'usd', 'metadata[a]': 'x'.repeat(501) },
      { amount: '1999', currency: 'usd', payment_method_data: 'card' },
    ]) {
      const response = await postForm(`${url}/v1/payment_intents`, form, 'sk_test_1');
      expect({ form, status: response.status }).toEqual({ form, status: 400 });
    }
  });
});
