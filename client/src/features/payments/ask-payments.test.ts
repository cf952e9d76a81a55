import { describe, expect, it } from '@jest/globals';
import type { ErrorLine } from '@ticketing/common/errors';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Payment } from '../../shared/api/types.ts';
import { goOn, payWith } from './ask-payments.ts';
import { type Attempt, attemptsOf, type Memory, newIdempotencyKey } from './attempt.ts';

const payment = (status: Payment['status'], more: Partial<Payment> = {}): Payment => ({
  id: 'payment-1',
  orderId: 'order-1',
  status,
  amount: 48,
  currency: 'usd',
  ...more,
});
const refusal = (status: number, line: Partial<ErrorLine> = {}, retryAfter?: number) =>
  new ApiError(status, [{ message: 'No', ...line }], retryAfter);

/** The storage of a tab, which a reload leaves as it is. */
const storage = (): Memory & { readonly kept: Map<string, string> } => {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
};

/** A page that asks payments, which answers as it is told, in this order. */
const page = (answers: readonly (Payment | ApiError)[], memory: Memory = storage()) => {
  const asked: AxiosRequestConfig[] = [];
  const pauses: number[] = [];
  const left = [...answers];
  return {
    asked,
    pauses,
    orderId: 'order-1',
    attempts: attemptsOf('order-1', () => memory),
    async request(options: AxiosRequestConfig) {
      asked.push(options);
      const next = left.shift();
      if (next === undefined) throw new Error('not expected');
      if (next instanceof ApiError) throw next;
      return { data: next } as AxiosResponse<Payment>;
    },
    async pause(ms: number) {
      pauses.push(ms);
    },
  };
};

const attempt: Attempt = { idempotencyKey: 'key-1', paymentMethod: 'pm_1' };

describe('paying', () => {
  it('asks for the order and the card under the key of the attempt', async () => {
    const here = page([payment('processing')]);
    expect(await payWith(attempt, here)).toMatchObject({ kind: 'processing' });
    expect(here.asked).toEqual([
      {
        method: 'post',
        url: '/api/payments',
        data: { orderId: 'order-1', paymentMethod: 'pm_1' },
        headers: { 'Idempotency-Key': 'key-1' },
      },
    ]);
  });

  it('remembers the payment that is under way, so that a reload shows it', async () => {
    const here = page([payment('processing')]);
    await payWith(attempt, here);
    expect(here.attempts.recall()).toEqual({ ...attempt, paymentId: 'payment-1' });
  });

  it('asks under the same key again when a reload cut the answer off', async () => {
    const memory = storage();
    const before = page([refusal(0)], memory);
    expect(await payWith(attempt, before)).toMatchObject({ kind: 'away', spoken: false });

    const after = page([payment('processing')], memory);
    const kept = after.attempts.recall();
    if (kept === undefined) throw new Error('forgotten');
    await goOn(kept, false, after);
    expect(after.asked[0]).toMatchObject({ method: 'post', headers: { 'Idempotency-Key': 'key-1' } });
  });

  it('waits for the answer of the same request while that is under way', async () => {
    const running = refusal(409, { code: 'idempotency_key_running' }, 2);
    const here = page([running, running, payment('processing')]);
    expect(await payWith(attempt, here)).toMatchObject({ kind: 'processing' });
    expect(here.pauses).toEqual([2_000, 2_000]);
  });

  it('asks how a payment is after a reload, and does not pay again', async () => {
    const here = page([payment('captured')]);
    expect(await goOn({ ...attempt, paymentId: 'payment-1' }, false, here)).toEqual({ kind: 'order ended' });
    expect(here.asked).toEqual([{ method: 'get', url: '/api/payments/payment-1' }]);
  });

  it('has the payment confirmed on the way back from the bank', async () => {
    const here = page([payment('processing')]);
    await goOn({ ...attempt, paymentId: 'payment-1' }, true, here);
    expect(here.asked).toEqual([{ method: 'post', url: '/api/payments/payment-1/confirm' }]);
  });

  it('says after the bank’s own question that it was the bank that refused', async () => {
    const known = { ...attempt, paymentId: 'payment-1' };
    const here = page([refusal(402, { code: 'card_refused' })]);
    expect(await goOn(known, true, here)).toMatchObject({ decline: { code: 'authentication_required' } });
    const there = page([refusal(402, { code: 'card_declined', declineCode: 'insufficient_funds' })]);
    expect(await goOn(known, true, there)).toMatchObject({ decline: { declineCode: 'insufficient_funds' } });
  });

  it.each([
    ['a refused card', refusal(402, { code: 'card_declined' }), 'refused'],
    ['a payment in another tab', refusal(400, { code: 'payment_under_way' }), 'paid elsewhere'],
    ['an order that is paid', refusal(400, { code: 'order_paid' }), 'order ended'],
    ['an order whose time is over', refusal(400, { code: 'order_expired' }), 'order ended'],
    ['an order that was released', refusal(400, { code: 'order_cancelled' }), 'order ended'],
    ['an attempt that was given up', payment('canceled'), 'given up'],
    ['something that should not be', refusal(400, { code: 'invalid_field' }), 'wrong'],
  ])('ends the attempt with %s: the next one gets a key of its own', async (_, answer, kind) => {
    const here = page([answer]);
    expect(await payWith(attempt, here)).toMatchObject({ kind });
    expect(here.attempts.recall()).toBeUndefined();
  });

  it.each([
    ['nobody answers', refusal(0)],
    ['payments is busy', refusal(503, { code: 'unavailable' }, 5)],
    ['there were too many tries', refusal(429, { code: 'too_many_requests' }, 30)],
    ['the session is over', refusal(401, { code: 'not_signed_in' })],
  ])('keeps the key while %s', async (_, answer) => {
    const here = page([answer]);
    await payWith(attempt, here);
    expect(here.attempts.recall()).toEqual(attempt);
  });

  it('says why a card was refused as finely as the bank does', async () => {
    const finer = { code: 'card_declined', declineCode: 'insufficient_funds' } as const;
    expect(await payWith(attempt, page([refusal(402, finer)]))).toEqual({ kind: 'refused', decline: finer });
    const later = payment('refused', { decline: { message: 'No', ...finer } });
    expect(await payWith(attempt, page([later]))).toEqual({ kind: 'refused', decline: finer });
  });
});

describe('the memory of an attempt', () => {
  it('is that of one order', () => {
    const memory = storage();
    attemptsOf('order-1', () => memory).remember(attempt);
    expect(attemptsOf('order-2', () => memory).recall()).toBeUndefined();
  });

  it('lasts as long as the page where the browser keeps nothing', () => {
    const attempts = attemptsOf('order-1', () => {
      throw new Error('SecurityError');
    });
    attempts.remember(attempt);
    expect(attempts.recall()).toEqual(attempt);
    attempts.forget();
    expect(attempts.recall()).toBeUndefined();
  });

  it.each(['', '{', 'null', '{"idempotencyKey":1}'])('is empty when it cannot be read: %j', (kept) => {
    const memory = storage();
    memory.setItem('payment of order-1', kept);
    expect(attemptsOf('order-1', () => memory).recall()).toBeUndefined();
  });

  it('has keys that nobody else has', () => {
    const keys = new Set(Array.from({ length: 100 }, newIdempotencyKey));
    expect(keys.size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });
});
