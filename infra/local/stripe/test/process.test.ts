import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { freePort } from '../../engines/free-port.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { readStandInConfig } from '../src/config.ts';
import { type StandInProcess, startProcess } from './stand-in-process.ts';
import { order, stripeAt } from './stripe-client.ts';

const folder = temporaryFolder('stripe-process');

const started: StandInProcess[] = [];
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

const start = async (dataDir: string, more: Record<string, string> = {}) => {
  const port = await freePort();
  const running = startProcess({ PORT: String(port), DATA_DIR: dataDir, ...more });
  started.push(running);
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }, 60_000);
  return { ...running, url, stripe: stripeAt(url) };
};

describe('the process', () => {
  it('loses nothing that it has answered, though it is killed in the middle of its work', async () => {
    const dataDir = `${folder}/killed`;
    const first = await start(dataDir);
    const answered: { id: string; status: string; key: string }[] = [];
    let isOver = false;
    const shop = async (name: number) => {
      for (let n = 0; !isOver; n += 1) {
        const key = `shop-${name}-${n}`;
        try {
          const options = { idempotencyKey: key };
          const created = await first.stripe.paymentIntents.create(
            { ...order, payment_method: 'pm_card_visa' },
            options,
          );
          const entry = { id: created.id, status: created.status as string, key };
          answered.push(entry);
          entry.status = (await first.stripe.paymentIntents.confirm(created.id)).status;
          entry.status = (await first.stripe.paymentIntents.capture(created.id)).status;
        } catch {
          // Killed under it; what it had been told before counts.
          return;
        }
      }
    };
    const shops = Array.from({ length: 8 }, (_, name) => shop(name));
    await eventually(() => expect(answered.length).toBeGreaterThan(60), 60_000);
    first.child.kill('SIGKILL');
    isOver = true;
    await Promise.all(shops);
    expect(await first.ended).toBe('SIGKILL');

    const second = await start(dataDir);
    const steps = ['requires_confirmation', 'requires_capture', 'succeeded'];
    for (const { id, status, key } of answered) {
      const kept = await second.stripe.paymentIntents.retrieve(id);
      // It may have done one more step that nobody was told of, and never one less.
      expect(steps.indexOf(kept.status)).toBeGreaterThanOrEqual(steps.indexOf(status));
      const again = await second.stripe.paymentIntents.create(
        { ...order, payment_method: 'pm_card_visa' },
        { idempotencyKey: key },
      );
      expect(again.id).toBe(id);
    }
  }, 120_000);

  it('ends well when it is asked to, and answers what it has begun', async () => {
    const { child, ended, stripe, url } = await start(`${folder}/ended`);
    await fetch(`${url}/control`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ latencyMs: 500 }),
    });
    const call = stripe.paymentIntents.create(order);
    await pause(100);
    child.kill('SIGTERM');
    expect((await call).status).toBe('requires_payment_method');
    expect(await ended).toBe(0);
  }, 60_000);

  it('says nothing of cards or keys in its log', async () => {
    const { url, printed, child, ended } = await start(`${folder}/log`, { LOG_LEVEL: 'trace' });
    const number = '4242424242424242';
    const secret = 'sk_test_51secretsecret';
    await fetch(`${url}/v1/payment_methods?card[number]=${number}`, {
      method: 'POST',
      headers: { Authorization: 'Bearer pk_test_1' },
      body: new URLSearchParams({
        type: 'card',
        'card[number]': number,
        'card[exp_month]': '1',
        'card[exp_year]': '2099',
      }),
    });
    await fetch(`${url}/v1/payment_methods/${number}`, { headers: { Authorization: `Bearer ${secret}` } });
    await fetch(`${url}/${number}`);
    child.kill('SIGTERM');
    await ended;
    expect(printed()).toContain('/v1/payment_methods/:id');
    expect(printed()).not.toContain(number);
    expect(printed()).not.toContain('secretsecret');
  }, 60_000);

  it.each([
    ['in production', { NODE_ENV: 'production' }, 'does not run in production'],
    ['with a live key at hand', { STRIPE_SECRET_KEY: 'sk_live_51abc' }, 'is a live key'],
  ])(
    'does not start %s',
    async (_, env, reason) => {
      const running = startProcess({ PORT: String(await freePort()), DATA_DIR: `${folder}/refused`, ...env });
      started.push(running);
      expect(await running.ended).toBe(78);
      expect(running.printed()).toContain(reason);
      expect(running.printed()).not.toContain('51abc');
    },
    60_000,
  );
});

describe('its settings', () => {
  it('are few, and have defaults on loopback', () => {
    expect(readStandInConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 4242, DATA_DIR: '.data/stripe' });
    expect(readStandInConfig({ PUBLIC_BASE: 'http://localhost:3000/stripe/' }).PUBLIC_BASE).toBe(
      'http://localhost:3000/stripe',
    );
  });

  it.each([
    [{ PORT: '0' }, 'PORT'],
    [{ PUBLIC_BASE: 'localhost' }, 'PUBLIC_BASE'],
    [{ STRIPE_WEBHOOK_URL: 'http://127.0.0.1:1/hook' }, 'STRIPE_WEBHOOK_SECRET'],
    [{ STRIPE_WEBHOOK_SECRET: 'secret' }, 'STRIPE_WEBHOOK_SECRET'],
  ])('are refused by name when they cannot work: %j', (env, name) => {
    expect(() => readStandInConfig(env)).toThrow(name);
  });
});
