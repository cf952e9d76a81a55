import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  expirationComplete,
  type OrderState,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
  type TicketState,
  ticketCreated,
  ticketUpdated,
} from '@ticketing/common/events';
import { replicaOf } from '@ticketing/common/replica';
import {
  aPaymentState,
  aTicketState,
  eventually,
  everyOrder,
  newId,
  testDatabase,
} from '@ticketing/common/testing';
import { toPublic } from '../src/order.ts';
import { openTicketReplica } from '../src/store/tickets.ts';
import { type BoxOffice, movableClock, openBoxOffice } from './box-office.ts';

const clock = movableClock();
let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice({ clock });
});
afterAll(async () => {
  expect(await office.deadLetters()).toBe(0);
  await office.end();
});

const aReservation = async (given: Partial<TicketState> = {}) => {
  const buyer = office.buyer();
  const ticket = await office.aTicket(given);
  const { body: order } = await office.reserve(buyer, ticket.id);
  const show = async () => (await office.show(buyer, order.id)).body;
  return { buyer, ticket, order, show };
};

const handled = () => office.handled();

const twice = async (say: () => Promise<void>) => {
  await say();
  await say();
};

describe('when a payment is authorised', () => {
  it('the order is completed, once, and names the payment', async () => {
    const { order, show } = await aReservation();
    const payment = aPaymentState({ orderId: order.id });
    await twice(() => office.say(paymentAuthorized, payment));
    await eventually(async () =>
      expect(await show()).toMatchObject({ status: 'completed', paymentId: payment.id, version: 1 }),
    );
    await handled();
    expect((await show()).version).toBe(1);
    await eventually(() => expect(office.said(order.id)).toEqual(['order:created', 'order:completed']));
  });

  it('the order is completed even after its time, as long as nobody has cancelled it', async () => {
    const { order, show } = await aReservation();
    clock.advance(1_000);
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(async () => expect((await show()).status).toBe('completed'));
  });

  it('and another one after it, the first one stands', async () => {
    const { order, show } = await aReservation();
    const [first, second] = [aPaymentState({ orderId: order.id }), aPaymentState({ orderId: order.id })];
    await office.say(paymentAuthorized, first);
    await eventually(async () => expect((await show()).status).toBe('completed'));
    await office.say(paymentAuthorized, second);
    await handled();
    expect(await show()).toMatchObject({ paymentId: first.id, version: 1 });
  });

  it('for an order that was let go, the order stays cancelled', async () => {
    const { buyer, order, show } = await aReservation();
    await office.cancel(buyer, order.id);
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await handled();
    expect(await show()).toMatchObject({ status: 'cancelled', version: 1 });
  });

  it('of the wrong amount, it buys nothing and somebody is told', async () => {
    const { order, show } = await aReservation();
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id, amount: 1 }));
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id, currency: 'eur' }));
    await handled();
    expect(await show()).toMatchObject({ status: 'awaiting payment', version: 0 });
    await eventually(async () => {
      const metrics = await (await fetch(`${office.services[0]?.url}/metrics`)).text();
      expect(metrics).toMatch(/order_payments_wrong_amount_total\{[^}]*\} 2/);
    });
    // It is no reason to keep the ticket from whoever pays right.
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(async () => expect((await show()).status).toBe('completed'));
  });

  it('for an order that never was, nothing happens', async () => {
    await office.say(paymentAuthorized, aPaymentState());
    await handled();
  });
});

describe('when a hold’s time is over', () => {
  it('the order is cancelled, once, and its ticket is to be had', async () => {
    const { ticket, order, show } = await aReservation();
    clock.advance(901);
    await twice(() => office.say(expirationComplete, { id: order.id, version: 0 }));
    await eventually(async () =>
      expect(await show()).toMatchObject({ status: 'cancelled', reason: 'expired', version: 1 }),
    );
    await handled();
    expect((await show()).version).toBe(1);
    expect((await office.reserve(office.buyer(), ticket.id)).status).toBe(201);
  });

  it('and it is paid, it stays paid', async () => {
    const { order, show } = await aReservation();
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(async () => expect((await show()).status).toBe('completed'));
    clock.advance(901);
    await office.say(expirationComplete, { id: order.id, version: 0 });
    await handled();
    expect(await show()).toMatchObject({ status: 'completed', version: 1 });
  });

  it('of an order that never was, nothing happens', async () => {
    await office.say(expirationComplete, { id: newId(), version: 0 });
    await handled();
  });
});

