import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { newPerson, type Order, type Person } from './shop.ts';
import type { SystemUnderTest } from './system.ts';

/** The purchase, from offer to receipt, on whatever system this gives once it is up. */
export const describeBuying = (system: () => SystemUnderTest): void => {
  let seller: Person;
  let buyer: Person;
  let other: Person;

  const reserved = async (): Promise<Order> => {
    const ticket = await seller.sell({ title: 'St Pauli v Union', price: 19.99 });
    const { status, body } = await buyer.reserve(ticket.body.id);
    expect(status).toBe(201);
    return body;
  };

  describe('buying a ticket', () => {
    beforeAll(async () => {
      const { baseUrl } = system();
      [seller, buyer, other] = await Promise.all([
        newPerson(baseUrl),
        newPerson(baseUrl),
        newPerson(baseUrl),
      ]);
    });

    it('ends with the order completed, the ticket sold, and nobody else able to have it', async () => {
      const order = await reserved();
      const paid = await buyer.pay(order.id);
      expect(paid.status).toBe(201);
      await eventually(async () => {
        expect((await buyer.order(order.id)).body.status).toBe('completed');
        expect((await buyer.ticket(order.ticket.id)).body).toMatchObject({
          status: 'sold',
          orderId: order.id,
        });
        expect(
          (await buyer.ask<{ status: string }>('GET', `/api/payments/${paid.body.id}`)).body.status,
        ).toBe('captured');
      });
      expect((await buyer.orders()).body.find(({ id }) => id === order.id)?.status).toBe('completed');
      expect((await other.reserve(order.ticket.id)).body.errors?.[0]?.code).toBe('ticket_reserved');
      expect((await buyer.release(order.id)).status).toBe(400);
      expect((await seller.withdraw(order.ticket.id)).status).toBe(400);
      expect((await buyer.pay(order.id)).status).toBe(400);

      const paymentsUrl = system().own?.run.stripe?.paymentsUrl;
      if (paymentsUrl !== undefined) {
        const charged = (await (await fetch(paymentsUrl)).json()) as { amount_received: number }[];
        expect(charged.map(({ amount_received }) => amount_received)).toEqual([1999]);
      }
    });

    it('with a card that is declined says so, and another card buys it', async () => {
      const order = await reserved();
      const declined = await buyer.pay(order.id, 'tok_chargeDeclined');
      expect(declined.status).toBe(402);
      expect(declined.body.errors?.[0]).toMatchObject({ code: 'card_declined' });
      expect((await buyer.order(order.id)).body.status).toBe('awaiting payment');
      expect((await buyer.pay(order.id)).status).toBe(201);
      await eventually(async () => expect((await buyer.order(order.id)).body.status).toBe('completed'));
    });

    it('is not possible for an order that was let go, or is another’s', async () => {
      const order = await reserved();
      expect((await other.pay(order.id)).status).toBe(401);
      await buyer.release(order.id);
      await eventually(async () => {
        const late = await buyer.pay(order.id);
        expect([late.status, late.body.errors?.[0]?.code]).toEqual([400, 'order_cancelled']);
      });
    });
  });
};
