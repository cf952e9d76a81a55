import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testSessions } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { anOffer, type Person, sessions, startTickets, type TicketsService } from '../tickets-service.ts';

const OBJECT_ID = /^[0-9a-f]{24}$/;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

let service: TicketsService;
let seller: Person;
beforeAll(async () => {
  service = await startTickets();
  seller = service.somebody();
});
afterAll(() => service.end());

const create = (offer: object) => seller.post('/api/tickets', offer);

/** Posts a body exactly as it is written. */
const createRaw = (body: string, type = 'application/json') =>
  request(service.url)
    .post('/api/tickets')
    .set('Cookie', sessions.cookie(sessions.user()))
    .set('Content-Type', type)
    .send(body);

const codes = (body: { errors: { code: string; field?: string }[] }) =>
  body.errors.map(({ code, field }) => (field === undefined ? code : `${code} ${field}`));

describe('POST /api/tickets', () => {
  it('puts a ticket up for sale', async () => {
    const { status, body, headers } = await create({ title: 'Nils Frahm', price: 48.5 });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(OBJECT_ID),
      title: 'Nils Frahm',
      price: 48.5,
      currency: 'usd',
      userId: seller.id,
      version: 0,
      status: 'on sale',
    });
    expect(headers['cache-control']).toBe('no-store');
    expect((await service.visitor.get(`/api/tickets/${body.id}`)).body).toEqual(body);
  });

  it('takes a time with its zone, and a place', async () => {
    const { status, body } = await create(
      anOffer({ startsAt: '2099-05-01T20:00:00+02:00', place: ' Funkhaus Berlin ' }),
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ startsAt: '2099-05-01T18:00:00.000Z', place: 'Funkhaus Berlin' });
    expect((await service.visitor.get(`/api/tickets/${body.id}`)).body).toEqual(body);
  });

  it('keeps prices as integers in the store, never as floats', async () => {
    const { id } = await seller.sells({ price: 1.1 });
    const document = await service.deps.mongo.collection('tickets').findOne({ _id: new Types.ObjectId(id) });
    expect(document).toMatchObject({ price: { amount: 110, currency: 'usd' } });
  });

  it('asks who it is before it looks at the body', async () => {
    for (const body of ['{"title":"Nils Frahm","price":48}', '{', 'x'.repeat(20_000)]) {
      const answer = await request(service.url)
        .post('/api/tickets')
        .set('Content-Type', 'application/json')
        .send(body);
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({ errors: [{ message: 'Not signed in', code: 'not_signed_in' }] });
    }
  });

  it('knows no session of another key, and none that has run out', async () => {
    const user = sessions.user();
    const foreign = testSessions().cookie(user);
    for (const cookie of [foreign, sessions.cookie(user, -10), 'session=rubbish']) {
      await request(service.url).post('/api/tickets').set('Cookie', cookie).send(anOffer()).expect(401);
    }
  });

  it('refuses what another site sends with our visitor’s cookie', async () => {
    const answer = await create(anOffer()).set('Sec-Fetch-Site', 'cross-site');
    expect(answer.status).toBe(403);
    expect(codes(answer.body)).toEqual(['cross_site']);
  });

  it('refuses what is no JSON of a few fields', async () => {
    expect(await createRaw('{')).toMatchObject({ status: 400, body: { errors: [{ code: 'invalid_json' }] } });
    expect((await createRaw('"title"')).status).toBe(400);
    expect((await createRaw('null')).status).toBe(400);
    expect(codes((await createRaw('[{"title":"Nils Frahm","price":48}]')).body)).toEqual([
      'invalid_field title',
      'invalid_field price',
    ]);
    expect((await createRaw('title=Nils&price=48', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await createRaw(JSON.stringify(anOffer({ more: 'x'.repeat(20_000) })))).status).toBe(413);
  });

  it('says of every field what is wrong, at once', async () => {
    const { status, body } = await create({ title: '', price: 0, startsAt: 'soon', place: 'x'.repeat(201) });
    expect(status).toBe(400);
    expect(codes(body)).toEqual([
      'invalid_field title',
      'invalid_field price',
      'invalid_field startsAt',
      'invalid_field place',
    ]);
  });

  it('takes nothing else from the body', async () => {
    const { status, body } = await create(
      anOffer({
        id: 'f'.repeat(24),
        userId: 'f'.repeat(24),
        version: 7,
        status: 'sold',
        currency: 'eur',
        listed: false,
        orderId: 'f'.repeat(24),
        lock: { state: 'sold' },
        __proto__: { admin: true },
      }),
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ userId: seller.id, version: 0, status: 'on sale', currency: 'usd' });
    expect(body.id).not.toBe('f'.repeat(24));
    expect(Object.keys(body).sort()).toEqual([
      'currency',
      'id',
      'price',
      'status',
      'title',
      'userId',
      'version',
    ]);
  });
});

