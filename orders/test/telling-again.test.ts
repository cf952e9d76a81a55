import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  orderCompleted,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
  type TicketState,
  ticketUpdated,
} from '@ticketing/common/events';
import { aPaymentState, eventually } from '@ticketing/common/testing';
import { Types } from 'mongoose';
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
/** So often, and its next time is settled: else the clock might move on before that is reckoned from it. */
const isTold = (id: string, times: number) =>
  eventually(async () => {
    expect(told(id)).toBe(times);
    const [stored] = await office.inStore({ _id: new Types.ObjectId(id) });
    expect(Number(stored?.republishAt ?? Infinity)).toBeGreaterThan(Number(clock.now()));
  });

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

let version = 0;
/** What tickets says of a ticket, each time something newer. */
const ticketSays = (ticket: TicketState, now: Pick<TicketState, 'status' | 'orderId'>) => {
  version += 1;
  return office.say(ticketUpdated, { ...ticket, version, ...now });
};
const takesMoney = async ({ payment }: Awaited<ReturnType<typeof aPaidOrder>>) => {
  await office.say(paymentCreated, { ...payment, version: 2, status: 'captured' });
  await office.handled();
};

/** Nothing is said of it any more: an open order, which would be told after it, is. */
const isOver = async (id: string): Promise<void> => {
  const times = told(id);
  const open = await anOpenOrder();
  clock.advance(1 * MINUTE);
  await isTold(open.id, 2);
  clock.advance(5 * MINUTE);
  await isTold(open.id, 3);
  expect(told(id)).toBe(times);
};

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
    const paid = await aPaidOrder();
    await ticketSays(paid.ticket, { status: 'sold', orderId: paid.id });
    clock.advance(1 * MINUTE);
    await isTold(paid.id, 2);
    clock.advance(5 * MINUTE);
    await isTold(paid.id, 3);
    await takesMoney(paid);
    clock.advance(5 * MINUTE);
    await isTold(paid.id, 4);
    await isOver(paid.id);
  });

  it('of a paid order every few minutes until its ticket is sold', async () => {
    const paid = await aPaidOrder();
    await takesMoney(paid);
    clock.advance(1 * MINUTE);
    await isTold(paid.id, 2);
    await ticketSays(paid.ticket, { status: 'reserved', orderId: paid.id });
    clock.advance(5 * MINUTE);
    await isTold(paid.id, 3);
    await ticketSays(paid.ticket, { status: 'sold', orderId: paid.id });
    await office.handled();
    clock.advance(5 * MINUTE);
    await isTold(paid.id, 4);
    await isOver(paid.id);
  });

  it('of an order whose payment has failed, every few minutes until its ticket is no longer sold', async () => {
    const { id, ticket, payment } = await aPaidOrder();
    await ticketSays(ticket, { status: 'sold', orderId: id });
    await office.say(paymentFailed, { ...payment, version: 2, status: 'failed' });
    await eventually(() => expect(office.said(id)).toContain('order:cancelled'));
    clock.advance(1 * MINUTE);
    await isTold(id, 2);
    for (const times of [3, 4]) {
      clock.advance(5 * MINUTE);
      await isTold(id, times);
    }
    await ticketSays(ticket, { status: 'on sale' });
    await office.handled();
    clock.advance(5 * MINUTE);
    await isTold(id, 5);
    await isOver(id);
  });

  it('of an order that has ended, when its ticket says only later that the order has it', async () => {
    const { id, ticket } = await aReleasedOrder();
    clock.advance(1 * MINUTE);
    await isTold(id, 2);
    await isOver(id);
    await ticketSays(ticket, { status: 'reserved', orderId: id });
    await isTold(id, 3);
  });

  it('of an order that has ended, when payments says only later that somebody pays for it', async () => {
    const { id } = await aReleasedOrder();
    clock.advance(1 * MINUTE);
    await isTold(id, 2);
    await isOver(id);
    await office.say(paymentAuthorized, aPaymentState({ orderId: id }));
    await isTold(id, 3);
  });

  it('of none that has ended as its ticket says it has', async () => {
    const paid = await aPaidOrder();
    await takesMoney(paid);
    await ticketSays(paid.ticket, { status: 'sold', orderId: paid.id });
    await office.handled();
    clock.advance(1 * MINUTE);
    await isTold(paid.id, 2);
    await isOver(paid.id);
    await ticketSays(paid.ticket, { status: 'sold', orderId: paid.id });
    await office.handled();
    expect(told(paid.id)).toBe(2);
  });
});
