import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expirationComplete, paymentAuthorized, paymentCreated } from '@ticketing/common/events';
import { aPaymentState, aTicketState, eventually, explainQueries } from '@ticketing/common/testing';
import type { OrderAnswer } from '../src/answer.ts';
import { type BoxOffice, movableClock, openBoxOffice } from './box-office.ts';

const clock = movableClock();
let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice({ limited: true, clock });
});
afterAll(() => office.end());

it('every query is answered by an index, in its order, and reads no more than it tells', async () => {
  const buyer = office.buyer();
  const tickets = Array.from({ length: 6 }, () => aTicketState());
  const ids = tickets.map(({ id }) => id);
  const [paid = '', released = '', lapsed = '', taken = '', ...kept] = ids;

  const plans = await explainQueries(office.mongo, async () => {
    await office.putUp(...tickets);
    const order = new Map<string, OrderAnswer>();
    for (const id of ids) {
      const { status, body } = await office.ask(
        buyer,
        'POST',
        '/api/orders',
        { ticketId: id },
        { 'idempotency-key': id },
      );
      expect(status).toBe(201);
      order.set(id, body);
    }
    const of = (ticketId: string) => order.get(ticketId)?.id ?? '';
    const payment = aPaymentState({ orderId: of(paid) });
    await office.say(paymentAuthorized, payment);
    await eventually(() => expect(office.said(of(paid))).toContain('order:completed'));
    await office.say(paymentCreated, payment);
    await eventually(async () => expect((await office.show(buyer, of(paid))).body.receipt).toBeDefined());
    await office.cancel(buyer, of(released));
    const page = await office.ask<OrderAnswer[]>(buyer, 'GET', '/api/orders?limit=2');
    const next = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    expect((await office.ask<OrderAnswer[]>(buyer, 'GET', next)).body).toHaveLength(2);
    await office.reserve(office.buyer(), taken);

    clock.advance(901);
    await office.reserve(office.buyer(), taken);
    await office.say(expirationComplete, { id: of(lapsed), version: 0 });
    await eventually(() => expect(office.said(of(lapsed))).toContain('order:cancelled'));
    for (const sweep of office.sweepers) expect(await sweep()).toBe(kept.length);
  });

  const ours = plans.filter(({ collection }) => collection === 'orders' || collection === 'tickets');
  expect(ours.length).toBeGreaterThan(50);
  for (const { collection, command, summary, sorted } of ours) {
    expect({ collection, command, scans: summary.includes('COLLSCAN'), sorted }).toEqual({
      collection,
      command,
      scans: false,
      sorted: false,
    });
  }
  for (const index of [
    'holdSequence: 1',
    'userId: 1, slot: 1',
    'expiresAt: -1',
    'expiresAt: 1 ',
    '_id: -1',
  ]) {
    expect([index, ours.some(({ summary }) => summary.includes(index))]).toEqual([index, true]);
  }
});
