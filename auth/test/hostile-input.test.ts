import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import type { ServiceDeps } from '@ticketing/common/service';
import { createLogger, serviceMetrics } from '@ticketing/common/service';
import { type TestDatabase, testDatabase } from '@ticketing/common/testing';
import request from 'supertest';
import { auth } from '../src/app.ts';
import { cookieOf, GOOD_PASSWORD, quickHasher, settings } from './front-desk.ts';

type App = NonNullable<ReturnType<typeof auth>['app']>;

let database: TestDatabase;
let app: App;

beforeAll(async () => {
  database = await testDatabase();
  const deps: Pick<ServiceDeps, 'mongo' | 'clock' | 'logger' | 'metrics'> = {
    mongo: database.mongo,
    clock: systemClock,
    logger: createLogger('auth', 'silent'),
    metrics: serviceMetrics('auth'),
  };
  const parts = auth(deps, settings(), quickHasher());
  if (parts.app === undefined) throw new Error('auth has no app');
  app = parts.app;
  await database.buildIndexes();
  await request(app)
    .post('/api/users/signup')
    .send({ email: 'ada@example.com', password: GOOD_PASSWORD })
    .expect(201);
});
afterAll(() => database.end());

const doors = ['/api/users/signup', '/api/users/signin'] as const;

describe.each(doors)('%s', (path) => {
  it.each([
    ['an operator of the database', { $gt: '' }],
    ['another operator', { $ne: null }],
    ['a regular expression', { $regex: '.*' }],
    ['a list', ['ada@example.com']],
    ['a list in a list', [['ada@example.com']]],
    ['a number', 1],
    ['true', true],
    ['null', null],
    ['nothing', undefined],
    ['an object that looks like text', { toString: 'ada@example.com', length: 10 }],
  ])('takes no email that is %s', async (_what, email) => {
    const { status, body } = await request(app).post(path).send({ email, password: GOOD_PASSWORD });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      {
        message: expect.stringMatching(/^Email (is required|must be text)$/),
        field: 'email',
        code: 'invalid_field',
      },
    ]);
  });

  it.each([
    ['an operator of the database', { $gt: '' }],
    ['a list', [GOOD_PASSWORD]],
    ['a number', 12_345_678_901],
    ['false', false],
    ['null', null],
    ['nothing', undefined],
  ])('takes no password that is %s', async (_what, password) => {
    const { status, body } = await request(app).post(path).send({ email: 'new@example.com', password });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      {
        message: expect.stringMatching(/^Password (is required|must be text)$/),
        field: 'password',
        code: 'invalid_field',
      },
    ]);
  });

  it.each([
    ['no body', ''],
    ['an empty object', '{}'],
    ['a list', '[]'],
    ['a list of accounts', JSON.stringify([{ email: 'ada@example.com', password: GOOD_PASSWORD }])],
  ])('asks for both fields when it gets %s', async (_what, sent) => {
    const { status, body } = await request(app).post(path).set('Content-Type', 'application/json').send(sent);
    expect(status).toBe(400);
    expect(body.errors.map((line: { field: string }) => line.field)).toEqual(['email', 'password']);
  });

  it.each(['{"email":', 'null', '"ada@example.com"', '{"email":"ada@example.com",}', '\u0000'])(
    'says that %j is not JSON it can use',
    async (sent) => {
      const { status, body } = await request(app)
        .post(path)
        .set('Content-Type', 'application/json')
        .send(sent);
      expect(status).toBe(400);
      expect(body.errors[0].code).toBe('invalid_json');
    },
  );

  it('takes JSON only', async () => {
    const form = await request(app)
      .post(path)
      .type('form')
      .send({ email: 'ada@example.com', password: GOOD_PASSWORD });
    expect(form.status).toBe(415);
    expect(form.body.errors[0].code).toBe('unsupported_media_type');
    const plain = await request(app).post(path).set('Content-Type', 'text/plain').send('{}');
    expect(plain.status).toBe(415);
  });

  it('does not read a huge body to its end', async () => {
    const { status, body } = await request(app)
      .post(path)
      .send({ email: 'ada@example.com', password: 'x'.repeat(100_000) });
    expect(status).toBe(413);
    expect(body.errors[0].code).toBe('body_too_large');
  });

  it('leaves out what it did not ask for', async () => {
    const sent = `{"email":"extra-${doors.indexOf(path)}@example.com","password":"${GOOD_PASSWORD}",
      "id":"000000000000000000000000","role":"admin","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}`;
    const { body } = await request(app).post(path).set('Content-Type', 'application/json').send(sent);
    expect(body.id).not.toBe('000000000000000000000000');
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
    const stored = await database.mongo
      .collection('users')
      .find({ role: { $exists: true } })
      .toArray();
    expect(stored).toEqual([]);
  });

  it('is refused to the page of another site, whatever it holds', async () => {
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }]) {
      const { status, body } = await request(app)
        .post(path)
        .set(headers)
        .send({ email: 'ada@example.com', password: GOOD_PASSWORD });
      expect(status).toBe(403);
      expect(body.errors[0].code).toBe('cross_site');
    }
  });
});

describe('a cookie that is not ours', () => {
  let strangers = 0;
  const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  it.each([
    ['no base64 at all', '%%%'],
    ['base64 of no JSON', Buffer.from('hello').toString('base64')],
    ['null', json(null)],
    ['a list', json([1])],
    ['text', json('jwt')],
    ['an object in the place of the token', cookieOf({ $gt: '' })],
    ['a number in the place of the token', cookieOf(1)],
    ['text that is no token', cookieOf('a.b.c')],
    ['a very long token', cookieOf('x'.repeat(3000))],
    ['names of JavaScript', json({ __proto__: null, constructor: 1, jwt: 'x', isChanged: true })],
  ])('means nobody, when it holds %s', async (_what, cookie) => {
    const asked = await request(app).get('/api/users/currentuser').set('Cookie', `session=${cookie}`);
    expect(asked.status).toBe(200);
    expect(asked.body).toEqual({ currentUser: null });
    await request(app).post('/api/users/signout').set('Cookie', `session=${cookie}`).expect(200, {});
    await request(app)
      .post('/api/users/signin')
      .set('Cookie', `session=${cookie}`)
      .send({ email: 'ada@example.com', password: GOOD_PASSWORD })
      .expect(200);
    strangers += 1;
    await request(app)
      .post('/api/users/signup')
      .set('Cookie', `session=${cookie}`)
      .send({ email: `stranger-${strangers}@example.com`, password: GOOD_PASSWORD })
      .expect(201);
  });
});

describe('what there is not', () => {
  it.each([
    ['get', '/api/users'],
    ['get', '/api/users/signup'],
    ['delete', '/api/users/currentuser'],
    ['post', '/api/users/currentuser'],
  ] as const)('answers %s %s with 404', async (method, path) => {
    const { status, body } = await request(app)[method](path);
    expect(status).toBe(404);
    expect(body.errors[0].code).toBe('not_found');
  });
});