describe('when a payment can never be captured', () => {
  it('the order that it won is cancelled, once, and its ticket is to be had', async () => {
    const { ticket, order, show } = await aReservation();
    const payment = aPaymentState({ orderId: order.id });
    await office.say(paymentAuthorized, payment);
    await eventually(async () => expect((await show()).status).toBe('completed'));
    await twice(() => office.say(paymentFailed, { ...payment, version: 1, status: 'failed' }));
    await eventually(async () =>
      expect(await show()).toMatchObject({ status: 'cancelled', reason: 'payment_failed', version: 2 }),
    );
    expect((await office.reserve(office.buyer(), ticket.id)).status).toBe(201);
    await eventually(() =>
      expect(office.said(order.id)).toEqual(['order:created', 'order:completed', 'order:cancelled']),
    );
    // Told again when the ticket is somebody else's.
    await office.say(paymentFailed, { ...payment, version: 1, status: 'failed' });
    await handled();
    expect((await office.reserve(office.buyer(), ticket.id)).body.errors[0]?.code).toBe('ticket_reserved');
  });

  it('and it is not the one that won, the order stands', async () => {
    const { order, show } = await aReservation();
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(async () => expect((await show()).status).toBe('completed'));
    await office.say(paymentFailed, aPaymentState({ orderId: order.id, status: 'failed' }));
    await handled();
    expect(await show()).toMatchObject({ status: 'completed', version: 1 });
  });

  it('and nobody has paid yet, the order goes on waiting', async () => {
    const { order, show } = await aReservation();
    await office.say(paymentFailed, aPaymentState({ orderId: order.id, status: 'failed' }));
    await handled();
    expect(await show()).toMatchObject({ status: 'awaiting payment', version: 0 });
  });
});

describe('when the money is taken', () => {
  it('the receipt is noted beside the order: no new version, nothing said', async () => {
    const { order, show } = await aReservation();
    const payment = aPaymentState({ orderId: order.id });
    await office.say(paymentAuthorized, payment);
    await eventually(async () => expect((await show()).status).toBe('completed'));
    await office.say(paymentCreated, { ...payment, version: 2, status: 'captured' });
    await eventually(async () => expect((await show()).receipt?.paymentId).toBe(payment.id));
    const noted = await show();
    expect(noted).toMatchObject({ status: 'completed', version: 1 });
    expect(Date.parse(noted.receipt?.paidAt ?? '')).not.toBeNaN();

    // Told again later, the first time stands.
    await office.say(paymentCreated, { ...payment, version: 2, status: 'captured' });
    await handled();
    expect(await show()).toEqual(noted);
    expect(office.said(order.id)).toEqual(['order:created', 'order:completed']);
  });

  it('of another payment than the one that won, no receipt is noted', async () => {
    const { order, show } = await aReservation();
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(async () => expect((await show()).status).toBe('completed'));
    await office.say(paymentCreated, aPaymentState({ orderId: order.id, status: 'captured' }));
    await handled();
    expect((await show()).receipt).toBeUndefined();
  });
});

describe('a replica', () => {
  it('of a ticket ends equal to it, in whatever order its events come, and however often', async () => {
    const { id } = aTicketState();
    const created = aTicketState({ id, place: 'Elbphilharmonie', startsAt: '2027-05-01T20:00:00.000Z' });
    const { startsAt: _startsAt, ...open } = created;
    const edited: TicketState = {
      ...open,
      version: 1,
      title: 'Nils Frahm, late show',
      price: { amount: 1, currency: 'usd' },
    };
    const reserved: TicketState = { ...edited, version: 2, status: 'reserved', orderId: newId() };
    const database = await testDatabase();
    try {
      for (const order of everyOrder([created, edited, reserved])) {
        const replica = openTicketReplica(database);
        await replica.model.deleteMany({});
        for (const state of order) {
          await Promise.all(Array.from({ length: 10 }, () => replica.apply(state)));
        }
        expect(await replica.find(id)).toEqual(reserved);
        database.mongo.deleteModel('tickets');
      }
    } finally {
      await database.end();
    }
  });

  it('of a ticket is what is reserved by, also when its events come the wrong way round', async () => {
    const ticket = aTicketState({ price: { amount: 1_000, currency: 'usd' } });
    const edited: TicketState = { ...ticket, version: 1, price: { amount: 2_000, currency: 'usd' } };
    await office.say(ticketUpdated, edited);
    await office.knows(edited);
    await office.say(ticketCreated, ticket);
    await handled();
    expect((await office.reserve(office.buyer(), ticket.id)).body.ticket.price).toBe(20);
  });

  it('of an order that others keep ends equal to it, its creation told after its end or ten times', async () => {
    const show = { startsAt: '2027-05-01T20:00:00.000Z', place: 'Elbphilharmonie' };
    const { order } = await aReservation(show);
    await office.say(paymentAuthorized, aPaymentState({ orderId: order.id }));
    await eventually(() => expect(office.said(order.id)).toHaveLength(2));
    const released = await aReservation();
    await office.cancel(released.buyer, released.order.id);
    await eventually(() => expect(office.said(released.order.id)).toHaveLength(2));

    const database = await testDatabase();
    try {
      const replica = replicaOf<OrderState>(database.mongo, 'their_orders');
      for (const id of [order.id, released.order.id]) {
        const states = office.heard().filter((state) => state.id === id);
        const stored = await office.openStore().find(id);
        const truth = stored && toPublic(stored);
        for (const told of everyOrder(states)) {
          await replica.model.deleteMany({});
          for (let time = 0; time < 10; time += 1) for (const state of told) await replica.apply(state);
          expect(await replica.find(id)).toEqual(truth);
        }
      }
    } finally {
      await database.end();
    }
  });
});
