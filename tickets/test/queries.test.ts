import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock } from '@ticketing/common/clock';
import { eventually, explainQueries, newId, type QueryPlan } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { tokensOf } from '../src/search.ts';
import { anOffer, anOrderOf, type Person, startTickets, type TicketsService } from './tickets-service.ts';

/** Enough that the planner's choice is the one it makes in earnest. */
const TICKETS = 6_000;
const AT_ONCE = 200;
const LIMIT = 24;
/** The newest, all sold, are the cheapest and the dearest as well: every list would begin with them. */
const SOLD_OUT = 600;

let ahead = 0;
const clock: Clock = { now: () => new Date(Date.now() + ahead) };

let service: TicketsService;
let seller: Person;

const artists = ['Nils Frahm', 'Björk', 'Ólafur Arnalds', 'Ben Frost', 'Kiasmos', 'Nils Petter Molvær'];
const kinds = ['live', 'late show', 'matinee', 'with orchestra'];
const places = ['Funkhaus Berlin', 'Harpa Reykjavík', 'Royal Albert Hall, London', undefined];

const priceOf = (index: number): number => {
  if (index >= TICKETS - SOLD_OUT) return index % 2 === 0 ? 50 : 99_999_999;
  return index % 2 === 0 ? 4_800 : 50 + ((index * 37) % 20_000);
};

/** A ticket as the service keeps it; one in five is sold, and half of all have the same price. */
const document = (index: number): Record<string, unknown> => {
  const title = `${artists[index % artists.length]} ${kinds[index % kinds.length]} ${index}`;
  const place = places[(index >> 2) % places.length];
  const onSale = index % 5 !== 0 && index < TICKETS - SOLD_OUT;
  return {
    _id: new Types.ObjectId(),
    userId: index % 4 === 0 ? seller.id : newId(),
    title,
    price: { amount: priceOf(index), currency: 'usd' },
    ...(place === undefined ? {} : { place }),
    listed: true,
    lock: onSale
      ? { state: 'free', holdSequence: 0, orderVersion: 0 }
      : { state: 'sold', orderId: newId(), holdSequence: 1, orderVersion: 1 },
    index: { onSale, tokens: tokensOf(title, place) },
    version: onSale ? 0 : 2,
    outbox: [],
    savedAt: new Date(),
  };
};

beforeAll(async () => {
  service = await startTickets({ clock });
  seller = service.somebody();
  const collection = service.deps.mongo.collection('tickets');
  // Some at a time: a connection that serves requests waits 1.5 s at most for an answer.
  for (let from = 0; from < TICKETS; from += AT_ONCE) {
    await collection.insertMany(Array.from({ length: AT_ONCE }, (_, index) => document(from + index)));
  }
}, 60_000);
afterAll(() => service.end());

const isSound = ({ summary, sorted, stages }: QueryPlan) =>
  !summary.includes('COLLSCAN') && !sorted && !stages.includes('SORT') && !stages.includes('COLLSCAN');

/** Fails on a collection scan and on a sort in memory. */
const expectSound = (plans: readonly QueryPlan[]) => {
  const unsound = plans.filter((plan) => !isSound(plan));
  expect(unsound.map(({ summary, stages, command }) => ({ summary, stages, command }))).toEqual([]);
};

const explain = (work: () => Promise<unknown>) => explainQueries(service.deps.mongo, work);

/** The one query of a list: with a hint, which nothing else of the service has. */
const listPlan = async (path: string): Promise<QueryPlan> => {
  const plans = await explain(async () => expect((await seller.get(path)).status).toBe(200));
  expectSound(plans);
  const [plan, ...more] = plans.filter(({ command }) => 'hint' in command);
  if (plan === undefined || more.length > 0) throw new Error(`${more.length + 1} queries for ${path}`);
  return plan;
};

/** The path of a page this far into a list. */
const deepIn = async (path: string, after: number): Promise<string> => {
  let { headers }: request.Response = await seller.get(`${path}&limit=${Math.min(100, after)}`);
  for (let passed = 100; passed < after; passed += 100) ({ headers } = await seller.get(nextOf(headers)));
  const next = new URL(nextOf(headers), 'http://host');
  next.searchParams.delete('limit');
  return `${next.pathname}${next.search}`;
};

