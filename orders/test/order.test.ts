import { describe, expect, it } from '@jest/globals';
import { NotYours } from '@ticketing/common/errors';
import { orderCancelled, orderCompleted } from '@ticketing/common/events';
import { aPaymentState, aTicketState, given, newId } from '@ticketing/common/testing';
import {
  complete,
  expire,
  losePayment,
  OrderCompleted,
  OwnTicket,
  ownedBy,
  release,
  reserve,
  TicketReserved,
  TicketStarted,
  toPublic,
  WrongAmount,
} from '../src/order.ts';
import { aCancelledOrder, anOrder, aPaidOrder, at } from './orders.ts';

const buyer = newId();
const hold = { id: newId(), buyer, slot: 3, now: at('12:00'), holdSeconds: 900 };

describe('a ticket', () => {
  const ticket = aTicketState({ price: { amount: 4_800, currency: 'usd' } });

  it('that nobody ever had is held with the first sequence, for as long as a hold lasts', () => {
    expect(reserve({ ...hold, ticket, after: undefined })).toEqual({
      id: hold.id,
      version: 0,
      userId: buyer,
      status: 'awaiting payment',
      expiresAt: at('12:15'),
      holdSequence: 1,
      slot: 3,
      ticket: { id: ticket.id, title: ticket.title, price: { amount: 4_800, currency: 'usd' } },
      termsKept: true,
    });
  });

  it('is held as its buyer saw it: with its title, its price, its date and its place', () => {
    const told = { startsAt: at('20:00').toISOString(), place: 'Elbphilharmonie', title: 'Nils Frahm' };
    const order = reserve({ ...hold, ticket: aTicketState({ ...ticket, ...told }), after: undefined });
    expect(order).toMatchObject({ startsAt: at('20:00'), place: 'Elbphilharmonie', termsKept: true });
    const { id, price } = ticket;
    expect(toPublic(order).ticket).toEqual({ id, price, ...told });
  });

  it('that somebody let go is held with the next sequence', () => {
    expect(reserve({ ...hold, ticket, after: aCancelledOrder({ holdSequence: 7 }) }).holdSequence).toBe(8);
  });

  it('is refused while somebody may still pay for it, their time over or not', () => {
    for (const now of [at('12:01'), at('12:16')]) {
      expect(() => reserve({ ...hold, now, ticket, after: anOrder() })).toThrow(TicketReserved);
    }
  });

  it('is refused once it is sold', () => {
    expect(() => reserve({ ...hold, ticket, after: aPaidOrder() })).toThrow(TicketReserved);
  });

  it('is refused to its own seller at all times, free or not, begun or not', () => {
    const own = aTicketState({ userId: buyer, startsAt: at('11:00').toISOString() });
    for (const after of [undefined, anOrder(), aPaidOrder(), aCancelledOrder()]) {
      expect(() => reserve({ ...hold, ticket: own, after })).toThrow(OwnTicket);
    }
  });

  it('is to be had until its show begins, and no longer', () => {
    const tonight = aTicketState({ startsAt: at('12:01').toISOString() });
    expect(reserve({ ...hold, ticket: tonight, after: undefined }).status).toBe('awaiting payment');
    expect(() => reserve({ ...hold, now: at('12:01'), ticket: tonight, after: undefined })).toThrow(
      TicketStarted,
    );
  });
});

