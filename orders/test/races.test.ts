import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@ticketing/common/errors';
import { expirationComplete, paymentAuthorized, paymentFailed } from '@ticketing/common/events';
import { idempotency } from '@ticketing/common/idempotency';
import { aPaymentState, aTicketState, eventually } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import { Registry } from 'prom-client';
import type { OrderAnswer } from '../src/answer.ts';
import { orderMetrics } from '../src/metrics.ts';
import type { OrderStore } from '../src/store/orders.ts';
import { openTicketReplica } from '../src/store/tickets.ts';
import { agenda } from '../src/use-cases/index.ts';
import { reserveTicket } from '../src/use-cases/reserve-ticket.ts';
import { type BoxOffice, movableClock, openBoxOffice } from './box-office.ts';
import { aCancelledOrder, anOrder } from './orders.ts';

const ROUNDS = 40;

const clock = movableClock();
let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice({ replicas: 3, clock });
});
afterAll(() => office.end());

const stored = async (id: string) => (await office.inStore({ _id: new Types.ObjectId(id) }))[0];

/** Resolves once the order is as it will stay: what was said to the service before has been handled. */
const settled = async (id: string) => {
  await office.handled();
  return stored(id);
};

describe('an overdue order that all want to end at once', () => {
  it('is either paid or cancelled, never both, and its ticket goes to nobody else or to one', async () => {
    const tickets = Array.from({ length: ROUNDS }, () => aTicketState());
    await office.putUp(...tickets);
    const outcomes = new Set<string>();

    for (const [round, { id: ticketId }] of tickets.entries()) {
      const buyer = office.buyer();
      const { body: order } = await office.reserve(buyer, ticketId);
      clock.advance(901);
      const payment = aPaymentState({ orderId: order.id });
      const attacks = [
        () => office.cancel(buyer, order.id),
        () => office.reserve(office.buyer(), ticketId),
        () => office.reserve(office.buyer(), ticketId),
        () => office.say(expirationComplete, { id: order.id, version: 0 }),
        () => office.say(paymentAuthorized, payment),
        ...office.sweepers,
      ];
      // A payment comes through the bus; in some rounds it has a head start, so that it sometimes wins.
      if (round % 2 === 0) {
        await office.say(paymentAuthorized, payment);
        await pause(round % 8);
      }
      // Each round another one begins.
      const rotated = [...attacks.slice(round % attacks.length), ...attacks.slice(0, round % attacks.length)];
      const answers = await Promise.all(rotated.map((attack) => attack()));
      const reserved = answers.filter(
        (answer) =>
          typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 201,
      );

      const ended = await settled(order.id);
      expect(ended).toMatchObject({ version: 1 });
      outcomes.add(ended?.status);
      if (ended?.status === 'completed') {
        expect(ended.paymentId).toBe(payment.id);
        expect(reserved).toEqual([]);
      } else {
        expect(ended?.status).toBe('cancelled');
        expect(ended?.paymentId).toBeUndefined();
        expect(reserved.length).toBeLessThanOrEqual(1);
      }
      const holders = await office.inStore({ 'ticket.id': ticketId, status: { $ne: 'cancelled' } });
      expect(holders.length).toBeLessThanOrEqual(1);
      await eventually(() =>
        expect(office.said(order.id)).toEqual(['order:created', `order:${ended?.status}`]),
      );
    }
    // Otherwise the rounds raced nothing.
    expect([...outcomes].sort()).toEqual(['cancelled', 'completed']);
  }, 120_000);
});

describe('a payment that is told as lost again and again', () => {
  it('cancels its order once', async () => {
    const { body: order } = await office.reserve(office.buyer(), (await office.aTicket()).id);
    const payment = aPaymentState({ orderId: order.id });
    await office.say(paymentAuthorized, payment);
    await eventually(async () => expect((await stored(order.id))?.status).toBe('completed'));
    const lost = { ...payment, version: 3, status: 'failed' as const };
    await Promise.all(Array.from({ length: 20 }, () => office.say(paymentFailed, lost)));
    expect(await settled(order.id)).toMatchObject({ status: 'cancelled', version: 2 });
  });
});

describe('a reservation that somebody else is always faster than', () => {
  it('is given up after a bounded number of tries, and may be asked for again', async () => {
    const [first] = office.services;
    if (first === undefined) throw new Error('no replica');
    const { mongo, logger } = first.deps;
    const store = office.openStore();
    let tries = 0;
    const overtaken: OrderStore = {
      ...store,
      async hold() {
        tries += 1;
        return 'overtaken';
      },
    };
    const reserve = reserveTicket({
      orders: overtaken,
      tickets: openTicketReplica(first.deps),
      clock,
      logger,
      metrics: orderMetrics({ registry: new Registry() }),
      later: agenda(clock, logger),
      once: idempotency<OrderAnswer>({ mongo, model: store.model, clock }),
      holdSeconds: 900,
      limited: false,
    });
    const { id: ticketId } = await office.aTicket();
    await expect(reserve({ user: office.buyer(), ticketId })).rejects.toThrow(Unavailable);
    expect(tries).toBe(25);
    expect(await office.inStore({ 'ticket.id': ticketId })).toEqual([]);
  });
});

describe('the judge', () => {
  it('lets in one of three hundred at three replicas, each decided on another last hold', async () => {
    const stores = office.openStores();
    for (let round = 0; round < 3; round += 1) {
      const { ticket } = anOrder();
      const holds = Array.from({ length: 300 }, (_, n) => anOrder({ ticket, holdSequence: n + 1 }));
      const verdicts = await Promise.all(holds.map((order, n) => stores[n % stores.length]?.hold(order)));
      expect(verdicts.filter((verdict) => verdict === 'ours')).toHaveLength(1);
      expect(verdicts.filter((verdict) => verdict === 'taken')).toHaveLength(299);
      expect(await office.inStore({ 'ticket.id': ticket.id })).toHaveLength(1);
    }
  }, 60_000);

  it('refuses a second order for a ticket while the first may still be paid, whatever it was decided on', async () => {
    const store = office.openStore();
    const { ticket, ...first } = anOrder({ expiresAt: new Date(Date.now() + 60_000) });
    expect(await store.hold({ ...first, ticket })).toBe('ours');
    const second = anOrder({ ticket, holdSequence: 2 });
    expect(await store.hold(second)).toBe('taken');
  });

  it('refuses one that follows a hold that is no longer the last', async () => {
    const store = office.openStore();
    const last = aCancelledOrder({ holdSequence: 4 });
    expect(await store.hold(last)).toBe('ours');
    expect(await store.hold(anOrder({ ticket: last.ticket, holdSequence: 4 }))).toBe('overtaken');
    expect(await store.hold(anOrder({ ticket: last.ticket, holdSequence: 5 }))).toBe('ours');
  });

  it('refuses a buyer’s second hold in the same slot, until the first one ends', async () => {
    const store = office.openStore();
    const first = anOrder({ slot: 7 });
    expect(await store.hold(first)).toBe('ours');
    expect(await store.hold(anOrder({ userId: first.userId, slot: 7 }))).toBe('overtaken');
    await store.commit(first, { ...first, status: 'cancelled' }, undefined);
    expect(await store.hold(anOrder({ userId: first.userId, slot: 7 }))).toBe('ours');
  });
});
