import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderCompleted, paymentAuthorized, ticketCreated, ticketUpdated } from '@ticketing/common/events';
import { aPaymentState, aTicketState, eventually, newId } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import type { OrderAnswer } from '../src/answer.ts';
import { type BoxOffice, openBoxOffice } from './box-office.ts';

let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice();
});
afterAll(() => office.end());

describe('reserving a ticket', () => {
  it('answers the order with its ticket: the price a decimal, the date and the place', async () => {
    const buyer = office.buyer();
    const show = { title: 'Agnes Obel', startsAt: '2027-07-14T18:30:00.000Z', place: 'Funkhaus, Berlin' };
    const ticket = await office.aTicket({ ...show, price: { amount: 4_850, currency: 'usd' } });
    const before = Date.now();
    const { status, body, headers } = await office.reserve(buyer, ticket.id);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      userId: buyer.id,
      status: 'awaiting payment',
      expiresAt: expect.any(String),
      version: 0,
      ticket: { id: ticket.id, price: 48.5, currency: 'usd', ...show },
    });
    const heldMs = Date.parse(body.expiresAt) - before;
    expect(heldMs).toBeGreaterThanOrEqual(900_000);
    expect(heldMs).toBeLessThan(960_000);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is told to everybody, with the first hold sequence', async () => {
    const ticket = await office.aTicket();
    const { body } = await office.reserve(office.buyer(), ticket.id);
    await eventually(() => expect(office.said(body.id)).toEqual(['order:created']));
    expect(office.heard().find(({ id }) => id === body.id)).toMatchObject({
      version: 0,
      holdSequence: 1,
      ticket: { id: ticket.id, title: ticket.title, price: ticket.price },
    });
  });

  it('is refused while somebody else holds it', async () => {
    const ticket = await office.aTicket();
    await office.reserve(office.buyer(), ticket.id);
    const { status, body } = await office.reserve(office.buyer(), ticket.id);
    expect(status).toBe(400);
    expect(body).toEqual({ errors: [{ message: 'Ticket is already reserved', code: 'ticket_reserved' }] });
  });

  it('is refused once it is sold', async () => {
    const ticket = await office.aTicket();
    const { body: order } = await office.reserve(office.buyer(), ticket.id);
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(() => expect(office.said(order.id)).toContain(orderCompleted.type));
    const { status, body } = await office.reserve(office.buyer(), ticket.id);
    expect(status).toBe(400);
    expect(body.errors[0]?.code).toBe('ticket_reserved');
  });

  it('is refused to its seller, and nobody is kept from it by their trying', async () => {
    const seller = office.buyer();
    const ticket = await office.aTicket({ userId: seller.id });
    const { status, body } = await office.reserve(seller, ticket.id);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ message: 'You cannot reserve your own ticket', code: 'own_ticket' }]);
    expect(await office.inStore({ userId: seller.id })).toEqual([]);
    expect((await office.reserve(office.buyer(), ticket.id)).status).toBe(201);
  });

  it('counts on: whoever has it next gets the next hold sequence', async () => {
    const ticket = await office.aTicket();
    for (const sequence of [1, 2, 3]) {
      const buyer = office.buyer();
      const { status, body } = await office.reserve(buyer, ticket.id);
      expect(status).toBe(201);
      expect((await office.inStore({ _id: new Types.ObjectId(body.id) }))[0]?.holdSequence).toBe(sequence);
      expect((await office.cancel(buyer, body.id)).status).toBe(204);
    }
  });

  it('answers 404 for a ticket nobody knows, and for one that was withdrawn', async () => {
    const old = Types.ObjectId.createFromTime(1_600_000_000).toHexString();
    expect((await office.reserve(office.buyer(), old)).status).toBe(404);
    const withdrawn = await office.aTicket({ listed: false, status: 'withdrawn' });
    const { status, body } = await office.reserve(office.buyer(), withdrawn.id);
    expect(status).toBe(404);
    expect(body.errors[0]).toEqual({ message: 'Ticket not found', code: 'not_found' });
  });

  it('answers 404 in the end for an id as young as a new ticket’s that never comes', async () => {
    const started = Date.now();
    expect((await office.reserve(office.buyer(), newId())).status).toBe(404);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_900);
  });

  it('waits a moment for a ticket that is only just put up', async () => {
    const ticket = aTicketState();
    const reserving = office.reserve(office.buyer(), ticket.id);
    await office.say(ticketCreated, ticket);
    expect((await reserving).status).toBe(201);
  });

  it('is refused once the show has begun', async () => {
    const ticket = await office.aTicket({ startsAt: new Date(Date.now() - 1_000).toISOString() });
    const { status, body } = await office.reserve(office.buyer(), ticket.id);
    expect(status).toBe(400);
    expect(body.errors[0]?.code).toBe('ticket_started');
  });

  it('is refused to who is not signed in, before anybody looks at what they sent', async () => {
    const { status, body } = await office.ask(undefined, 'POST', '/api/orders', '{not json');
    expect(status).toBe(401);
    expect(body.errors[0]?.code).toBe('not_signed_in');
  });

  it.each([
    ['nothing', {}],
    ['no id', { ticketId: 'front row' }],
    ['a list of ids', { ticketId: [newId()] }],
    ['a query', { ticketId: { $gt: '' } }],
    ['null', { ticketId: null }],
  ])('is refused for %s', async (_what, asked) => {
    const { status, body } = await office.ask(office.buyer(), 'POST', '/api/orders', asked);
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ field: 'ticketId', code: 'invalid_field' });
  });
});

