import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { forEach } from '../support/for-each.ts';
import { expectMoneyAndTicketsTogether } from '../support/money.ts';
import { sellerAndBuyer } from '../support/seller-and-buyer.ts';
import type { Order } from '../support/shop.ts';
import { priceOf } from '../support/stripe.ts';

const TEST_MS = 600_000;
const ORDERS = 500;
/** Each waits for its hold to end: so many side by side take a minute and a half, and leave time to be punctual. */
const AT_ONCE = 24;
/** Time to come in time on a busy machine, and no more: each of the 500 waits for its end. */
const HOLD_SECONDS = 4;
const SPREAD_MS = 50;
const MOST_LEAD_MS = 3_000;
/** After a payment its buyer rests so many times as long as it took: a machine that is busy gets time. */
const REST = 4;

const here = sellerAndBuyer({ holdSeconds: HOLD_SECONDS });

const until = (moment: number) => pause(Math.max(0, moment - Date.now()));
const spread = () => (Math.random() * 2 - 1) * SPREAD_MS;

const reserved = async (n: number): Promise<Order> => {
  const { seller, buyer } = here();
  const ticket = await seller.sell({ title: `Row ${n}`, price: priceOf(n) });
  expect(ticket.status).toBe(201);
  const { status, body } = await buyer.reserve(ticket.body.id);
  expect(status).toBe(201);
  return body;
};

describe('payment and expiry at the same instant, in the whole system,', () => {
  it(
    '500 times over 50 ms before and after: completed and captured, or cancelled and not captured',
    async () => {
      const { system, seller, buyer } = here();
      // How long before the end of the hold its buyer must press for the card's yes to come at the end, found by trying:
      // so that not only requests fall around that instant, but also what orders hears, on a machine of any speed.
      let leadMs = 100;
      const rows = Array.from({ length: ORDERS }, (_, n) => n);
      const answers = await forEach(rows, AT_ONCE, async (n) => {
        const order = await reserved(n);
        await until(Date.parse(order.expiresAt) - leadMs + spread());
        const asked = performance.now();
        const { status, body } = await buyer.pay(order.id);
        if (body.status === 'captured') leadMs *= 0.93;
        if (status === 400) leadMs = Math.min(MOST_LEAD_MS, leadMs * 1.07);
        await pause(REST * (performance.now() - asked));
        return { id: order.id, said: status === 201 ? body.status : `${status} ${body.errors?.[0]?.code}` };
      });
      const orders = await expectMoneyAndTicketsTogether(system, buyer, seller);
      expect(orders).toHaveLength(ORDERS);

      // What its buyer was told is how it ended.
      const endOf = new Map(orders.map(({ id, status }) => [id, status]));
      const told = new Set(answers.map(({ id, said }) => `${said}: ${endOf.get(id)}`));
      const right = [
        'captured: completed',
        'processing: completed',
        'processing: cancelled',
        '400 order_cancelled: cancelled',
        '400 order_expired: cancelled',
        // On a machine that is too busy for it: nothing was taken, try again.
        '503 unavailable: cancelled',
      ];
      expect([...told].filter((each) => !right.includes(each))).toEqual([]);
      // Both came about, or nothing was tried here.
      expect(new Set(endOf.values())).toEqual(new Set(['completed', 'cancelled']));
    },
    TEST_MS,
  );
});
