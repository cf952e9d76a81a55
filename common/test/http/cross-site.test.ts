import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { newId } from '../../src/testing/index.ts';
import { openShop } from './shop.ts';

type Headers = Readonly<Record<string, string>>;

const plain = openShop();
const proxied = openShop({ trustProxyHops: 1, secureCookie: true });

const status = async (
  shop: typeof plain,
  method: 'get' | 'head' | 'options' | 'post' | 'put' | 'delete',
  headers: Headers,
) => (await request(shop.app)[method](`/api/things/${newId()}`).set(headers)).status;

/** The address the browser asked, as the gateway hands it on. */
const forwarded = { Host: 'tickets:3000', 'X-Forwarded-Host': 'ticketing.dev', 'X-Forwarded-Proto': 'https' };
const direct = { Host: 'localhost:3000' };

/** 401 is what is said to somebody who passed the check and is not signed in. */
const PASSED = 401;

describe('a write', () => {
  it.each<[string, Headers]>([
    ['of no browser', {}],
    ['of our own page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost:3000' }],
    ['of our own page in an old browser', { Origin: 'http://localhost:3000' }],
    ['typed by the visitor', { 'Sec-Fetch-Site': 'none' }],
    ['of our own page without Origin', { 'Sec-Fetch-Site': 'same-origin' }],
  ])('%s passes', async (_what, headers) => {
    for (const method of ['put', 'delete'] as const) {
      expect(await status(plain, method, { ...direct, ...headers })).toBe(PASSED);
    }
  });

  it.each<[string, Headers]>([
    ['of another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://elsewhere.example' }],
    ['of another site without Origin', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of a subdomain', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://blog.localhost:3000' }],
    [
      'of a page that lies about where it is',
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://localhost:3000' },
    ],
    ['of another site in an old browser', { Origin: 'https://elsewhere.example' }],
    ['of another port', { Origin: 'http://localhost:3001' }],
    ['of no port', { Origin: 'http://localhost' }],
    ['of another scheme', { Origin: 'https://localhost:3000' }],
    ['of a name that begins like ours', { Origin: 'http://localhost:3000.elsewhere.example' }],
    ['of a frame without an origin', { Origin: 'null' }],
    ['of rubbish', { Origin: 'rubbish' }],
    ['of a browser that says something new', { 'Sec-Fetch-Site': 'Same-Origin' }],
    ['with our origin and another one', { Origin: 'http://localhost:3000, https://elsewhere.example' }],
    ['with the host in the name of the user', { Origin: 'http://localhost:3000@elsewhere.example' }],
  ])('%s is refused', async (_what, headers) => {
    for (const method of ['put', 'delete', 'post'] as const) {
      const answer = await request(plain.app)
        [method]('/api/things/x')
        .set({ ...direct, ...headers });
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({
        errors: [{ message: 'Requests from other sites are refused', code: 'cross_site' }],
      });
    }
  });

  it.each<[string, Headers]>([
    ['of our own page', { Origin: 'https://ticketing.dev', 'Sec-Fetch-Site': 'same-origin' }],
    ['of our own page, its port written out', { Origin: 'https://ticketing.dev:443' }],
    ['of no browser', {}],
  ])('%s passes behind the gateway', async (_what, headers) => {
    expect(await status(proxied, 'put', { ...forwarded, ...headers })).toBe(PASSED);
  });

  it.each<[string, Headers]>([
    ['of the address behind the gateway', { Origin: 'http://tickets:3000' }],
    ['of our name without TLS', { Origin: 'http://ticketing.dev' }],
    ['of another site', { Origin: 'https://elsewhere.example' }],
  ])('%s is refused behind the gateway', async (_what, headers) => {
    expect(await status(proxied, 'put', { ...forwarded, ...headers })).toBe(403);
  });

  it('is not judged by what just anybody says was the address', async () => {
    const headers = {
      Host: 'localhost:3000',
      'X-Forwarded-Host': 'elsewhere.example',
      Origin: 'http://elsewhere.example',
    };
    expect(await status(plain, 'put', headers)).toBe(403);
  });

  it('is refused before it is asked who sends it, and before its body is read', async () => {
    const answer = await request(plain.app)
      .post('/api/things')
      .set({ ...direct, Origin: 'https://elsewhere.example', 'Content-Type': 'application/json' })
      .set('Cookie', plain.cookie)
      .send('{');
    expect(answer.status).toBe(403);
  });
});

describe('a read', () => {
  it.each(['get', 'head', 'options'] as const)('by %s passes from anywhere', async (method) => {
    const headers = { ...direct, Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' };
    expect(await status(plain, method, headers)).toBe(method === 'options' ? 404 : 200);
  });

  it('is not made readable for another site', async () => {
    const answer = await request(plain.app).get('/api/me').set('Origin', 'https://elsewhere.example');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});
