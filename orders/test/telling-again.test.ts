import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  orderCompleted,
  paymentAuthorized,
  paymentCreated,
  type TicketState,
  ticketUpdated,
} from '@ticketing/common/events';
import { aPaymentState, eventually } from '@ticketing/common/testing';
import { type BoxOffice, movableClock, openBoxOffice } from './box-office.ts';

const MINUTE = 60;

const clock = movableClock();
let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice({ clock });
});
afterAll(() => office.end());

/** How often others have heard of an order at its last version. */
const told = (id: string): number => {
  const states = office.heard().filter((state) => state.id === id);
  const last = Math.max(...states.map(({ version }) => version));
  return states.filter(({ version }) => version === last).length;
};
const isTold = (id: string, times: number) => eventually(() => expect(told(id)).toBe(times));

const anOpenOrder = async () => {
  const buyer = office.buyer();
  const ticket = await office.aTicket();
  const { body: order } = await office.reserve(buyer, ticket.id);
  await isTold(order.id, 1);
  return { buyer, ticket, id: order.id };
};
const aReleasedOrder = async () => {
  const { buyer, ticket, id } = await anOpenOrder();
  await office.cancel(buyer, id);
  await eventually(() => expect(office.said(id)).toContain('order:cancelled'));
  return { ticket, id };
};
const aPaidOrder = async () => {
  const { ticket, id } = await anOpenOrder();
  const payment = aPaymentState({ orderId: id });
  await office.say(paymentAuthorized, payment);
  await eventually(() => expect(office.said(id)).toContain(orderCompleted.type));
  return { ticket, id, payment };
};

/** What tickets says of a ticket that an order has. */
const hasIt = (ticket: TicketState, status: 'reserved' | 'sold', orderId: string) =>
  office.say(ticketUpdated, { ...ticket, version: 1, status, orderId });

describe('as a broker may lose a message, everybody is told again', () => {
  it('of an open order every few minutes, and of a cancelled one once', async () => {
    const open = await anOpenOrder();
    const released = await aReleasedOrder();
    clock.advance(1 * MINUTE);
    await isTold(released.id, 2);
    await isTold(open.id, 2);
    for (const times of [3, 4]) {
      clock.advance(5 * MINUTE);
      await isTold(open.id, times);
    }
    expect(told(released.id)).toBe(2);
  });

  it('of a paid order every few minutes until its money is taken, which says that payments knows of it', async () => {
    const { id, payment } = await aPaidOrder();
    clock.advance(1 * MINUTE);
    await isTold(id, 2);
    clock.advance(5 * MINUTE);
    await isTold(id, 3);
    await office.say(paymentCreated, { ...payment, version: 2, status: 'captured' });
    await office.handled();
    clock.advance(5 * MINUTE);
    await isTold(id, 4);
    // Now it is over: this one is told again and again, and would be told after it.
    const open = await anOpenOrder();
    clock.advance(1 * MINUTE);
    await isTold(open.id, 2);
    clock.advance(5 * MINUTE);
    await isTold(open.id, 3);
    expect(told(id)).toBe(4);
  });

  it('of an order that has ended, when its ticket still says that the order has it', async () => {
    const released = await aReleasedOrder();
    const paid = await aPaidOrder();
    await office.say(paymentCreated, { ...paid.payment, version: 2, status: 'captured' });
    await office.handled();
    clock.advance(1 * MINUTE);
    await isTold(released.id, 2);
    await isTold(paid.id, 2);
    clock.advance(10 * MINUTE);

    // Sold is what it is, so there is nothing to say.
    await hasIt(paid.ticket, 'sold', paid.id);
    await hasIt(released.ticket, 'reserved', released.id);
    await isTold(released.id, 3);
    expect(told(paid.id)).toBe(2);

    await hasIt(paid.ticket, 'reserved', paid.id);
    await isTold(paid.id, 3);
  });
});