describe('a price', () => {
  it.each([
    ['0.50, the lowest', 0.5, 0.5],
    ['999,999.99, the highest', 999_999.99, 999_999.99],
    ['a whole number', 20, 20],
    ['one decimal', 19.9, 19.9],
    ['text of digits, as a form sends it', '19.99', 19.99],
    ['19.99, which no binary float is', 19.99, 19.99],
    ['1.005 × 100 pitfalls: 1.01', 1.01, 1.01],
    ['8.2 × 100 pitfalls: 8.20', '8.20', 8.2],
  ])('may be %s', async (_what, price, told) => {
    const { status, body } = await create(anOffer({ price }));
    expect([status, body.price]).toEqual([201, told]);
    expect((await service.visitor.get(`/api/tickets/${body.id}`)).body.price).toBe(told);
  });

  it.each([
    ['below 0.50', 0.49],
    ['0.4999', 0.4999],
    ['1,000,000', 1_000_000],
    ['999,999.991', 999_999.991],
    ['a third decimal', 19.999],
    ['a third decimal as text', '19.999'],
    ['negative', -1],
    ['nothing', 0],
    ['null, as JSON writes NaN', Number.NaN],
    ['an array', [19]],
    ['an exponent as text', '1e3'],
    ['an exponent', 1e21],
    ['the sum of 0.1 and 0.2', 0.1 + 0.2],
    ['a sign', '+5'],
    ['spaces', ' 5 '],
    ['hexadecimal', '0x10'],
    ['a comma', '5,00'],
    ['other digits', '٥٠'],
    ['true', true],
    ['an object', { $gt: 0 }],
    ['empty', ''],
    ['absent', undefined],
  ])('is refused: %s', async (_what, price) => {
    const { status, body } = await create({ title: 'Nils Frahm', price });
    expect(status).toBe(400);
    expect(body).toEqual({
      errors: [
        {
          message: 'Price must be from 0.50 to 999999.99, with at most two decimals',
          field: 'price',
          code: 'invalid_field',
        },
      ],
    });
  });

  it('is refused: NaN written into the body', async () => {
    const answer = await createRaw('{"title":"Nils Frahm","price":NaN}');
    expect([answer.status, codes(answer.body)]).toEqual([400, ['invalid_json']]);
  });
});

describe('a title', () => {
  it.each([
    ['is trimmed', '  Nils Frahm\t', 'Nils Frahm'],
    ['has one character at least', 'X', 'X'],
    ['has 200 at most', 'x'.repeat(200), 'x'.repeat(200)],
    ['may be 200 emoji', '🎸'.repeat(200), '🎸'.repeat(200)],
    ['may have families and flags', '👩‍👩‍👧‍👦 🇩🇪', '👩‍👩‍👧‍👦 🇩🇪'],
    ['may be of any script', '東京ドーム — Björk „Live“ — مهرجان', '東京ドーム — Björk „Live“ — مهرجان'],
    ['may look like a field of the store', '$seller', '$seller'],
    ['may look like an operator', '{"$gt":""}', '{"$gt":""}'],
    [
      'may look like HTML, which is for who shows it to escape',
      '<script>alert(1)</script>',
      '<script>alert(1)</script>',
    ],
    ['may have quotes and backslashes', '"\\\'', '"\\\''],
    ['may be a word of JavaScript', '__proto__', '__proto__'],
  ])('%s', async (_what, title, told) => {
    const { status, body } = await create({ title, price: 5 });
    expect([status, body.title]).toEqual([201, told]);
    expect((await service.visitor.get(`/api/tickets/${body.id}`)).body.title).toBe(told);
  });

  it.each([
    ['empty', ''],
    ['blank', '  \t '],
    ['201 characters', 'x'.repeat(201)],
    ['201 emoji', '🎸'.repeat(201)],
    ['a null character', 'Nils\u0000Frahm'],
    ['a line break', 'Nils\nFrahm'],
    ['an escape sequence', '\u001b[31mNils'],
    ['nothing to see', '\u200b\u200b'],
    ['text that turns around what follows', 'Nils\u202eFrahm'],
    ['half of an emoji', '\ud83c'],
    ['a joiner of Latin letters', 'Nils\u200dFrahm'],
    ['marks piled up', `Nils${'\u0301'.repeat(9)}`],
    ['an array', ['Nils']],
    ['a number', 7],
    ['an object', { $ne: null }],
    ['null', null],
    ['absent', undefined],
  ])('is refused: %s', async (_what, title) => {
    const { status, body } = await create({ title, price: 5 });
    expect([status, codes(body)]).toEqual([400, ['invalid_field title']]);
  });
});

