/** People who buy one ticket after the other, and what became of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { type Answer, everyPage, newPerson, type Order, type Person } from '../../support/shop.ts';
import { charges } from './cluster.ts';

const baseUrl = process.env.BASE_URL ?? '';

export interface Purchases {
  /** Orders whose payment was answered with 201. */
  readonly paid: readonly string[];
  /** Every request that was not answered with 2xx, or not at all. */
  readonly failures: readonly string[];
  /** Longest time one request took, in milliseconds. */
  readonly slowestMs: number;
}

export interface Customer {
  readonly purchases: Purchases;
  /** Ends after the purchase under way. */
  stop(): Promise<Purchases>;
  /**
   * Money and tickets agree: as many tickets are sold as were charged for, and nothing is half done. What was paid is
   * sold; after an `outage` longer than the hold it may instead have run out, and then nobody was charged for it.
   */
  expectSettled(options?: { readonly withinMs?: number; readonly outage?: boolean }): Promise<void>;
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/** An amount of cents that nobody else pays, so that the charges of these purchases are known by it. */
const ownPrice = (): number => (1_000 + Math.floor(Math.random() * 900_000)) / 100;

/**
 * Looks at the shop, sells and buys, a purchase beginning every `everyMs` at the most, one at a time. What fails ends that
 * purchase, and not the next one.
 */
export const customer = async (everyMs: number): Promise<Customer> => {
  const price = ownPrice();
  const [seller, buyer] = await Promise.all([newPerson(baseUrl), newPerson(baseUrl)]);
  const paid: string[] = [];
  const failures: string[] = [];
  const begun = Date.now();
  let slowestMs = 0;
  let buying = true;

  const ask = async <B>(what: string, request: () => Promise<Answer<B>>): Promise<B | undefined> => {
    const asked = performance.now();
    const at = `${((Date.now() - begun) / 1000).toFixed(1)} s, ${what}`;
    try {
      const answer = await request();
      if (answer.status >= 200 && answer.status < 300) return answer.body;
      failures.push(`${at}: ${answer.status} ${JSON.stringify(answer.body)}`);
    } catch (error) {
      failures.push(`${at}: ${messageOf(error)}`);
    } finally {
      slowestMs = Math.max(slowestMs, performance.now() - asked);
    }
    return undefined;
  };

  const look = async (): Promise<Answer<undefined>> => {
    const page = await fetch(baseUrl, { headers: { Cookie: buyer.cookie ?? '' } });
    await page.text();
    return { status: page.status, headers: page.headers, body: undefined };
  };

  const buyOne = async (): Promise<void> => {
    await ask('look at the shop', look);
    const ticket = await ask('sell', () => seller.sell({ title: 'Every tenth of a second', price }));
    if (ticket === undefined) return;
    const order = await ask('reserve', () => buyer.reserve(ticket.id));
    if (order === undefined) return;
    const payment = await ask('pay', () => buyer.pay(order.id));
    if (payment !== undefined) paid.push(order.id);
  };

  const all = (async () => {
    while (buying) {
      const next = Date.now() + everyMs;
      await buyOne();
      await pause(Math.max(0, next - Date.now()));
    }
  })();
  const purchases: Purchases = {
    paid,
    failures,
    get slowestMs() {
      return Math.round(slowestMs);
    },
  };
  return {
    purchases,
    async stop() {
      buying = false;
      await all;
      return purchases;
    },
    async expectSettled({ withinMs = 60_000, outage = false } = {}) {
      await eventually(async () => {
        const orders = await everyPage<Order>(buyer, '/api/orders?limit=100');
        const completed = orders.filter(({ status }) => status === 'completed');
        expect(orders.filter(({ status }) => status === 'awaiting payment')).toEqual([]);
        const lost = orders.filter(
          ({ id, status, reason }) =>
            paid.includes(id) && status !== 'completed' && !(outage && reason === 'expired'),
        );
        expect(lost).toEqual([]);
        expect(paid.filter((id) => !orders.some((order) => order.id === id))).toEqual([]);
        const charged = (await charges()).filter(({ amount }) => amount === Math.round(price * 100));
        const captured = charged.filter(({ amount_received: got, amount_refunded: back }) => got > back);
        // As many charges as tickets, each of the whole price, and nothing authorised that nobody wants.
        expect(captured.length).toBe(completed.length);
        expect(captured.filter(({ amount, amount_received: got }) => got !== amount)).toEqual([]);
        expect(charged.filter(({ status }) => !/^(succeeded|canceled)$/.test(status))).toEqual([]);
        await expectTickets(buyer, completed, 'sold');
      }, withinMs);
    },
  };
};

const expectTickets = async (person: Person, orders: readonly Order[], status: string): Promise<void> => {
  for (const { id, ticket } of orders.slice(0, 25)) {
    expect((await person.ticket(ticket.id)).body).toMatchObject({ status, orderId: id });
  }
};

/**
 * For a file whose tests look at what becomes of a customer who buys all the time: `const customerHere =
 * customerThroughout(100)` at its top, `customerHere()` in a test.
 */
export const customerThroughout = (everyMs: number): (() => Customer) => {
  let buying: Customer | undefined;
  // The first test of a deployment may have to wait for it.
  beforeAll(async () => {
    buying = await customer(everyMs);
  }, 6 * 60_000);
  afterAll(async () => {
    await buying?.stop();
  });
  return () => {
    if (buying === undefined) throw new Error('nobody buys before the first test');
    return buying;
  };
};
