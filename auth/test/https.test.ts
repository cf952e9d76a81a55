import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, serviceMetrics } from '@ticketing/common/service';
import { type TestDatabase, testDatabase } from '@ticketing/common/testing';
import request from 'supertest';
import { auth } from '../src/app.ts';
import { GOOD_PASSWORD, HOUR, movableClock, quickHasher, settings } from './front-desk.ts';

const clock = movableClock();
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

/** The service behind so many proxies that it trusts, with Secure cookies as in production. */
const behind = async (hops: number) => {
  const { app } = auth(
    {
      mongo: database.mongo,
      clock,
      logger: createLogger('auth', 'silent'),
      metrics: serviceMetrics('auth'),
    },
    settings({ COOKIE_SECURE: true, TRUST_PROXY_HOPS: hops }),
    quickHasher(),
  );
  if (app === undefined) throw new Error('auth has no app');
  await database.buildIndexes();
  return app;
};

const users = (email: string) => database.mongo.collection('users').countDocuments({ email });

describe('behind a proxy that ends TLS', () => {
  it('hands out a cookie that only https carries, and that no other host of the domain can set', async () => {
    const app = await behind(1);
    const { headers } = await request(app)
      .post('/api/users/signup')
      .set('X-Forwarded-Proto', 'https')
      .send({ email: 'tls@example.com', password: GOOD_PASSWORD })
      .expect(201);
    expect(headers['set-cookie']).toHaveLength(1);
    const [line = ''] = headers['set-cookie'] ?? [];
    expect(line).toMatch(/^__Host-session=[^;]+; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/);
    expect(line).not.toMatch(/domain=/i);
    const [cookie = ''] = line.split(';');

    const current = () =>
      request(app).get('/api/users/currentuser').set('X-Forwarded-Proto', 'https').set('Cookie', cookie);
    expect((await current()).body.currentUser).toMatchObject({ email: 'tls@example.com' });
    const out = await request(app)
      .post('/api/users/signout')
      .set('X-Forwarded-Proto', 'https')
      .set('Cookie', cookie)
      .expect(200);
    expect(out.headers['set-cookie']?.[0]).toMatch(/^__Host-session=; .*secure/);
    expect((await current()).body.currentUser).toBeNull();
  });

  it('does not take the plain cookie, which any page on plain http could have set', async () => {
    const app = await behind(1);
    const signedUp = await request(app)
      .post('/api/users/signup')
      .set('X-Forwarded-Proto', 'https')
      .send({ email: 'plain@example.com', password: GOOD_PASSWORD });
    const cookie = String(signedUp.headers['set-cookie']?.[0]).split(';')[0]?.replace('__Host-', '') ?? '';
    const { body } = await request(app)
      .get('/api/users/currentuser')
      .set('X-Forwarded-Proto', 'https')
      .set('Cookie', cookie);
    expect(body.currentUser).toBeNull();
  });
});

describe('where a Secure cookie would never arrive', () => {
  const httpsRequired = { errors: [{ message: 'Signing in needs https', code: 'https_required' }] };

  it.each([
    ['on plain http', 1, {}],
    ['behind a proxy that it was not told to trust', 0, { 'X-Forwarded-Proto': 'https' }],
  ])(
    '%s it says so, instead of signing up somebody who then is not signed in',
    async (_where, hops, headers) => {
      const app = await behind(hops);
      for (const path of ['/api/users/signup', '/api/users/signin']) {
        const { status, body } = await request(app)
          .post(path)
          .set(headers)
          .send({ email: 'lost@example.com', password: GOOD_PASSWORD });
        expect([status, body]).toEqual([400, httpsRequired]);
      }
      expect(await users('lost@example.com')).toBe(0);
    },
  );

  it('says so where it would have to renew or take away a cookie, and leaves the session as it was', async () => {
    const app = await behind(1);
    const signedUp = await request(app)
      .post('/api/users/signup')
      .set('X-Forwarded-Proto', 'https')
      .send({ email: 'halfway@example.com', password: GOOD_PASSWORD });
    const [cookie = ''] = String(signedUp.headers['set-cookie']?.[0]).split(';');
    const current = () => request(app).get('/api/users/currentuser').set('Cookie', cookie);

    // Nothing to renew yet: who is here can be told on any connection.
    expect((await current()).body.currentUser).toMatchObject({ email: 'halfway@example.com' });
    clock.advance(HOUR);
    const renewing = await current();
    expect([renewing.status, renewing.body]).toEqual([400, httpsRequired]);
    const leaving = await request(app).post('/api/users/signout').set('Cookie', cookie);
    expect([leaving.status, leaving.body]).toEqual([400, httpsRequired]);

    const { body } = await current().set('X-Forwarded-Proto', 'https');
    expect(body.currentUser).toMatchObject({ email: 'halfway@example.com' });
  });
});