const nextOf = (headers: Record<string, string>): string => {
  const [, next] = /^<([^>]+)>/.exec(headers.link ?? '') ?? [];
  if (next === undefined) throw new Error('the last page');
  return next;
};

describe('the tickets this test puts into the store', () => {
  it('are what the service makes', async () => {
    const { id } = await seller.sells({ title: 'Nils Frahm live 1', place: 'Harpa' });
    const made = await service.deps.mongo.collection('tickets').findOne({ _id: new Types.ObjectId(id) });
    const fields = (of: object) => Object.keys(of).filter((field) => field !== 'republishAt');
    expect(fields(made ?? {}).sort()).toEqual(fields(document(4)).sort());
    expect(made?.index).toEqual({ onSale: true, tokens: tokensOf('Nils Frahm live 1', 'Harpa') });
  });
});

describe('a page of a list', () => {
  const lists = [
    ['everything', '', 2_000],
    ['a frequent word', 'q=nils', 1_000],
    ['the first letter of many', 'q=l', 1_000],
    ['words that often stand together', 'q=nils frahm', 500],
    ['one’s own', 'userId=me', 1_000],
    ['what one seller has on sale', 'seller=SELLER', 700],
  ] as const;
  const orders = ['newest', 'price', '-price'];

  it.each(lists.flatMap(([what, which, deep]) => orders.map((sort) => [what, sort, which, deep] as const)))(
    'reads what it shows and little more, first and deep in: %s by %s',
    async (_what, sort, which, deep) => {
      const path = `/api/tickets?${which.replace('SELLER', seller.id)}&sort=${sort}`;
      for (const page of [path, await deepIn(path, deep)]) {
        const plan = await listPlan(page);
        expect(plan.returned).toBe(LIMIT + 1);
        expect(plan.summary).toMatch(/^IXSCAN/);
        expect(plan.docsExamined).toBeLessThanOrEqual(3 * LIMIT);
        expect(plan.keysExamined).toBeLessThanOrEqual(4 * LIMIT);
      }
    },
    60_000,
  );

  it.each(['price', '-price'])(
    'is no dearer in the midst of thousands of equal prices: %s',
    async (sort) => {
      for (const which of ['', 'q=nils', 'userId=me', `seller=${seller.id}`]) {
        // Half of all cost 48.00: wherever it is, after 600 of those this page is among them.
        let path = `/api/tickets?${which}&sort=${sort}`;
        let { body, headers }: request.Response = await seller.get(`${path}&limit=100`);
        for (let equal = 0; equal < 300; ) {
          path = nextOf(headers);
          ({ body, headers } = await seller.get(path));
          equal += body.filter(({ price }: { price: number }) => price === 48).length;
        }
        const plan = await listPlan(nextOf(headers).replace('limit=100', `limit=${LIMIT}`));
        expect(plan.docsExamined).toBeLessThanOrEqual(3 * LIMIT);
      }
    },
    60_000,
  );

  it('uses the index of its order, and those of what is on sale for everybody', async () => {
    const index = async (path: string) => (await listPlan(`/api/tickets?${path}`)).command.hint;
    expect(await index('sort=newest')).toBe('newest');
    expect(await index('sort=-price')).toBe('price');
    expect(await index('q=nils')).toBe('search_newest');
    expect(await index('q=nils&sort=price')).toBe('search_price');
    expect(await index(`seller=${seller.id}`)).toBe('seller_newest');
    expect(await index(`seller=${seller.id}&q=nils&sort=-price`)).toBe('seller_price');
    expect(await index('userId=me')).toBe('own_newest');
    expect(await index('userId=me&q=nils&sort=-price')).toBe('own_price');
  });

  it('finds nothing by reading nothing', async () => {
    const plan = await listPlan('/api/tickets?q=nobodyhasthis');
    expect([plan.docsExamined, plan.returned]).toEqual([0, 0]);
  });

  it('of a seller who has sold many costs nothing more', async () => {
    const veteran = newId();
    const collection = service.deps.mongo.collection('tickets');
    const gone = Array.from({ length: AT_ONCE }, () => ({ ...document(0), userId: veteran }));
    const still = { ...document(1), userId: veteran };
    await collection.insertMany([still, ...gone]);
    for (const more of ['', '&sort=price', '&sort=-price', '&q=bj', '&q=nils']) {
      const plan = await listPlan(`/api/tickets?seller=${veteran}${more}`);
      expect([more, plan.docsExamined]).toEqual([more, 1]);
      expect(plan.keysExamined).toBeLessThanOrEqual(2);
    }
  });

  it('looks for the rarer of two words', async () => {
    const { id } = await seller.sells({ title: 'Nils Rareword' });
    const plan = await listPlan('/api/tickets?q=nils rareword');
    expect(plan.returned).toBe(1);
    expect(plan.docsExamined).toBeLessThanOrEqual(3 * LIMIT);
    expect((await seller.get('/api/tickets?q=nils rareword')).body).toMatchObject([{ id }]);
  });
});