describe('reserving with an Idempotency-Key', () => {
  const reserve = (user: ReturnType<BoxOffice['buyer']>, ticketId: string, key: string) =>
    office.ask(user, 'POST', '/api/orders', { ticketId }, { 'idempotency-key': key });

  it('again gives the same order, also when it has ended since', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket();
    const first = await reserve(buyer, ticket.id, 'my order');
    expect(first.status).toBe(400);
    const made = await reserve(buyer, ticket.id, 'my-order');
    expect(made.status).toBe(201);
    expect(await reserve(buyer, ticket.id, 'my-order')).toMatchObject({ status: 201, body: made.body });
    await office.cancel(buyer, made.body.id);
    expect(await reserve(buyer, ticket.id, 'my-order')).toMatchObject({ status: 201, body: made.body });
    expect(await office.inStore({ 'ticket.id': ticket.id })).toHaveLength(1);
  });

  it('twenty times at once makes one order', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => reserve(buyer, ticket.id, 'impatient')),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(await office.inStore({ 'ticket.id': ticket.id })).toHaveLength(1);
  });

  it('for another ticket is refused', async () => {
    const buyer = office.buyer();
    await reserve(buyer, (await office.aTicket()).id, 'one-key');
    const { status, body } = await reserve(buyer, (await office.aTicket()).id, 'one-key');
    expect([status, body.errors[0]?.code]).toEqual([400, 'idempotency_key_reused']);
  });
});

