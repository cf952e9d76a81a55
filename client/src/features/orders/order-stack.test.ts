import { describe, expect, it } from '@jest/globals';
import type { Order } from '../../shared/api/types.ts';
import { askListEvery, merge, stack } from './order-stack.ts';

const order = (id: string, more: Partial<Order> = {}): Order => ({
  id,
  userId: 'buyer',
  status: 'completed',
  expiresAt: '2026-12-14T20:41:00Z',
  version: 0,
  ticket: { id: 't', title: 'Nils Frahm', price: 48, currency: 'usd' },
  ...more,
});
const idsOf = (orders: readonly Order[]) => {
  const { awaiting, ended } = stack(orders);
  return [...awaiting, ...ended].map(({ id }) => id);
};

describe('my orders', () => {
  it('have what waits for payment on top, the one that ends first before all', () => {
    const awaiting = { status: 'awaiting payment' } as const;
    const orders = [
      order('4'),
      order('3', { ...awaiting, expiresAt: '2026-12-14T20:50:00Z' }),
      order('2', { status: 'cancelled' }),
      order('1', { ...awaiting, expiresAt: '2026-12-14T20:45:00Z' }),
    ];
    expect(idsOf(orders)).toEqual(['1', '3', '4', '2']);
  });

  it('are the newest first besides', () => {
    expect(idsOf([order('b'), order('c'), order('a')])).toEqual(['c', 'b', 'a']);
  });

  it('keep those that a new one pushes off the first page', () => {
    expect(idsOf(merge([order('2'), order('1')], [order('3'), order('2')]))).toEqual(['3', '2', '1']);
  });

  it('never go back to an older version', () => {
    const completed = order('1', { version: 1 });
    const [kept] = merge([completed], [order('1', { status: 'awaiting payment' })]);
    expect(kept).toBe(completed);
  });

  it('take the receipt, which comes without a new version', () => {
    const receipt = { paymentId: 'p', paidAt: '2026-12-14T20:30:00Z' };
    expect(merge([order('1')], [order('1', { receipt })])).toMatchObject([{ receipt }]);
  });
});

describe('how often the list is asked for', () => {
  const now = Date.parse('2026-12-14T20:30:00Z');
  const awaiting = (secondsLeft: number) =>
    order('1', { status: 'awaiting payment', expiresAt: new Date(now + secondsLeft * 1000).toISOString() });

  it('is more often towards the end of the hold that ends first', () => {
    const every = [900, 40, 10, -1].map((left) => askListEvery([awaiting(900), awaiting(left)], now));
    expect(every).toEqual([...every].sort((a, b) => b - a));
    expect(new Set(every).size).toBe(4);
  });

  it('is seldom when nothing is held', () => {
    expect(askListEvery([order('1')], now)).toBeGreaterThan(askListEvery([awaiting(900)], now));
    expect(askListEvery([], now)).toBeGreaterThanOrEqual(20_000);
  });
});