describe('whatever else the service asks of its store', () => {
  const job = async (name: string) => service.parts.jobs?.find((each) => each.name === name)?.run();

  it('has an index: showing, creating, editing, following orders, withdrawing, telling, measuring', async () => {
    const plans = await explain(async () => {
      const { id } = await seller.sells({ startsAt: new Date(Date.now() + 60_000).toISOString() });
      const order = anOrderOf(id);
      const path = `/api/tickets/${id}`;
      await seller.post('/api/tickets', anOffer()).set('Idempotency-Key', newId()).expect(201);
      await service.visitor.get(path).expect(200);
      await seller.put(path, anOffer({ place: 'Funkhaus' })).expect(200);
      await service.hears(order.reserved, order.reserved);
      await service.hears(order.cancelled);
      await seller.delete(path).expect(204);
      await seller.sells({ startsAt: new Date(Date.now() + 60_000).toISOString() });
      await eventually(async () => {
        const [outbox] = await service.deps.relay.depths();
        expect(outbox?.depth).toBe(0);
      });
      await request(service.url).get('/metrics').expect(200);
      ahead = 120_000;
      expect(await job('take started tickets off the list')).toBe(1);
      await job('tell present states again');
    });
    expectSound(plans);
    const asked = plans.filter(({ collection }) => collection === 'tickets');
    // One that this list does not know is one that nobody has looked at.
    expect([...new Set(asked.map(({ summary }) => summary))].sort()).toEqual([
      'COUNT_SCAN { outbox.0.time: 1 }',
      'IDHACK',
      'IXSCAN { _id: 1 }',
      'IXSCAN { idempotency.userId: 1, idempotency.key: 1 }',
      'IXSCAN { outbox.0.time: 1 }',
      'IXSCAN { republishAt: 1 }',
      'IXSCAN { startsAt: 1 }',
    ]);
    for (const plan of asked) expect([plan.summary, plan.docsExamined <= 20]).toEqual([plan.summary, true]);
  });

  it('writes two index entries a word and beginning when a ticket leaves the list or comes back, and few more', async () => {
    const offer = { title: 'Nils Frahm Live in Berlin', place: 'Funkhaus Nalepastraße' };
    const tokens = tokensOf(offer.title, offer.place).length;
    const { id } = await seller.sells(offer);
    const order = anOrderOf(id);
    const writes = async (change: () => Promise<unknown>) => {
      const plans = await explain(change);
      const [write] = plans.filter(
        ({ command, summary }) => 'u' in command && summary === 'IXSCAN { _id: 1 }',
      );
      return write;
    };
    const reserved = await writes(() => service.hears(order.reserved));
    const freed = await writes(() => service.hears(order.cancelled));
    expect(reserved?.docsExamined).toBe(1);
    expect(reserved?.keysDeleted).toBeGreaterThanOrEqual(2 * tokens);
    expect(reserved?.keysDeleted).toBeLessThanOrEqual(2 * tokens + 8);
    expect(freed?.keysInserted).toBeLessThanOrEqual(2 * tokens + 8);
    // From one hold to the next without being free in between costs next to nothing.
    await service.hears(anOrderOf(id, { holdSequence: 2 }).reserved);
    const sold = await writes(() => service.hears(anOrderOf(id, { holdSequence: 3 }).completed));
    expect((sold?.keysInserted ?? 99) + (sold?.keysDeleted ?? 99)).toBeLessThanOrEqual(8);
  });
});
