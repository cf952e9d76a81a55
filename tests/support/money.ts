/** Invariant 3, as somebody sees it who has the list of orders in one hand and Stripe's list of payments in the other. */
import { expect } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import type { ListedPayment } from '@ticketing/stripe-stand-in';
import { everyPage, type Order, type Person, type Ticket } from './shop.ts';
import { chargedIn } from './stripe.ts';
import type { OwnSystem } from './system.ts';

const SETTLE_MS = 180_000;

const inCents = (price: number): number => Math.round(price * 100);

/** What must never be: said in words, so that a test that fails tells which ticket it is. */
const wrongsOf = (orders: readonly Order[], charged: readonly ListedPayment[]): string[] =>
  [...new Set(orders.map(({ ticket }) => inCents(ticket.price)))].flatMap((amount) => {
    const ofTicket = orders.filter(({ ticket }) => inCents(ticket.price) === amount);
    const taken = charged.filter((charge) => charge.amount === amount && charge.amount_received > 0);
    const received = taken.map((charge) => charge.amount_received - charge.amount_refunded);
    const completed = ofTicket.filter(({ status }) => status === 'completed').map(() => amount);
    const isRight = completed.length <= 1 && JSON.stringify(received) === JSON.stringify(completed);
    const states = ofTicket.map(({ id, status }) => `order ${id} is ${status}`).join(', ');
    return isRight ? [] : [`${states}; of ${amount} was taken: ${received.join(', ') || 'nothing'}`];
  });

/**
 * Waits until every order of these buyers has ended and nothing is open at Stripe, and then expects that each is completed,
 * paid with exactly its price, and its ticket sold; or cancelled, nothing taken, and its ticket on sale again.
 * Each ticket has a price of its own, see `priceOf` in stripe.ts.
 * @returns the orders
 */
export const expectMoneyAndTicketsTogether = async (
  system: OwnSystem,
  buyers: Person | readonly Person[],
  seller: Person,
): Promise<Order[]> => {
  const orders = await eventually(async () => {
    const lists = [buyers].flat().map((buyer) => everyPage<Order>(buyer, '/api/orders?limit=100'));
    const all = (await Promise.all(lists)).flat();
    expect(all.filter(({ status }) => status === 'awaiting payment')).toEqual([]);
    return all;
  }, SETTLE_MS);
  await eventually(async () => {
    const charged = await chargedIn(system);
    // One that was made, lost in a crash and never confirmed is no authorisation: nobody has its secret.
    const over = ['succeeded', 'canceled', 'requires_confirmation'];
    expect(charged.filter(({ status }) => !over.includes(status))).toEqual([]);
    expect(wrongsOf(orders, charged)).toEqual([]);
    const known = new Set(orders.map(({ ticket }) => inCents(ticket.price)));
    expect(charged.filter(({ amount }) => !known.has(amount))).toEqual([]);
  }, SETTLE_MS);
  await eventually(async () => {
    const tickets = await everyPage<Ticket>(seller, '/api/tickets?userId=me&limit=100');
    const sold = tickets.filter(({ status }) => status === 'sold').map(({ orderId }) => orderId);
    const completed = orders.filter(({ status }) => status === 'completed').map(({ id }) => id);
    expect(sold.sort()).toEqual(completed.sort());
    expect(tickets.filter(({ status }) => status === 'reserved')).toEqual([]);
  }, SETTLE_MS);
  return orders;
};
