import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import { expirationComplete, paymentAuthorized } from '@ticketing/common/events';
import { createLogger } from '@ticketing/common/service';
import { aPaymentState, aTicketState, eventually, newId } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import { agenda } from '../src/use-cases/index.ts';
import { type BoxOffice, movableClock, openBoxOffice } from './box-office.ts';

let office: BoxOffice;
afterEach(() => office.end());

describe('an expiry that comes too early', () => {
  it('is put off until our own clock says that the time is over, not dropped', async () => {
    const clock = movableClock();
    office = await openBoxOffice({ holdSeconds: 60, clock });
    const buyer = office.buyer();
    const { body: order } = await office.reserve(buyer, (await office.aTicket()).id);
    clock.advance(55);
    for (let told = 0; told < 3; told += 1) {
      await office.say(expirationComplete, { id: order.id, version: 0 });
    }
    await office.handled();
    expect((await office.show(buyer, order.id)).body.status).toBe('awaiting payment');

    await eventually(async () =>
      expect((await office.show(buyer, order.id)).body).toMatchObject({ status: 'cancelled', version: 1 }),
    );
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(Date.parse(order.expiresAt));
  });

  it('does not take a ticket from who pays meanwhile', async () => {
    const clock = movableClock();
    office = await openBoxOffice({ holdSeconds: 60, clock });
    const buyer = office.buyer();
    const { body: order } = await office.reserve(buyer, (await office.aTicket()).id);
    clock.advance(55);
    await office.say(expirationComplete, { id: order.id, version: 0 });
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(() => expect(office.said(order.id)).toContain('order:completed'));
    await eventually(() => expect(clock.now().getTime()).toBeGreaterThan(Date.parse(order.expiresAt) + 200));
    expect((await office.show(buyer, order.id)).body).toMatchObject({ status: 'completed', version: 1 });
  });
});

describe('what was put off', () => {
  it('is forgotten when the service stops, and nothing is put off after that', async () => {
    office = await openBoxOffice();
    const logger = createLogger('orders', 'silent');
    const [stopped, other] = [agenda(systemClock, logger), agenda(systemClock, logger)];
    const done: string[] = [];
    const soon = new Date();
    stopped.at(soon, 'before', async () => done.push('before'));
    await stopped.stop();
    stopped.at(soon, 'after', async () => done.push('after'));
    other.at(soon, 'other', async () => done.push('other'));
    await eventually(() => expect(done).toContain('other'));
    expect(done).toEqual(['other']);
  });
});

describe('a hold that nobody tells us is over', () => {
  it('is ended by the sweeper', async () => {
    office = await openBoxOffice({ holdSeconds: 1, sweeper: true });
    const buyer = office.buyer();
    const ticket = await office.aTicket();
    const { body: order } = await office.reserve(buyer, ticket.id);
    await eventually(() => expect(office.said(order.id)).toEqual(['order:created', 'order:cancelled']));
    expect((await office.show(buyer, order.id)).body).toMatchObject({ reason: 'expired', version: 1 });
    expect((await office.reserve(office.buyer(), ticket.id)).status).toBe(201);
  });

  it('is ended at once by the next one who wants the ticket', async () => {
    const clock = movableClock();
    office = await openBoxOffice({ holdSeconds: 60, clock });
    const ticket = await office.aTicket();
    const { body: overdue } = await office.reserve(office.buyer(), ticket.id);
    clock.advance(59);
    expect((await office.reserve(office.buyer(), ticket.id)).status).toBe(400);
    clock.advance(1);
    expect((await office.reserve(office.buyer(), ticket.id)).status).toBe(201);
    await eventually(() => expect(office.said(overdue.id)).toEqual(['order:created', 'order:cancelled']));
  });
});

describe('after a long outage', () => {
  const overdueOrders = (count: number) =>
    Array.from({ length: count }, () => {
      const { id, title, price } = aTicketState();
      return {
        _id: new Types.ObjectId(),
        userId: newId(),
        status: 'awaiting payment',
        version: 0,
        expiresAt: new Date(Date.now() - 60_000),
        holdSequence: 1,
        ticket: { id, title, price },
        outbox: [],
      };
    });

  it('one sweep clears two thousand overdue orders', async () => {
    office = await openBoxOffice();
    await office.collection().insertMany(overdueOrders(2_000));
    const [sweep] = office.sweepers;
    expect(await sweep?.()).toBe(2_000);
    expect(await office.inStore({ status: { $ne: 'cancelled' } })).toEqual([]);
    await eventually(() => expect(new Set(office.heard().map(({ id }) => id)).size).toBe(2_000), 60_000);
  }, 120_000);

  it('three sweepers at once cancel each of them once, and what is not overdue not at all', async () => {
    office = await openBoxOffice({ replicas: 3 });
    const overdue = overdueOrders(600);
    const notYet = overdueOrders(20).map((order) => ({
      ...order,
      expiresAt: new Date(Date.now() + 900_000),
    }));
    await office.collection().insertMany([...overdue, ...notYet]);
    const swept = await Promise.all(office.sweepers.map((sweep) => sweep()));
    expect(swept.map(Number).reduce((all, some) => all + some)).toBe(600);
    expect(await office.inStore({ status: 'cancelled', version: 1, reason: 'expired' })).toHaveLength(600);
    expect(await office.inStore({ status: 'awaiting payment', version: 0 })).toHaveLength(20);
  }, 120_000);

  it('an order that cannot be cancelled does not keep the others', async () => {
    office = await openBoxOffice();
    const [broken, ...others] = overdueOrders(50);
    // Without its ticket, as no version of ours ever wrote it.
    await office.collection().insertMany([{ ...broken, ticket: null, expiresAt: new Date(0) }, ...others]);
    await expect(office.sweepers[0]?.()).rejects.toThrow('could not be cancelled');
    expect(await office.inStore({ status: 'cancelled' })).toHaveLength(49);
  });
});
