/** What an order is after a restore, decision by decision (docs/protocol.md, rule 8). */
import { describe, expect, it } from '@jest/globals';
import type { OrderState } from '@ticketing/common/events';
import { newId } from '@ticketing/common/testing';
import fc from 'fast-check';
import { fromPublic, type Order, toPublic } from '../src/order.ts';
import {
  asItIs,
  cancelUnknown,
  isAhead,
  newestOf,
  noteOrder,
  savedBy,
  type TicketHistory,
} from '../src/restore.ts';
import { aCancelledOrder, anOrder, aPaidOrder, at } from './orders.ts';

const ticket = anOrder().ticket;

const historyOf = (...orders: Order[]): TicketHistory => {
  const histories = new Map<string, TicketHistory>();
  for (const order of orders) noteOrder(histories, order);
  const history = histories.get(ticket.id);
  if (history === undefined) throw new Error('no order of the ticket');
  return history;
};

/** An id that was made at a time of the day. */
const idMade = (time: string): string =>
  Math.floor(at(time).getTime() / 1_000).toString(16) + newId().slice(8);

describe('an order and what payments has heard of it', () => {
  it('is what payments has heard, where that is newer', () => {
    const own = anOrder();
    const copy = toPublic({ ...own, status: 'completed', version: 1, paymentId: newId() });
    expect(newestOf(own, copy)).toMatchObject({ status: 'completed', version: 1, paymentId: copy.paymentId });
  });

  it('is what payments has heard, where the backup does not have it', () => {
    const order = aPaidOrder();
    expect(newestOf(undefined, toPublic(order))).toMatchObject({ id: order.id, status: 'completed' });
  });

  it('is the own one where both are of one version: it has its receipt as well', () => {
    const own = aPaidOrder({ receipt: { paymentId: newId(), paidAt: at('12:03') } });
    expect(newestOf(own, toPublic(own))).toBe(own);
  });

  it('is the own one where payments has heard less', () => {
    const own = aCancelledOrder();
    expect(newestOf(own, toPublic(anOrder({ id: own.id })))).toBe(own);
  });

  it('is told again in every field of the state', () => {
    const id = fc.stringMatching(/^[0-9a-f]{24}$/);
    const time = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') });
    const instant = time.map((date) => date.toISOString());
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const states: fc.Arbitrary<OrderState> = fc.record({
      id,
      version: fc.nat(),
      userId: id,
      status: fc.constantFrom('awaiting payment', 'completed', 'cancelled'),
      expiresAt: instant,
      holdSequence: fc.integer({ min: 1 }),
      paymentId: optional(id),
      reason: optional(fc.constantFrom('released', 'expired', 'payment_failed')),
      ticket: fc.record({
        id,
        title: fc.string({ minLength: 1 }),
        price: fc.record({ amount: fc.nat(), currency: fc.constant('eur') }),
        startsAt: optional(instant),
        place: optional(fc.string()),
      }),
    }) as fc.Arbitrary<OrderState>;
    fc.assert(
      fc.property(states, (state) => {
        expect(toPublic(fromPublic(state))).toEqual(JSON.parse(JSON.stringify(state)));
      }),
    );
  });
});

describe('an order that holds its ticket', () => {
  it('stays where it is the last one of the ticket', () => {
    const order = aPaidOrder({ ticket, holdSequence: 2 });
    expect(asItIs(order, historyOf(aCancelledOrder({ ticket }), order))).toBe(order);
  });

  it('had ended where a later one holds the ticket: it is cancelled, one version up', () => {
    const order = anOrder({ ticket });
    const later = aPaidOrder({ ticket, holdSequence: 2 });
    expect(asItIs(order, historyOf(order, later))).toEqual({ ...order, status: 'cancelled', version: 1 });
  });

  it('had ended where a later one is cancelled by now', () => {
    const order = anOrder({ ticket });
    const later = aCancelledOrder({ ticket, holdSequence: 2 });
    expect(asItIs(order, historyOf(later, order)).status).toBe('cancelled');
  });

  it('had lost its payment where it was completed', () => {
    const order = aPaidOrder({ ticket });
    const later = anOrder({ ticket, holdSequence: 2 });
    expect(asItIs(order, historyOf(order, later))).toMatchObject({
      status: 'cancelled',
      version: 2,
      reason: 'payment_failed',
    });
  });

  it('is decided on what was heard: that the next one is cancelled changes nothing', () => {
    const orders = [1, 2, 3].map((holdSequence) => anOrder({ ticket, holdSequence }));
    const history = historyOf(...orders);
    expect(orders.map((order) => asItIs(order, history).status)).toEqual([
      'cancelled',
      'cancelled',
      'awaiting payment',
    ]);
  });
});

describe('the lock of a ticket', () => {
  const lock = { holdSequence: 2, orderVersion: 1 };
  const last = (holdSequence: number, version: number) => ({ last: { id: newId(), holdSequence, version } });

  it('is ahead where no place has an order with its number', () => {
    expect(isAhead(lock, last(1, 5))).toBe(true);
    expect(isAhead(lock, undefined)).toBe(true);
  });
  it('is ahead where every place has an older version of that order', () => {
    expect(isAhead(lock, last(2, 0))).toBe(true);
  });
  it('is not ahead where a place has as much, or more', () => {
    expect(isAhead(lock, last(2, 1))).toBe(false);
    expect(isAhead(lock, last(3, 0))).toBe(false);
  });
  it('is not ahead where the ticket never had an order', () => {
    expect(isAhead({ holdSequence: 0, orderVersion: 0 }, undefined)).toBe(false);
  });

  it('names the order that is cancelled, one version above it', () => {
    const orderId = newId();
    const locked = { ...ticket, lock: { ...lock, orderId, until: at('12:15') } };
    expect(cancelUnknown(locked, undefined, newId(), at('13:00'))).toMatchObject({
      id: orderId,
      status: 'cancelled',
      version: 2,
      holdSequence: 2,
      expiresAt: at('12:15'),
      ticket,
    });
  });
  it('that is free names none: its order gets a new id', () => {
    const id = newId();
    expect(cancelUnknown({ ...ticket, lock }, undefined, id, at('13:00'))).toMatchObject({ id, version: 2 });
  });
  it('that is free knows more of an order that is there: that one is cancelled', () => {
    const known = anOrder({ ticket, holdSequence: 2 });
    const next = cancelUnknown({ ...ticket, lock }, known, newId(), at('13:00'));
    expect(next).toEqual({ ...known, status: 'cancelled', version: 2 });
  });
});

describe('when an order was saved, which no copy tells', () => {
  it('is taken for the end of its hold, where that is over', () => {
    const order = aCancelledOrder({ ticket, expiresAt: at('12:15') });
    expect(savedBy(order, historyOf(order), at('14:00'))).toEqual(at('12:15'));
  });
  it('is taken for now, where its hold is not over', () => {
    const order = anOrder({ ticket, expiresAt: at('12:15') });
    expect(savedBy(order, historyOf(order), at('12:10'))).toEqual(at('12:10'));
  });
  it('is before the next order of its ticket was made', () => {
    const order = aCancelledOrder({ ticket, expiresAt: at('12:15') });
    const next = anOrder({ id: idMade('12:05'), ticket, holdSequence: 2 });
    expect(savedBy(order, historyOf(order, next), at('14:00'))).toEqual(at('12:05'));
  });
});
