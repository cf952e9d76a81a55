/** What has to be there again after a restore, what was lost unheard, and what counts as neither. */
import { describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import type { StoredOrder, StoredPayment } from './checker.ts';
import type { Deed, Entry } from './history.ts';
import { endInTime, isUnheard, type Lost, paidKeeps, type Restorable, sameAfter } from './lost.ts';

const begin = Date.parse('2026-12-01T12:00:00.000Z');
const [ticketId, orderId, paymentId] = [new ObjectId(), new ObjectId(), new ObjectId()];
const PRICE = 1_234;

const order: StoredOrder = {
  _id: orderId,
  userId: String(new ObjectId()),
  status: 'completed',
  version: 1,
  expiresAt: new Date(begin + 5_000),
  savedAt: new Date(begin + 2_000),
  paymentId: String(paymentId),
  ticket: { id: String(ticketId), price: { amount: PRICE } },
};
const payment: StoredPayment = {
  _id: paymentId,
  orderId: String(orderId),
  status: 'captured',
  intentId: 'pi_1',
};
const charge = { id: 'pi_1', amount: PRICE, status: 'succeeded', amount_received: PRICE, amount_refunded: 0 };
const stored = { tickets: [], orders: [order], payments: [payment], charged: [charge] };
const lost: Lost = { at: begin + 20_000, stored, waiting: new Set() };

describe('an answer that told of a change which nobody else had heard of', () => {
  const entry = (what: Deed, about: ObjectId, id?: ObjectId, status = 200): Entry => ({
    who: 'buyer 1',
    what,
    about: String(about),
    askedAt: begin,
    answeredAt: begin + 50,
    status,
    body: id === undefined ? undefined : { id: String(id) },
  });
  const unheard = (service: Restorable, waiting: ObjectId[], one: Entry): boolean =>
    isUnheard(service, { ...lost, waiting: new Set(waiting.map(String)) })(one);

  it.each([
    ['orders', 'reserve', entry('reserve', ticketId, orderId, 201)],
    ['orders', 'release', entry('release', orderId, undefined, 204)],
    ['tickets', 'sell', entry('sell', orderId, ticketId, 201)],
    ['tickets', 'edit', entry('edit', ticketId, ticketId)],
    ['tickets', 'withdraw', entry('withdraw', ticketId, undefined, 204)],
  ] as const)('is, in %s, the one to “%s”, where the event still waited', (service, _, one) => {
    expect(unheard(service, [service === 'orders' ? orderId : ticketId], one)).toBe(true);
    expect(unheard(service, [], one)).toBe(false);
  });

  it('is, in payments, the one to a payment of which nothing was at Stripe', () => {
    const { intentId: _, ...withoutIntent } = payment;
    const before = { ...lost, stored: { ...stored, payments: [withoutIntent] } };
    expect(isUnheard('payments', before)(entry('pay', orderId, paymentId, 201))).toBe(true);
    expect(unheard('payments', [paymentId], entry('pay', orderId, paymentId, 201))).toBe(false);
    // Made after the loss.
    expect(unheard('payments', [], entry('pay', orderId, new ObjectId(), 201))).toBe(false);
  });

  it.each([
    // What another service stores is not lost, and a refusal told of no change.
    ['orders', 'pay', entry('pay', orderId, paymentId, 201)],
    ['orders', 'see order', entry('see order', orderId, orderId)],
    ['orders', 'release', entry('release', orderId, undefined, 503)],
    ['tickets', 'reserve', entry('reserve', ticketId, orderId, 201)],
    ['payments', 'reserve', entry('reserve', ticketId, orderId, 201)],
  ] as const)('is, in %s, not this one to “%s”', (service, _, one) => {
    expect(unheard(service, [orderId, ticketId], one)).toBe(false);
  });
});

describe('who had paid before the loss', () => {
  it('has the ticket', () => {
    expect(paidKeeps(lost, stored)).toMatchObject({ checked: 1, violations: [] });
  });

  it.each([
    ['is forgotten', { orders: [] }],
    ['is cancelled', { orders: [{ ...order, status: 'cancelled' }] }],
    ['is paid by another one', { orders: [{ ...order, paymentId: String(new ObjectId()) }] }],
    ['and its payment are forgotten', { orders: [], payments: [] }],
  ])('does not, where the order %s', (_, now) => {
    expect(paidKeeps(lost, { ...stored, ...now }).violations).toHaveLength(1);
  });

  it('is nobody whose money was given back, or never taken', () => {
    expect(paidKeeps(lost, { ...stored, charged: [{ ...charge, amount_refunded: PRICE }] }).checked).toBe(0);
    expect(paidKeeps(lost, { ...stored, charged: [] }).checked).toBe(0);
  });
});

describe('the end of a hold', () => {
  const always = { between: (from: number, until: number) => Math.max(0, until - from) };
  const restarted = begin + 60_000;
  const ended = (savedAt: number, status = 'cancelled') => ({ ...order, status, savedAt: new Date(savedAt) });
  const late = (before: StoredOrder[], atRestart: StoredOrder[], now: StoredOrder[]): number =>
    endInTime(
      { ...lost, stored: { ...stored, orders: before } },
      { at: restarted, orders: atRestart },
      now,
      always,
    ).violations.length;

  it('is when it ended first, not when it was restored', () => {
    const restored = ended(restarted - 1_000);
    expect(late([ended(begin + 5_100)], [restored], [restored])).toBe(0);
    // Saved once more afterwards, for whatever reason.
    expect(late([ended(begin + 5_100)], [restored], [ended(restarted + 30_000)])).toBe(0);
  });

  it('is late, where it was late before the loss', () => {
    expect(late([ended(begin + 10_100)], [], [])).toBe(1);
    expect(late([ended(begin, 'awaiting payment')], [], [])).toBe(1);
  });

  it('has five seconds more from the restart on, where it had not ended', () => {
    const open = ended(begin, 'awaiting payment');
    expect(late([], [open], [ended(restarted + 4_900)])).toBe(0);
    expect(late([], [open], [ended(restarted + 5_100)])).toBe(1);
    expect(late([], [open], [open])).toBe(1);
  });
});

describe('a second run', () => {
  it('may change, add and remove no document', () => {
    const before = new Map([
      ['orders 1', 'a'],
      ['orders 2', 'b'],
    ]);
    expect(sameAfter(before, new Map(before))).toMatchObject({ checked: 2, violations: [] });
    const after = new Map([
      ['orders 1', 'c'],
      ['orders 3', 'd'],
    ]);
    expect(sameAfter(before, after).violations.map(({ detail }) => detail)).toEqual([
      'orders 1 was a, and is c',
      'orders 2 was b, and is not there',
      'orders 3 was not there, and is d',
    ]);
  });
});