describe('a time', () => {
  it.each([
    ['a moment ago', new Date(Date.now() - 1_000).toISOString()],
    ['long ago', '1999-01-01T00:00:00Z'],
    ['no zone', '2099-05-01T20:00:00'],
    ['no time', '2099-05-01'],
    ['30 February', '2099-02-30T20:00:00Z'],
    ['hour 25', '2099-05-01T25:00:00Z'],
    ['a zone that is none', '2099-05-01T20:00:00+99:00'],
    ['beyond the year 9999', '9999-12-31T23:59:59-01:00'],
    ['a year of five digits', '12099-05-01T20:00:00Z'],
    ['milliseconds since 1970', 4_080_000_000_000],
    ['an array', ['2099-05-01T20:00:00Z']],
    ['false', false],
  ])('is refused: %s', async (_what, startsAt) => {
    const { status, body } = await create(anOffer({ startsAt }));
    expect([status, codes(body)]).toEqual([400, ['invalid_field startsAt']]);
  });

  it.each([
    ['in a minute', new Date(Date.now() + 60_000).toISOString()],
    ['in a year', inDays(365).toISOString()],
    ['the last second there is', '9999-12-31T23:59:59.000Z'],
  ])('may be %s', async (_what, startsAt) => {
    const { status, body } = await create(anOffer({ startsAt }));
    expect([status, body.startsAt]).toEqual([201, startsAt]);
  });

  it.each([undefined, null, ''])('may be left out: %j', async (startsAt) => {
    const { status, body } = await create(anOffer({ startsAt, place: startsAt }));
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('startsAt');
    expect(body).not.toHaveProperty('place');
  });
});

describe('an Idempotency-Key', () => {
  it('makes creating safe to ask for twice, and says so with the first answer', async () => {
    const offer = anOffer({ title: 'Only once' });
    const ask = () => create(offer).set('Idempotency-Key', 'key-1');
    const first = await ask();
    expect(first.status).toBe(201);
    await seller.put(`/api/tickets/${first.body.id}`, anOffer({ title: 'Edited since' })).expect(200);
    const again = await ask();
    expect([again.status, again.body]).toEqual([201, first.body]);
    const own = await seller.get('/api/tickets?userId=me&q=only once');
    expect(own.body).toEqual([]);
  });

  it('creates one ticket however many ask at once', async () => {
    const offer = anOffer({ title: 'Pressed twenty times' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => create(offer).set('Idempotency-Key', 'key-2')),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await seller.get('/api/tickets?userId=me&q=pressed twenty')).body).toHaveLength(1);
  });

  it('is refused with another body, and is another seller’s own', async () => {
    await create(anOffer()).set('Idempotency-Key', 'key-3').expect(201);
    const other = await create(anOffer({ price: 49 })).set('Idempotency-Key', 'key-3');
    expect([other.status, codes(other.body)]).toEqual([400, ['idempotency_key_reused']]);
    await service.somebody().post('/api/tickets', anOffer()).set('Idempotency-Key', 'key-3').expect(201);
  });
});