describe('an order', () => {
  it('keeps what its buyer agreed to, whatever its seller changes', async () => {
    const buyer = office.buyer();
    const show = { startsAt: '2027-07-14T18:30:00.000Z', place: 'Hamburg' };
    const ticket = await office.aTicket({ ...show, price: { amount: 2_000, currency: 'usd' } });
    const { body: order } = await office.reserve(buyer, ticket.id);
    expect(order.ticket).toMatchObject({ ...show, title: ticket.title, price: 20 });
    const edited = {
      ...{ ...ticket, version: 1, title: 'Dearer', price: { amount: 9_900, currency: 'usd' } },
      ...{ startsAt: '2027-08-01T18:30:00.000Z', place: 'Vienna' },
    };
    await office.say(ticketUpdated, edited);
    await office.knows(edited);
    expect((await office.show(buyer, order.id)).body.ticket).toEqual(order.ticket);
    const { body: list } = await office.ask<OrderAnswer[]>(buyer, 'GET', '/api/orders');
    expect(list.map(({ ticket }) => ticket)).toEqual([order.ticket]);
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id, amount: 2_000 }));
    await eventually(async () => expect((await office.show(buyer, order.id)).body.status).toBe('completed'));
  });

  it('is shown to its buyer', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket();
    const { body: order } = await office.reserve(buyer, ticket.id);
    expect(await office.show(buyer, order.id)).toMatchObject({ status: 200, body: order });
  });

  it('is neither shown to nor cancelled by anybody else', async () => {
    const ticket = await office.aTicket();
    const { body: order } = await office.reserve(office.buyer(), ticket.id);
    const stranger = office.buyer();
    for (const answer of [await office.show(stranger, order.id), await office.cancel(stranger, order.id)]) {
      expect(answer.status).toBe(401);
      expect(answer.body.errors).toEqual([{ message: 'This order is not yours', code: 'not_yours' }]);
    }
    for (const answer of [await office.show(undefined, order.id), await office.cancel(undefined, order.id)]) {
      expect(answer.status).toBe(401);
      expect(answer.body.errors[0]?.code).toBe('not_signed_in');
    }
    expect(await office.inStore({ _id: new Types.ObjectId(order.id) })).toMatchObject([
      { status: 'awaiting payment', version: 0 },
    ]);
  });

  it('that does not exist is a 404', async () => {
    for (const id of [newId(), 'front-row']) {
      expect((await office.show(office.buyer(), id)).status).toBe(404);
      expect((await office.cancel(office.buyer(), id)).status).toBe(404);
    }
  });

  it('is let go by its buyer, once or twice, and its ticket is to be had again', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket();
    const { body: order } = await office.reserve(buyer, ticket.id);
    expect((await office.cancel(buyer, order.id)).status).toBe(204);
    expect((await office.cancel(buyer, order.id)).status).toBe(204);
    expect((await office.show(buyer, order.id)).body).toMatchObject({
      status: 'cancelled',
      reason: 'released',
      version: 1,
    });
    expect((await office.reserve(office.buyer(), ticket.id)).status).toBe(201);
    await eventually(() => expect(office.said(order.id)).toEqual(['order:created', 'order:cancelled']));
  });

  it('that is paid is not let go', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket();
    const { body: order } = await office.reserve(buyer, ticket.id);
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(() => expect(office.said(order.id)).toContain(orderCompleted.type));
    const { status, body } = await office.cancel(buyer, order.id);
    expect(status).toBe(400);
    expect(body.errors[0]?.code).toBe('order_completed');
  });
});

describe('the list of orders', () => {
  const list = (user: ReturnType<BoxOffice['buyer']>, query = '') =>
    office.ask<OrderAnswer[]>(user, 'GET', `/api/orders${query}`);

  it('has one’s own and nobody else’s, newest first, page after page', async () => {
    const buyer = office.buyer();
    const made: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      const { body } = await office.reserve(buyer, (await office.aTicket()).id);
      made.unshift(body.id);
      await office.reserve(office.buyer(), (await office.aTicket()).id);
    }
    expect((await list(buyer)).body.map(({ id }) => id)).toEqual(made);

    const seen: string[] = [];
    let path: string | undefined = '?limit=3';
    while (path !== undefined) {
      const page: Awaited<ReturnType<typeof list>> = await list(buyer, path);
      expect(page.status).toBe(200);
      expect(page.body.length).toBeLessThanOrEqual(3);
      seen.push(...page.body.map(({ id }) => id));
      const link = page.headers.get('link');
      path = /^<\/api\/orders(\?[^>]+)>; rel="next"$/.exec(link ?? '')?.[1];
    }
    expect(seen).toEqual(made);
  });

  it('shows each order with its ticket, also the cancelled ones', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket({ title: 'Ólafur Arnalds' });
    const { body: order } = await office.reserve(buyer, ticket.id);
    await office.cancel(buyer, order.id);
    const { body } = await list(buyer);
    expect(body).toMatchObject([{ id: order.id, status: 'cancelled', ticket: { title: 'Ólafur Arnalds' } }]);
  });

  it('is refused to who is not signed in', async () => {
    expect((await office.ask(undefined, 'GET', '/api/orders')).status).toBe(401);
  });

  it.each(['?limit=0', '?limit=101', '?limit=many', '?cursor=rubbish', '?cursor=WzFd', '?cursor=WyIkZ3QiXQ'])(
    'is refused for %s',
    async (query) => {
      expect((await list(office.buyer(), query)).status).toBe(400);
    },
  );
});
