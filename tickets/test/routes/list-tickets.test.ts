import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeCursor } from '@ticketing/common/pages';
import { newId } from '@ticketing/common/testing';
import request from 'supertest';
import type { TicketAnswer } from '../../src/answer.ts';
import { anOffer, anOrderOf, type Person, startTickets, type TicketsService } from '../tickets-service.ts';

let service: TicketsService;
let seller: Person;
beforeAll(async () => {
  service = await startTickets();
  seller = service.somebody();
});
afterAll(() => service.end());

const titles = (tickets: readonly TicketAnswer[]) => tickets.map(({ title }) => title);

/** Words no other ticket of this file has, so that a search finds what one test has made. */
let words = 0;
const aWord = () => {
  words += 1;
  return `word${String(words).padStart(3, '0')}x`;
};

/** Lists with parameters as they are; `q` finds what a test has made. */
const list = (parameters: Record<string, string>, somebody: Person = service.visitor) =>
  somebody.get(`/api/tickets?${new URLSearchParams(parameters)}`);

const nextOf = (headers: Record<string, string>): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];

/** Every page, from the first to the last. */
const pages = async (path: string, somebody: Person = service.visitor) => {
  const all: TicketAnswer[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, body, headers }: request.Response = await somebody.get(next);
    expect(status).toBe(200);
    all.push(body);
    // A list that goes round in circles never ends.
    expect(all.length).toBeLessThan(200);
    next = nextOf(headers);
  }
  return all;
};

