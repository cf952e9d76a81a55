import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { newId } from '../../src/testing/index.ts';
import { openShop } from './shop.ts';

const { app, cookie, user } = openShop();

const offer = (given: object) =>
  request(app)
    .post('/api/things')
    .set('Cookie', cookie)
    .send({ title: 'Row 1', price: 20, ...given });

const offerText = (body: string, type = 'application/json') =>
  request(app).post('/api/things').set('Cookie', cookie).set('Content-Type', type).send(body);

describe('an offer', () => {
  it('is taken as it was meant', async () => {
    const ticketId = newId();
    const answer = await offer({
      title: '  Row 1 ',
      price: 19.99,
      ticketId: ticketId.toUpperCase(),
      startsAt: '2027-05-01T20:00:00+02:00',
      place: 'Gent',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      user,
      title: 'Row 1',
      price: 1_999,
      ticketId,
      startsAt: '2027-05-01T18:00:00.000Z',
      place: 'Gent',
    });
  });

  it('may leave out what is optional, or leave it blank as a form does', async () => {
    for (const blank of [
      {},
      { ticketId: null, startsAt: null, place: null },
      { startsAt: '', place: '  ' },
    ]) {
      const answer = await offer(blank);
      expect(answer.body).toEqual({ user, title: 'Row 1', price: 2_000 });
    }
  });

  it('keeps nothing that was not asked for', async () => {
    const answer = await offer({ userId: newId(), version: 7, status: 'sold', user: { id: newId() } });
    expect(answer.body).toEqual({ user, title: 'Row 1', price: 2_000 });
  });

  it('says of every wrong field what is wrong with it, once', async () => {
    const answer = await offer({ title: '', price: -1, ticketId: 'x', startsAt: 'soon', place: 'G' });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      errors: [
        { field: 'title', message: 'Title must have 1 to 20 characters', code: 'invalid_field' },
        {
          field: 'price',
          message: 'Price must be from 0.50 to 999999.99, with at most two decimals',
          code: 'invalid_field',
        },
        { field: 'ticketId', message: 'Ticket must be an id', code: 'invalid_field' },
        {
          field: 'startsAt',
          message: 'startsAt must be a date and time with a zone, like 2027-05-01T20:00:00+02:00',
          code: 'invalid_field',
        },
        { field: 'place', message: 'Place must have 2 to 20 characters', code: 'invalid_field' },
      ],
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a yes', true],
    ['a list', ['Row 1']],
    ['a list of lists', [['Row 1']]],
    ['an object', { $gt: '' }],
    ['an object that pretends', { toString: 'Row 1', length: 5 }],
    ['nothing but spaces', ' \t\n '],
    ['too much', 'x'.repeat(21)],
    ['21 emoji', '😀'.repeat(21)],
  ])('with %s for its title is refused', async (_what, title) => {
    const answer = await offer({ title });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { field: 'title', code: 'invalid_field', message: expect.stringMatching(/^Title (is|must)/) },
    ]);
  });

  it.each([['😀'.repeat(20)], ['Łódź — 8½ „Prélude“'], ['مرحبا'], ["Robert'); DROP TABLE"], ['<script>']])(
    'may be titled %s',
    async (title) => {
      expect((await offer({ title })).body).toMatchObject({ title });
    },
  );

  it.each([
    ['0.49'],
    [0.49],
    [1_000_000],
    [19.999],
    ['1e3'],
    ['abc'],
    [''],
    [null],
    [undefined],
    [[20]],
    [{ amount: 20 }],
    [true],
    [-20],
    [1e300],
  ])('for the price of %j is refused', async (price) => {
    const answer = await offer({ price });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ field: 'price', code: 'invalid_field' }]);
  });

  it.each([
    [0.5, 50],
    ['0.50', 50],
    [999_999.99, 99_999_999],
    [8.2, 820],
  ])('for the price of %j is one of %d cents', async (price, cents) => {
    expect((await offer({ price })).body).toMatchObject({ price: cents });
  });

  it.each([
    ['2027-05-01T20:00:00+02:00', '2027-05-01T18:00:00.000Z'],
    ['2027-05-01T20:00Z', '2027-05-01T20:00:00.000Z'],
    ['2028-02-29T20:00:00.123456Z', '2028-02-29T20:00:00.123Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('that starts at %s starts at %s', async (startsAt, utc) => {
    expect((await offer({ startsAt })).body).toMatchObject({ startsAt: utc });
  });

  it.each([
    ['2027-05-01'],
    ['2027-05-01T20:00'],
    ['2027-05-01T20:00:00'],
    ['2027-02-30T20:00:00Z'],
    ['2027-02-29T20:00:00Z'],
    ['2027-13-01T20:00:00Z'],
    ['2027-05-01T25:00:00Z'],
    ['2027-05-01T20:00:00+99:00'],
    ['+012027-05-01T20:00:00Z'],
    ['9999-12-31T23:59:59-14:00'],
    ['tomorrow'],
    [1_800_000_000_000],
    [{ $date: '2027-05-01T20:00:00Z' }],
    [['2027-05-01T20:00:00Z']],
    [false],
    [0],
  ])('that starts at %j is refused', async (startsAt) => {
    const answer = await offer({ startsAt });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ field: 'startsAt' }]);
  });

  it.each([[7], [false], [['aa', 'bb']], [{}]])('at the place %j is refused', async (place) => {
    expect((await offer({ place })).body.errors).toMatchObject([
      { field: 'place', message: 'Place must be text' },
    ]);
  });

  it.each([
    ['x'],
    [12],
    [['a'.repeat(24)]],
    [{ $ne: null }],
    ['g'.repeat(24)],
    ['a'.repeat(25)],
    [`${'a'.repeat(24)}\n`],
  ])('of the ticket %j is refused', async (ticketId) => {
    expect((await offer({ ticketId })).body.errors).toMatchObject([
      { field: 'ticketId', message: 'Ticket must be an id' },
    ]);
  });
});

