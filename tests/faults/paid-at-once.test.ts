import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { forEach } from '../support/for-each.ts';
import { untilThere } from '../support/patience.ts';
import { sellerAndBuyer } from '../support/seller-and-buyer.ts';
import { everyPage, type Order } from '../support/shop.ts';
import { chargedIn } from '../support/stripe.ts';

const TEST_MS = 300_000;
const ORDERS = 200;
/** More than a process lets wait for an order that it has not heard of yet. */
const AT_ONCE = 120;

const here = sellerAndBuyer();

describe('an order that is paid at once after its 201, with many others at the same time,', () => {
  it(
    'is never told 404: each is completed, and its money taken once',
    async () => {
      const { system, seller, buyer } = here();
      const rows = Array.from({ length: ORDERS }, (_, n) => `Row ${n}`);
      const tickets = await forEach(rows, 20, async (title) => {
        const { status, body } = await seller.sell({ title, price: 19.99 });
        expect(status).toBe(201);
        return body.id;
      });
      // Payments has to learn of the orders in the middle of all this.
      const answers = await forEach(tickets, AT_ONCE, async (ticketId) => {
        const reserved = await untilThere((key) => buyer.reserve(ticketId, key));
        if (reserved.status !== 201) return `reserved: ${reserved.status}`;
        const paid = await untilThere((key) => buyer.pay(reserved.body.id, 'tok_visa', key));
        return `paid: ${paid.status}`;
      });
      expect([...new Set(answers)]).toEqual(['paid: 201']);

      await eventually(async () => {
        const orders = await everyPage<Order>(buyer, '/api/orders?limit=100');
        expect(orders.map(({ status }) => status)).toEqual(Array(ORDERS).fill('completed'));
      }, 120_000);
      await eventually(async () => {
        const charged = await chargedIn(system);
        expect(charged.map(({ amount_received }) => amount_received)).toEqual(Array(ORDERS).fill(1_999));
      }, 120_000);
    },
    TEST_MS,
  );
});