describe('GET /api/tickets', () => {
  it('lists what is on sale, newest first, to anybody', async () => {
    const word = aWord();
    const first = await seller.sells({ title: `${word} first` });
    const second = await service.somebody().sells({ title: `${word} second`, place: 'Funkhaus' });
    for (const somebody of [service.visitor, seller]) {
      const { status, body, headers } = await list({ q: word }, somebody);
      expect([status, body]).toEqual([200, [second, first]]);
      expect(headers).not.toHaveProperty('link');
    }
    expect((await service.visitor.get('/api/tickets')).body.slice(0, 2)).toEqual([second, first]);
  });

  it('leaves out what is reserved, sold or withdrawn, and shows again what is free again', async () => {
    const word = aWord();
    const [free, reserved, sold, withdrawn, freed] = await Promise.all(
      ['free', 'reserved', 'sold', 'withdrawn', 'freed'].map((title) =>
        seller.sells({ title: `${word} ${title}` }),
      ),
    );
    if (!(free && reserved && sold && withdrawn && freed)) throw new Error('not sold');
    await seller.delete(`/api/tickets/${withdrawn.id}`);
    const letGo = anOrderOf(freed.id);
    await service.hears(anOrderOf(reserved.id).reserved, anOrderOf(sold.id).completed, letGo.reserved);
    expect(titles((await list({ q: word })).body)).toEqual([`${word} free`]);
    await service.hears(letGo.cancelled);
    expect(titles((await list({ q: word })).body).sort()).toEqual([`${word} free`, `${word} freed`]);
  });

  it('knows each of its parameters, and refuses what they cannot be', async () => {
    const wrong: [string, string][] = [
      ['sort=cheap', 'sort'],
      ['sort=price&sort=newest', 'sort'],
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=1.5', 'limit'],
      ['limit=1e1', 'limit'],
      ['limit=all', 'limit'],
      ['limit=1&limit=2', 'limit'],
      [`q=${'x'.repeat(101)}`, 'q'],
      ['q=a b c d e f g h i', 'q'],
      ['q=a&q=b', 'q'],
      ['userId=somebody', 'userId'],
      ['userId=me&userId=me', 'userId'],
      ['seller=me', 'seller'],
      [`seller=${'a'.repeat(23)}`, 'seller'],
      [`seller=${'a'.repeat(25)}`, 'seller'],
      [`seller=${'g'.repeat(24)}`, 'seller'],
      [`seller=${newId()}&seller=${newId()}`, 'seller'],
      [`seller=${newId()}&userId=me`, 'seller'],
      [`cursor=${'x'.repeat(513)}`, 'cursor'],
      ['cursor=a&cursor=b', 'cursor'],
    ];
    for (const [parameters, field] of wrong) {
      const { status, body, headers } = await service.visitor.get(`/api/tickets?${parameters}`);
      expect([parameters, status, body.errors]).toEqual([
        parameters,
        400,
        [{ message: expect.any(String), field, code: 'invalid_field' }],
      ]);
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('passes over parameters it does not know, and empty ones', async () => {
    const word = aWord();
    const ticket = await seller.sells({ title: word });
    for (const more of ['utm_source=mail', 'q[$ne]=x', 'sort=', 'cursor=', 'limit=', 'userId=']) {
      expect((await service.visitor.get(`/api/tickets?q=${word}&${more}`)).body).toEqual([ticket]);
    }
    const everything = (await service.visitor.get('/api/tickets')).body;
    for (const blank of ['q=', 'q=%20%20', 'q[$regex]=.*']) {
      expect((await service.visitor.get(`/api/tickets?${blank}`)).body).toEqual(everything);
    }
  });
});

describe('sorting', () => {
  it('goes by age or by price, and tells equal prices apart by age', async () => {
    const word = aWord();
    const offers: [string, number][] = [
      ['a', 20],
      ['b', 10],
      ['c', 20],
      ['d', 9.99],
      ['e', 20],
    ];
    for (const [name, price] of offers) await seller.sells({ title: `${word} ${name}`, price });
    const sorted = async (sort: string, own = false) => {
      const { body } = await list({ q: word, sort, ...(own ? { userId: 'me' } : {}) }, seller);
      return titles(body).map((title) => title.slice(-1));
    };
    for (const own of [false, true]) {
      expect(await sorted('newest', own)).toEqual(['e', 'd', 'c', 'b', 'a']);
      expect(await sorted('price', own)).toEqual(['d', 'b', 'e', 'c', 'a']);
      expect(await sorted('-price', own)).toEqual(['a', 'c', 'e', 'b', 'd']);
    }
  });
});

describe('a search', () => {
  let ticket: TicketAnswer;
  beforeAll(async () => {
    ticket = await seller.sells({
      title: 'Señor Coconut: Autobahn ’27 — Großes Konzert!',
      place: 'Kraftwerk, Köln',
    });
    await seller.sells({ title: '東京スカパラダイスオーケストラ' });
  });

  it.each([
    ['a word', 'coconut'],
    ['words in any order', 'konzert coconut senor'],
    ['a word of the title and one of the place', 'coconut kraftwerk'],
    ['the beginning of the last word', 'senor coc'],
    ['a single letter', 'coconut k'],
    ['any case', 'COCONUT'],
    ['no accents', 'senor koln'],
    ['accents', 'Señor Köln'],
    ['ß and ss alike', 'grosses konzert'],
    ['a number', '27'],
    ['signs around', '"Señor" (Coconut) -- !'],
    ['words twice', 'coconut coconut'],
    ['8 words', 'senor coconut autobahn 27 großes konzert kraftwerk köln'],
  ])('finds a ticket by %s', async (_how, q) => {
    expect((await list({ q })).body).toEqual([ticket]);
    expect((await list({ q, userId: 'me' }, seller)).body).toEqual([ticket]);
  });

  it.each([
    ['a word that is not there', 'coconut kiwi'],
    ['the beginning of a word that is not the last', 'coco senor'],
    ['the middle of a word', 'oconut'],
    ['a regular expression', 'c.*t'],
    ['a regular expression of anything', '.*'],
    ['an operator', '$regex'],
    ['only signs', '!!! — ???'],
    ['an emoji', '🥥'],
    ['a null character', 'coco\u0000nut'],
    ['a space without a width', '\u200b'],
    ['a filler of Hangul', '\u3164'],
    ['100 characters of no word', 'x'.repeat(100)],
  ])('does not find it by %s', async (_how, q) => {
    const { status, body } = await list({ q });
    expect([status, body]).toEqual([200, []]);
  });

  it('finds a title in a script without spaces by its beginning', async () => {
    expect(titles((await list({ q: '東京スカ' })).body)).toEqual(['東京スカパラダイスオーケストラ']);
    expect((await list({ q: 'スカ' })).body).toEqual([]);
  });
});

describe('one’s own tickets', () => {
  it('are there in any state, newest first, and only one’s own', async () => {
    const somebody = service.somebody();
    const [onSale, reserved, sold, withdrawn] = [
      await somebody.sells(),
      await somebody.sells(),
      await somebody.sells(),
      await somebody.sells(),
    ];
    await somebody.delete(`/api/tickets/${withdrawn.id}`);
    await service.hears(anOrderOf(reserved.id).reserved, anOrderOf(sold.id).completed);
    const { body } = await somebody.get('/api/tickets?userId=me');
    expect(body.map(({ id, status }: TicketAnswer) => [id, status])).toEqual([
      [withdrawn.id, 'withdrawn'],
      [sold.id, 'sold'],
      [reserved.id, 'reserved'],
      [onSale.id, 'on sale'],
    ]);
    expect((await service.somebody().get('/api/tickets?userId=me')).body).toEqual([]);
  });

  it('are for the signed in', async () => {
    const { status, body } = await service.visitor.get('/api/tickets?userId=me');
    expect([status, body]).toEqual([401, { errors: [{ message: 'Not signed in', code: 'not_signed_in' }] }]);
  });

  it('come in pages as well, in every order', async () => {
    const somebody = service.somebody();
    const made = [];
    for (let index = 0; index < 7; index += 1) made.push(await somebody.sells({ price: 10 + (index % 2) }));
    for (const sort of ['newest', 'price', '-price']) {
      const all = (await pages(`/api/tickets?userId=me&limit=2&sort=${sort}`, somebody)).flat();
      expect(all.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort());
    }
  });
});

describe('what a seller sells now', () => {
  it('is there for everybody, newest first: on sale, and of nobody else', async () => {
    const somebody = service.somebody();
    const first = await somebody.sells();
    const [reserved, sold, withdrawn] = [
      await somebody.sells(),
      await somebody.sells(),
      await somebody.sells(),
    ];
    const last = await somebody.sells({ startsAt: '2099-05-01T18:00:00.000Z' });
    await seller.sells();
    await somebody.delete(`/api/tickets/${withdrawn.id}`);
    await service.hears(anOrderOf(reserved.id).reserved, anOrderOf(sold.id).completed);
    for (const person of [service.visitor, seller, somebody]) {
      const { body, headers } = await list({ seller: somebody.id.toUpperCase() }, person);
      expect(body).toEqual([last, first]);
      expect(headers['cache-control']).toBe('public, no-cache');
    }
    expect((await list({ seller: newId() })).body).toEqual([]);
  });

  it('can be searched, and comes in pages in every order', async () => {
    const somebody = service.somebody();
    const word = aWord();
    for (let index = 0; index < 7; index += 1) {
      await somebody.sells({ title: index === 6 ? 'Other' : word, price: 10 + (index % 2) });
    }
    await seller.sells({ title: word });
    for (const [sort, prices] of [
      ['newest', [11, 10, 11, 10, 11, 10]],
      ['price', [10, 10, 10, 11, 11, 11]],
      ['-price', [11, 11, 11, 10, 10, 10]],
    ] as const) {
      const path = `/api/tickets?seller=${somebody.id}&sort=${sort}&limit=2`;
      const found = (await pages(`${path}&q=${word}`)).flat();
      expect(found.map(({ price }) => price)).toEqual(prices);
      expect(new Set((await pages(path)).flat().map(({ id }) => id)).size).toBe(7);
    }
  });
});

describe('what browsers and proxies may keep', () => {
  it('is the list that everybody gets, if they ask whether it is still right', async () => {
    const word = aWord();
    const path = `/api/tickets?q=${word}`;
    const { headers } = await service.visitor.get(path);
    expect(headers['cache-control']).toBe('public, no-cache');
    // Nobody’s cookie may be in what a proxy keeps.
    for (const somebody of [service.visitor, seller]) {
      expect((await somebody.get(path)).headers).not.toHaveProperty('set-cookie');
    }
    const conditional = (etag: string) => service.visitor.get(path).set('If-None-Match', etag);
    const unchanged = await conditional(String(headers.etag));
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);

    const { id } = await seller.sells({ title: word });
    const added = await conditional(String(headers.etag));
    expect([added.status, added.body.length]).toEqual([200, 1]);
    await conditional(String(added.headers.etag)).expect(304);

    await seller.put(`/api/tickets/${id}`, anOffer({ title: word, price: 49 }));
    const edited = await conditional(String(added.headers.etag));
    expect([edited.status, edited.body[0].price]).toEqual([200, 49]);

    await service.hears(anOrderOf(id).reserved);
    const reserved = await conditional(String(edited.headers.etag));
    expect([reserved.status, reserved.body]).toEqual([200, []]);
  });

  it('is right also where only the next page has come', async () => {
    const word = aWord();
    await seller.sells({ title: word, price: 1 });
    const path = `/api/tickets?q=${word}&sort=price&limit=1`;
    const before = await service.visitor.get(path);
    expect(before.headers).not.toHaveProperty('link');
    await seller.sells({ title: word, price: 2 });
    const after = await service.visitor.get(path).set('If-None-Match', String(before.headers.etag));
    expect([after.status, after.body]).toEqual([200, before.body]);
    expect(after.headers.link).toContain('rel="next"');
  });

  it('is never a list of one’s own', async () => {
    const { headers } = await seller.get('/api/tickets?userId=me');
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is asked for by HEAD without sending it', async () => {
    const answer = await request(service.url).head('/api/tickets?limit=1');
    expect([answer.status, answer.text]).toEqual([200, undefined]);
    expect(answer.headers.etag).toBeDefined();
  });
});

describe('pages', () => {
  it('have 24 tickets, or as many as asked for, 1 to 100, and a link to the next', async () => {
    const word = aWord();
    const made = await Promise.all(
      Array.from({ length: 102 }, (_, index) => seller.sells({ title: word, price: 5 + (index % 3) })),
    );
    const sizes = async (parameters: string) =>
      (await pages(`/api/tickets?q=${word}${parameters}`)).map(({ length }) => length);
    expect(await sizes('')).toEqual([24, 24, 24, 24, 6]);
    expect(await sizes('&limit=100')).toEqual([100, 2]);
    expect(await sizes('&limit=51')).toEqual([51, 51]);
    const ids = made
      .map(({ id }) => id)
      .sort()
      .reverse();
    for (const limit of ['7', '100']) {
      const all = (await pages(`/api/tickets?q=${word}&limit=${limit}`)).flat();
      expect(all.map(({ id }) => id)).toEqual(ids);
    }
    for (const sort of ['price', '-price']) {
      const whole = (await pages(`/api/tickets?q=${word}&limit=100&sort=${sort}`)).flat();
      const parts = (await pages(`/api/tickets?q=${word}&limit=11&sort=${sort}`)).flat();
      expect(parts).toEqual(whole);
      const prices = whole.map(({ price }) => price);
      expect(prices).toEqual([...prices].sort((a, b) => (sort === 'price' ? a - b : b - a)));
    }
  }, 60_000);

  it('keep what was asked for in the link, which is relative', async () => {
    const word = `${aWord()} ü&=#`;
    await Promise.all([1, 2].map(() => seller.sells({ title: word })));
    const { headers } = await list({ q: word, sort: '-price', limit: '1' });
    const next = new URL(String(nextOf(headers)), 'http://host');
    expect(next.host).toBe('host');
    expect(Object.fromEntries(next.searchParams)).toEqual({
      q: word,
      sort: '-price',
      limit: '1',
      cursor: expect.stringMatching(/^[\w-]+$/),
    });
    expect((await service.visitor.get(String(nextOf(headers)))).body).toHaveLength(1);
  });

  it('begin at no cursor but their own list’s', async () => {
    const word = aWord();
    await Promise.all([1, 2, 3].map(() => seller.sells({ title: word })));
    const cursorOf = async (parameters: Record<string, string>) => {
      const { headers } = await list({ limit: '1', ...parameters }, seller);
      return new URL(String(nextOf(headers)), 'http://host').searchParams.get('cursor') ?? '';
    };
    const of = {
      newest: await cursorOf({ q: word }),
      price: await cursorOf({ q: word, sort: 'price' }),
      everything: await cursorOf({}),
      own: await cursorOf({ q: word, userId: 'me' }),
      seller: await cursorOf({ q: word, seller: seller.id }),
    };
    expect(new Set(Object.values(of)).size).toBe(5);
    expect((await list({ q: word, cursor: of.seller, seller: seller.id })).body).toHaveLength(2);
    expect((await list({ q: word, cursor: of.newest })).body).toHaveLength(2);
    // A page size of its own is no other list.
    expect((await list({ q: word, cursor: of.newest, limit: '1' })).body).toHaveLength(1);

    const [name = '', id = '', price = 0] = JSON.parse(Buffer.from(of.newest, 'base64url').toString());
    const forged = [
      of.price,
      of.everything,
      of.own,
      of.seller,
      'nonsense',
      'e30',
      'bnVsbA',
      encodeCursor([]),
      encodeCursor([name, id]),
      encodeCursor([name, id, price, 1]),
      encodeCursor(['newest', id, price]),
      encodeCursor([name, 'nonsense', price]),
      encodeCursor([name, id, 1.5]),
      encodeCursor([name, id, '4800']),
      Buffer.from(JSON.stringify([name, { $gt: '' }, price])).toString('base64url'),
      Buffer.from(JSON.stringify([name, id, { $gt: 0 }])).toString('base64url'),
      Buffer.from(`["${name}","${id}",1e999]`).toString('base64url'),
    ];
    for (const cursor of forged) {
      const { status, body } = await list({ q: word, cursor });
      expect([cursor, status, body.errors?.[0]]).toEqual([
        cursor,
        400,
        {
          message: 'cursor is not one that a page of this list gave',
          field: 'cursor',
          code: 'invalid_cursor',
        },
      ]);
    }
    // Made by hand, but a place in this very list: as good as any.
    expect((await list({ q: word, cursor: encodeCursor([name, 'f'.repeat(24), -1]) })).body).toHaveLength(3);
  });
});