describe('an order awaiting payment', () => {
  it.each(['12:15', '12:16'])('until 12:15 is cancelled at %s', (now) => {
    given(anOrder({ expiresAt: at('12:15') }))
      .when(expire, at(now))
      .thenBecomes({ status: 'cancelled', reason: 'expired' }, orderCancelled);
  });

  it('is left alone a moment before, until its time', () => {
    given(anOrder({ expiresAt: at('12:15') }))
      .when(expire, at('12:14:59'))
      .thenIsPutOffUntil(at('12:15'));
  });

  it('is cancelled when its buyer lets go', () => {
    given(anOrder({ userId: buyer }))
      .when(release, buyer)
      .thenBecomes({ status: 'cancelled', reason: 'released' }, orderCancelled);
  });

  it('is not cancelled by anybody else', () => {
    given(anOrder()).when(release, buyer).thenIsRefused(NotYours);
  });

  it('is completed by the first payment that is authorised, and names it', () => {
    const order = anOrder();
    const payment = aPaymentState({ orderId: order.id });
    const next = given(order).when(complete, payment).thenBecomes({ status: 'completed' }, orderCompleted);
    expect(next).toEqual({ ...order, status: 'completed', paymentId: payment.id });
  });

  it.each([
    ['less', { amount: 4_799 }],
    ['more', { amount: 4_801 }],
    ['another currency', { currency: 'eur' }],
  ])('is not completed by a payment of %s', (_what, paid) => {
    given(anOrder()).when(complete, aPaymentState(paid)).thenIsRefused(WrongAmount);
  });

  it('has lost no payment yet', () => {
    given(anOrder())
      .when(losePayment, aPaymentState({ status: 'failed' }))
      .thenIsUnchanged();
  });
});

describe('a completed order', () => {
  it('does not expire', () => {
    given(aPaidOrder()).when(expire, at('13:00')).thenIsUnchanged();
  });

  it('is not let go', () => {
    given(aPaidOrder({ userId: buyer }))
      .when(release, buyer)
      .thenIsRefused(OrderCompleted);
  });

  it('keeps the payment that won, whichever comes after', () => {
    given(aPaidOrder()).when(complete, aPaymentState()).thenIsUnchanged();
    given(aPaidOrder())
      .when(complete, aPaymentState({ amount: 1 }))
      .thenIsUnchanged();
  });

  it('is cancelled when the money of the payment that won cannot be had', () => {
    const payment = aPaymentState({ status: 'failed' });
    given(aPaidOrder({ paymentId: payment.id }))
      .when(losePayment, payment)
      .thenBecomes({ status: 'cancelled', reason: 'payment_failed' }, orderCancelled);
  });

  it('stands when the money of another payment cannot be had', () => {
    given(aPaidOrder())
      .when(losePayment, aPaymentState({ status: 'failed' }))
      .thenIsUnchanged();
  });
});

describe('a cancelled order', () => {
  it('stays cancelled, whoever lets go, pays, or finds its time over', () => {
    const cancelled = given(aCancelledOrder({ userId: buyer }));
    cancelled.when(release, buyer).thenIsUnchanged();
    cancelled.when(expire, at('13:00')).thenIsUnchanged();
    cancelled.when(complete, aPaymentState()).thenIsUnchanged();
    cancelled.when(losePayment, aPaymentState()).thenIsUnchanged();
  });

  it('of somebody else is still somebody else’s', () => {
    given(aCancelledOrder()).when(release, buyer).thenIsRefused(NotYours);
  });

  it('whose payment was lost is not cancelled again', () => {
    const payment = aPaymentState({ status: 'failed' });
    given(aCancelledOrder({ paymentId: payment.id, reason: 'payment_failed' }))
      .when(losePayment, payment)
      .thenIsUnchanged();
  });
});

describe('any order', () => {
  it('is its buyer’s alone', () => {
    const order = anOrder({ userId: buyer });
    expect(ownedBy(order, buyer)).toBe(order);
    expect(() => ownedBy(order, newId())).toThrow(NotYours);
  });

  it('tells others its state, and neither its slot nor its receipt', () => {
    const order = aPaidOrder({ receipt: { paymentId: newId(), paidAt: at('12:05') } });
    expect(toPublic(order)).toEqual({
      id: order.id,
      version: 1,
      userId: order.userId,
      status: 'completed',
      expiresAt: '2027-05-01T12:15:00.000Z',
      holdSequence: 1,
      paymentId: order.paymentId,
      ticket: order.ticket,
    });
  });
});
