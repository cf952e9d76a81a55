import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type request from 'supertest';
import type { TicketAnswer } from '../../src/answer.ts';
import { anOrderOf, startTickets, type TicketsService } from '../tickets-service.ts';

let service: TicketsService;
beforeAll(async () => {
  service = await startTickets();
});
afterAll(() => service.end());

const nextOf = (link: string | undefined) => /^<([^>]+)>/.exec(link ?? '')?.[1];

// Hundreds of requests and real commits to disk: slow on a busy machine, and never a matter of luck.
jest.setTimeout(120_000);

/** A list that goes round in circles never ends. */
const MOST_PAGES = 200;

/** Few prices, so that most tickets share theirs with others. */
const aPrice = () => 10 + randomInt(4);

describe('somebody who pages through a list while tickets come and go', () => {
  it.each([
    ['newest', 'everything'],
    ['price', 'everything'],
    ['-price', 'everything'],
    ['newest', 'a search'],
    ['price', 'a search'],
    ['-price', 'a search'],
    ['price', 'one’s own'],
    ['newest', 'one seller'],
    ['price', 'one seller'],
  ])('sees what was there all the time exactly once, and nothing twice: %s, %s', async (sort, which) => {
    const seller = service.somebody();
    const word = `steady${randomInt(1e9)}`;
    const made = await Promise.all(
      Array.from({ length: 32 }, () => seller.sells({ title: word, price: aPrice() })),
    );
    const passing = made.splice(0, 10).map(({ id }) => id);
    const steady = made.map(({ id }) => id);

    /** A ticket is put up, and another one withdrawn, or reserved and freed: before or behind the reader. */
    const others = async (turn: number) => {
      const [id] = passing.splice(randomInt(passing.length), 1);
      if (id !== undefined && turn % 3 === 0) {
        const order = anOrderOf(id);
        await service.hears(order.reserved);
        await service.hears(order.cancelled);
      } else if (id !== undefined) {
        await seller.delete(`/api/tickets/${id}`).expect(204);
      }
      passing.push((await seller.sells({ title: word, price: aPrice() })).id);
    };

    const seen: TicketAnswer[] = [];
    const filters: Record<string, string> = {
      everything: '',
      'a search': `q=${word}`,
      'one’s own': 'userId=me',
      'one seller': `seller=${seller.id}`,
    };
    let next: string | undefined = `/api/tickets?${filters[which]}&sort=${sort}&limit=3`;
    for (let turn = 0; next !== undefined; turn += 1) {
      expect(turn).toBeLessThan(MOST_PAGES);
      const [page]: [request.Response, unknown] = await Promise.all([seller.get(next), others(turn)]);
      expect(page.status).toBe(200);
      seen.push(...page.body);
      next = nextOf(page.headers.link);
    }

    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(steady.filter((id) => !ids.includes(id))).toEqual([]);
    const keys = seen.map(({ price, id }) => (sort === 'newest' ? id : price));
    const rising = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(sort === 'price' ? rising : rising.reverse());
  });
});
