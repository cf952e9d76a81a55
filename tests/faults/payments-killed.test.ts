import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { expectMoneyAndTicketsTogether, priceOf } from '../support/money.ts';
import { untilThere } from '../support/patience.ts';
import { sellerAndBuyer } from '../support/seller-and-buyer.ts';

const TEST_MS = 600_000;
/** Who is left waiting by all this may come back for it that long. */
const HOLD_SECONDS = 120;
const SHOPPERS = 4;

const here = sellerAndBuyer({ holdSeconds: HOLD_SECONDS });

/**
 * As `untilThere`; and what a process had heard of when it was killed, the broker keeps for some seconds before it tells the
 * next one. Until then what is new may be unknown (404), for longer than a service waits for it.
 */
const untilKnown: typeof untilThere = (ask) =>
  eventually(async () => {
    const answer = await untilThere(ask);
    if (answer.status === 404) throw new Error('not known yet');
    return answer;
  }, 120_000);

describe('payments and orders killed again and again while tickets are bought', () => {
  it(
    'take money for what is completed, once, and for nothing else; nothing is left open',
    async () => {
      const { system, seller, buyer } = here();
      let shopping = true;
      let tickets = 0;
      const bought: string[] = [];
      /** Buys one ticket after the other; every third with a card that is declined first. */
      const shop = async (): Promise<void> => {
        while (shopping) {
          const n = tickets++;
          const ticket = await untilThere((key) =>
            seller.sell({ title: `Row ${n}`, price: priceOf(n) }, key),
          );
          expect(ticket.status).toBe(201);
          const order = await untilKnown((key) => buyer.reserve(ticket.body.id, key));
          expect(order.status).toBe(201);
          if (n % 3 === 0) {
            const declined = await untilKnown((key) => buyer.pay(order.body.id, 'tok_chargeDeclined', key));
            expect(declined.status).toBe(402);
          }
          const paid = await untilKnown((key) => buyer.pay(order.body.id, 'tok_visa', key));
          expect(paid.status).toBe(201);
          bought.push(order.body.id);
        }
      };
      const shoppers = Promise.all(Array.from({ length: SHOPPERS }, shop));
      for (const name of ['payments', 'orders', 'payments', 'payments', 'orders', 'payments']) {
        const before = bought.length;
        await Promise.race([
          shoppers,
          eventually(() => expect(bought.length).toBeGreaterThan(before + 3), 120_000),
        ]);
        await system.service(name).kill();
        await system.service(name).start();
      }
      shopping = false;
      await shoppers;

      const orders = await expectMoneyAndTicketsTogether(system, buyer, seller);
      expect(orders).toHaveLength(tickets);
      // Whoever was told 201 has the ticket.
      const completed = orders.filter(({ status }) => status === 'completed').map(({ id }) => id);
      expect(completed).toEqual(expect.arrayContaining(bought));
    },
    TEST_MS,
  );
});