describe('a body', () => {
  it.each(['{', '{"title":', 'not json', '{"title":"a"}}', '"text"', '7', 'null', "{'title': 'a'}"])(
    'that reads %s is not valid JSON',
    async (text) => {
      const answer = await offerText(text);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        errors: [{ message: 'The body is not valid JSON', code: 'invalid_json' }],
      });
    },
  );

  it.each(['[]', '[{"title":"a","price":20}]', '{}', '{"title":{"0":"a"},"price":[20]}'])(
    'that reads %s is said to lack what it lacks',
    async (text) => {
      const answer = await offerText(text);
      expect(answer.status).toBe(400);
      expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(['title', 'price']);
    },
  );

  it('that is missing is said to lack what it lacks', async () => {
    const answer = await request(app).post('/api/things').set('Cookie', cookie);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(['title', 'price']);
  });

  it('cannot change what every object is made of', async () => {
    const answer = await offerText(
      '{"title":"Row 1","price":20,"__proto__":{"admin":true,"place":"Gent"},"constructor":{"prototype":{"admin":true}}}',
    );
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ user, title: 'Row 1', price: 2_000 });
    expect('admin' in {}).toBe(false);
  });

  it('larger than 16 KiB is too large, packed or not, and refused before it is read', async () => {
    const large = JSON.stringify({ title: 'x'.repeat(17 * 1024), price: 20 });
    const packed = gzipSync(JSON.stringify({ title: 'x'.repeat(5 * 1024 * 1024) }));
    expect(packed.length).toBeLessThan(16 * 1024);
    const answers = [
      await offerText(large),
      await request(app)
        .post('/api/things')
        .set('Cookie', cookie)
        .set('Content-Type', 'application/json')
        .set('Content-Encoding', 'gzip')
        .serialize((body) => body)
        .send(packed),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(413);
      expect(answer.body).toEqual({ errors: [{ message: 'Body too large', code: 'body_too_large' }] });
    }
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
  ])('of the type %s is refused: a page of another site could send it', async (type) => {
    const answer = await offerText('{"title":"Row 1","price":20}', type);
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual({
      errors: [{ message: 'Send JSON with Content-Type: application/json', code: 'unsupported_media_type' }],
    });
  });

  it.each([
    ['encoding', 'Content-Encoding', 'compress'],
    ['charset', 'Content-Type', 'application/json; charset=koi8-r'],
  ])('in an %s nobody reads is refused', async (_what, header, value) => {
    const answer = await request(app)
      .post('/api/things')
      .set('Cookie', cookie)
      .set('Content-Type', 'application/json')
      .set(header, value)
      .send('{"title":"Row 1","price":20}');
    expect(answer.status).toBe(415);
    expect(answer.body.errors).toEqual([{ message: 'Unsupported encoding', code: 'unsupported_media_type' }]);
  });
});

