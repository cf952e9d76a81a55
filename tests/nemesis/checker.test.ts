/** The checker sees what is wrong: a world in which all is right, and one lie at a time. */
import { describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { check, type Evidence, type StoredOrder, type StoredPayment, type StoredTicket } from './checker.ts';
import type { Entry } from './history.ts';

const ticketId = new ObjectId();
const orderId = new ObjectId();
const paymentId = new ObjectId();
const begin = Date.parse('2026-12-01T12:00:00.000Z');
const PRICE = 1_234;

const ticket: StoredTicket = {
  _id: ticketId,
  title: 'Row 1, edited',
  version: 4,
  listed: true,
  lock: { state: 'sold', orderId: String(orderId) },
};
const order: StoredOrder = {
  _id: orderId,
  userId: String(new ObjectId()),
  status: 'completed',
  version: 1,
  expiresAt: new Date(begin + 20_000),
  savedAt: new Date(begin + 10_000),
  paymentId: String(paymentId),
  ticket: { id: String(ticketId), price: { amount: PRICE } },
};
const payment: StoredPayment = { _id: paymentId, orderId: String(orderId), status: 'captured' };

let time = begin;
const entry = (about: Pick<Entry, 'what'> & Partial<Entry>): Entry => {
  time += 100;
  return { who: 'buyer 1', askedAt: time, answeredAt: time + 50, status: 200, body: undefined, ...about };
};

const sold = entry({
  what: 'sell',
  key: 'sell',
  sent: { title: 'Row 1' },
  status: 201,
  body: { id: String(ticketId), version: 0 },
});
const edited = entry({
  what: 'edit',
  about: String(ticketId),
  sent: { title: 'Row 1, edited' },
  body: { id: String(ticketId), version: 1 },
});
const reserved = entry({
  what: 'reserve',
  about: String(ticketId),
  key: 'reserve',
  status: 201,
  body: { id: String(orderId) },
});
const paid = entry({
  what: 'pay',
  about: String(orderId),
  key: 'pay',
  status: 201,
  body: { id: String(paymentId), orderId: String(orderId), status: 'captured' },
});

const right: Evidence = {
  entries: [sold, edited, reserved, paid],
  tickets: [ticket],
  orders: [order],
  payments: [payment],
  charged: [{ id: 'pi_1', amount: PRICE, status: 'succeeded', amount_received: PRICE, amount_refunded: 0 }],
  uptime: { between: (from, until) => Math.max(0, until - from) },
};

/** The rows that this makes of it, by how many violations they have; those without any are left out. */
const violated = (changes: Partial<Evidence>): Record<string, number> =>
  Object.fromEntries(
    check({ ...right, ...changes }).flatMap(({ invariant, violations }) =>
      violations.length === 0 ? [] : [[invariant.replace(/ \(.*\)$/, ''), violations.length]],
    ),
  );
const also = (...entries: Entry[]): Partial<Evidence> => ({ entries: [...right.entries, ...entries] });

describe('the checker', () => {
  it('finds nothing where all is right, and has looked at every row', () => {
    expect(violated({})).toEqual({});
    const looked = check(right).filter(({ checked }) => checked > 0);
    // Nobody was refused, and nothing was asked for a second time.
    expect(looked.length).toBeGreaterThanOrEqual(8);
  });

  it.each<[string, Partial<Evidence>, Record<string, number>]>([
    [
      'a ticket sold twice, and paid twice',
      {
        orders: [order, { ...order, _id: new ObjectId() }],
        charged: [...right.charged, ...right.charged],
      },
      { 'one completed order a ticket': 1 },
    ],
    ['money that nobody took', { charged: [] }, { 'net money is the price of what is completed': 1 }],
    [
      'money that was given back',
      { charged: right.charged.map((charge) => ({ ...charge, amount_refunded: PRICE })) },
      { 'net money is the price of what is completed': 1 },
    ],
    [
      'a buyer who was told captured and whose order is cancelled',
      { orders: [{ ...order, status: 'cancelled' }], charged: [] },
      { 'told captured: has the ticket': 1 },
    ],
    [
      'a buyer who was told captured and whose ticket is on sale',
      { tickets: [{ ...ticket, lock: { state: 'free' } }] },
      { 'told captured: has the ticket': 1 },
    ],
    [
      'a buyer who was told captured of another payment than the one that won',
      { orders: [{ ...order, paymentId: String(new ObjectId()) }] },
      { 'told captured: has the ticket': 1 },
    ],
    [
      'a buyer who was told refused and has been charged',
      { entries: [sold, edited, reserved, { ...paid, status: 402, body: { errors: [] } }] },
      { 'told refused: was not charged': 1 },
    ],
    [
      'a payment that was called refused and is captured',
      also(entry({ what: 'see payment', body: { id: String(paymentId), status: 'refused' } })),
      { 'told refused: was not charged': 1 },
    ],
    [
      'an order that was acknowledged and is gone',
      { orders: [], charged: [], payments: [], entries: [sold, edited, reserved] },
      { 'what was answered with 2xx is in a store': 1 },
    ],
    [
      'a ticket that was acknowledged and is gone',
      { tickets: [], entries: [sold] },
      { 'what was answered with 2xx is in a store': 1 },
    ],
    [
      'a payment that was acknowledged and is gone',
      { payments: [] },
      { 'what was answered with 2xx is in a store': 1 },
    ],
    [
      'an order that was let go and is not cancelled',
      also(entry({ what: 'release', about: String(orderId), status: 204 })),
      { 'what was answered with 2xx is in a store': 1 },
    ],
    [
      'a ticket that was withdrawn and is offered still',
      also(entry({ what: 'withdraw', about: String(ticketId), status: 204 })),
      { 'what was answered with 2xx is in a store': 1 },
    ],
    [
      'an edit of a version that the store never had',
      {
        entries: [sold, { ...edited, body: { id: String(ticketId), version: 9 } }, reserved, paid],
      },
      { 'what was answered with 2xx is in a store': 1 },
    ],
    [
      'an edit that was overwritten by what stood before',
      { tickets: [{ ...ticket, title: 'Row 1' }] },
      { 'the newest edit stands': 1 },
    ],
    [
      'one key that has made two orders',
      also({ ...reserved, body: { id: String(orderId) } }, { ...reserved, body: { id: String(ticketId) } }),
      { 'one key, one effect': 1, 'what was answered with 2xx is in a store': 1 },
    ],
    [
      'an order that awaits payment still',
      { orders: [{ ...order, status: 'awaiting payment' }], entries: [sold, edited, reserved], charged: [] },
      { 'every order ends within its hold and 5 s of uptime': 1 },
    ],
    [
      'an order that ended 5.001 s late',
      { orders: [{ ...order, savedAt: new Date(order.expiresAt.getTime() + 5_001) }] },
      { 'every order ends within its hold and 5 s of uptime': 1 },
    ],
    ['a 500', also(entry({ what: 'browse', status: 500 })), { 'no 5xx but 502, 503 and 504': 1 }],
    [
      'a 404 for one’s own order',
      also(entry({ what: 'see order', about: String(orderId), status: 404 })),
      { 'no 404 for what exists': 1 },
    ],
    [
      'a 404 for a ticket that every service has heard of',
      also(entry({ what: 'reserve', about: String(ticketId), status: 404, askedAt: begin + 120_000 })),
      { 'no 404 for what exists': 1 },
    ],
  ])('finds %s', (_what, changes, found) => {
    expect(violated(changes)).toEqual(found);
  });

  it.each<[string, Partial<Evidence>]>([
    ['a 503', also(entry({ what: 'browse', status: 503 }))],
    ['no answer', also(entry({ what: 'pay', about: String(orderId), status: undefined }))],
    [
      'an end that is late by the time in which nothing was up',
      {
        orders: [{ ...order, savedAt: new Date(order.expiresAt.getTime() + 60_000) }],
        uptime: { between: () => 4_999 },
      },
    ],
    [
      'a 404 for a ticket that was withdrawn meanwhile',
      {
        tickets: [{ ...ticket, listed: false }],
        entries: [
          ...right.entries,
          entry({ what: 'withdraw', about: String(ticketId), status: undefined }),
          entry({ what: 'see ticket', about: String(ticketId), status: 404 }),
        ],
      },
    ],
    [
      'an edit without an answer that has come to stand',
      {
        tickets: [{ ...ticket, title: 'Row 1, again' }],
        entries: [
          ...right.entries,
          entry({
            what: 'edit',
            about: String(ticketId),
            sent: { title: 'Row 1, again' },
            status: undefined,
          }),
        ],
      },
    ],
    [
      'a refusal of one who had no answer before',
      {
        entries: [
          sold,
          edited,
          reserved,
          entry({ what: 'pay', about: String(orderId), status: undefined }),
          entry({
            what: 'pay',
            about: String(orderId),
            status: 400,
            body: { errors: [{ code: 'order_paid' }] },
          }),
        ],
      },
    ],
  ])('does not take %s for a violation', (_what, changes) => {
    expect(violated(changes)).toEqual({});
  });
});