describe('somebody who is not signed in', () => {
  let server: http.Server;
  let port: number;

  beforeAll(async () => {
    server = http.createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['malformed', '{'],
    ['wrong', '{"title":""}'],
    ['of another type', 'title=a'],
    ['right', '{"title":"Row 1","price":20}'],
  ])('hears of that, whatever is wrong with the body (%s)', async (what, text) => {
    const answer = await request(app)
      .post('/api/things')
      .set('Content-Type', what === 'of another type' ? 'text/plain' : 'application/json')
      .send(text);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ errors: [{ message: 'Not signed in', code: 'not_signed_in' }] });
  });

  it('hears of it before the body has come, however large it says it will be', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asking = http.request({
        port,
        method: 'POST',
        path: '/api/things',
        headers: { 'Content-Type': 'application/json', 'Content-Length': 10 * 1024 * 1024 * 1024 },
      });
      asking.on('error', reject);
      asking.on('response', (response) => {
        resolve(response.statusCode);
        asking.destroy();
      });
      asking.write('{"title":"');
    });
    expect(status).toBe(401);
  });

  it('hears of it before the id of the path is looked at', async () => {
    expect((await request(app).put('/api/things/nonsense').send({})).status).toBe(401);
    expect((await request(app).put('/api/things/nonsense').set('Cookie', cookie).send({})).status).toBe(404);
  });
});

describe('a path', () => {
  it.each(['nonsense', 'x'.repeat(24), '1', '%00', `${newId()}0`, 'constructor', `${newId()}%0a`])(
    'with the id %s leads nowhere',
    async (id) => {
      const answer = await request(app).get(`/api/things/${id}`);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ errors: [{ message: 'Thing not found', code: 'not_found' }] });
    },
  );

  it('may name an id in capitals', async () => {
    const id = newId();
    expect((await request(app).get(`/api/things/${id.toUpperCase()}`)).body).toEqual({ id });
  });

  it('that cannot be decoded is a bad request', async () => {
    const answer = await request(app).get('/api/things/%E0%A4%A');
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ errors: [{ message: 'Bad request' }] });
  });
});

describe('a query', () => {
  const list = (search: string) => request(app).get(`/api/things${search}`);

  it.each([
    ['', { limit: 24 }],
    ['?limit=', { limit: 24 }],
    ['?limit=1', { limit: 1 }],
    ['?limit=100&sort=price', { limit: 100, sort: 'price' }],
    ['?sort=', { limit: 24 }],
    ['?unknown=1&__proto__[x]=1', { limit: 24 }],
  ])('%s is understood', async (search, meant) => {
    const answer = await list(search);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(meant);
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=-1', 'limit'],
    ['?limit=1.5', 'limit'],
    ['?limit=1e1', 'limit'],
    ['?limit=ten', 'limit'],
    ['?limit=1&limit=2', 'limit'],
    ['?sort=stolen', 'sort'],
    ['?sort=price&sort=newest', 'sort'],
    ['?sort=Price', 'sort'],
    ['?sort=toString', 'sort'],
  ])('%s is refused', async (search, field) => {
    const answer = await list(search);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ field, code: 'invalid_field' }]);
  });

  it('with brackets means nothing more than its letters', async () => {
    expect((await list('?limit[$gt]=1&sort[]=price')).body).toEqual({ limit: 24 });
  });
});
