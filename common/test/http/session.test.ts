import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import {
  endedSessionCookieName,
  type Jwks,
  jwksSchema,
  SESSION_AUDIENCE,
  SESSION_ISSUER,
  sessionCookieName,
  sessionVerifier,
} from '../../src/http/index.ts';
import { newId, readableCookies, testSessions } from '../../src/testing/index.ts';
import { openShop } from './shop.ts';

const HOUR = 60 * 60;

const aKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicJwk = (kid: string, key = aKey()) => ({ ...key.publicKey.export({ format: 'jwk' }), kid });

/** A key of auth's, and tokens of every kind made with it. */
const aMint = (kid = 'k1') => {
  const key = aKey();
  const jwks: Jwks = jwksSchema.parse({ keys: [publicJwk(kid, key)] });
  const claims = { id: newId(), email: 'ann@example.com', sid: randomUUID() };
  const token = (options: jwt.SignOptions = {}, given: object = claims) =>
    jwt.sign(given, key.privateKey, {
      algorithm: 'ES256',
      keyid: kid,
      issuer: SESSION_ISSUER,
      audience: SESSION_AUDIENCE,
      expiresIn: HOUR,
      ...options,
    });
  return { key, kid, jwks, claims, token };
};

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const parts = (token: string): [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
};

describe('a session', () => {
  const mint = aMint();
  const verifier = sessionVerifier(mint.jwks);

  it('is what auth signed', () => {
    const token = mint.token();
    expect(verifier.verify(token)).toMatchObject(mint.claims);
    expect(verifier.verify(token)).toMatchObject(mint.claims); // by now from memory
  });

  it.each([
    ['has run out', mint.token({ expiresIn: -1 })],
    [
      'never runs out',
      jwt.sign(mint.claims, mint.key.privateKey, {
        algorithm: 'ES256',
        keyid: mint.kid,
        issuer: SESSION_ISSUER,
        audience: SESSION_AUDIENCE,
      }),
    ],
    ['begins later', mint.token({ notBefore: HOUR })],
    ['is of another issuer', mint.token({ issuer: 'somebody else' })],
    ['is for another audience', mint.token({ audience: 'somebody else' })],
    ['names no user', mint.token({}, { email: 'ann@example.com', sid: 's' })],
    ['names a user who is no id', mint.token({}, { ...mint.claims, id: { $gt: '' } })],
    ['has no record of its own', mint.token({}, { id: mint.claims.id, email: mint.claims.email })],
    ['names a key that is not there', mint.token({ keyid: 'k2' })],
    ['names the key __proto__', mint.token({ keyid: '__proto__' })],
    ['is signed with another key of that name', aMint(mint.kid).token()],
    [
      'is signed with the public key as a password',
      (() => {
        const signed = `${base64url({ alg: 'HS256', typ: 'JWT', kid: mint.kid })}.${parts(mint.token())[1]}`;
        const pem = mint.key.publicKey.export({ format: 'pem', type: 'spki' });
        return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
      })(),
    ],
    ['is not signed', `${base64url({ alg: 'none', typ: 'JWT', kid: mint.kid })}.${parts(mint.token())[1]}.`],
    ['has lost its signature', `${parts(mint.token()).slice(0, 2).join('.')}.`],
    [
      'says something else than was signed',
      (() => {
        const [header, payload, signature] = parts(mint.token());
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
        return [header, base64url({ ...claims, id: newId() }), signature].join('.');
      })(),
    ],
    ['is longer than any of ours', mint.token({}, { ...mint.claims, email: 'a'.repeat(3_000) })],
    ['is empty', ''],
    ['is no token', 'a.b.c'],
    ['is no text', 7 as unknown as string],
    ['is an object', { toString: () => mint.token() } as unknown as string],
    ['is not there', undefined as unknown as string],
  ])('is none when it %s', (_what, token) => {
    expect(verifier.verify(token)).toBeUndefined();
    expect(verifier.verify(token)).toBeUndefined();
  });

  it('ends on time also when it was verified before', () => {
    const clock = Date.now;
    const token = mint.token({ expiresIn: 60 });
    expect(verifier.verify(token)).toBeDefined();
    try {
      Date.now = () => clock() + 61_000;
      expect(verifier.verify(token)).toBeUndefined();
    } finally {
      Date.now = clock;
    }
  });

  it('that has run out is still known to auth, which renews it', () => {
    const token = mint.token({ expiresIn: -HOUR });
    expect(verifier.verify(token)).toBeUndefined();
    expect(verifier.verifyExpired(token)).toMatchObject(mint.claims);
    expect(verifier.verify(token)).toBeUndefined();
    expect(verifier.verifyExpired(aMint(mint.kid).token({ expiresIn: -HOUR }))).toBeUndefined();
  });

  it('survives a change of keys', () => {
    const next = aMint('k2');
    const rotating = sessionVerifier({ keys: [...mint.jwks.keys, ...next.jwks.keys] });
    expect(rotating.verify(mint.token())).toBeDefined();
    expect(rotating.verify(next.token())).toBeDefined();
    const rotated = sessionVerifier(next.jwks);
    expect(rotated.verify(mint.token())).toBeUndefined();
    expect(rotated.verify(next.token())).toBeDefined();
  });
});

describe('a set of keys', () => {
  const right = publicJwk('k1');

  it.each([
    ['is empty', []],
    ['holds a private key', [{ ...aKey().privateKey.export({ format: 'jwk' }), kid: 'k1' }]],
    ['holds a key without a name', [{ ...right, kid: undefined }]],
    ['holds two keys of the same name', [right, publicJwk('k1')]],
    [
      'holds an RSA key',
      [
        {
          ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }),
          kid: 'k1',
        },
      ],
    ],
    [
      'holds a key of another curve',
      [
        {
          ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }),
          kid: 'k1',
        },
      ],
    ],
    ['holds a point that is not of the curve', [{ ...right, x: right.y, y: right.x }]],
    ['holds rubbish', [{ ...right, x: '???' }]],
    ['holds a password', [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k1' }]],
  ])('is refused when it %s', (_what, keys) => {
    expect(jwksSchema.safeParse({ keys }).success).toBe(false);
  });

  it('keeps nothing but what verifies', () => {
    const keys = [{ ...right, use: 'sig', alg: 'ES256', x5c: ['…'] }];
    expect(Object.keys(jwksSchema.parse({ keys }).keys[0] ?? {}).sort()).toEqual([
      'crv',
      'kid',
      'kty',
      'x',
      'y',
    ]);
  });
});

describe('a cookie', () => {
  const sessions = testSessions();
  const user = sessions.user();
  const cookieHolding = (value: unknown, name = 'session') =>
    `${name}=${Buffer.from(JSON.stringify(value)).toString('base64')}`;

  const me = async (shop: ReturnType<typeof openShop>, cookie: string) =>
    (await request(shop.app).get('/api/me').set('Cookie', cookie)).body;

  it('on plain http is called session', async () => {
    const cookie = sessions.cookie(user);
    expect(cookie).toMatch(/^session=/);
    expect(await me(openShop({ sessions }), cookie)).toEqual({ user });
  });

  it('behind TLS is bound to the host by its name', async () => {
    const cookie = cookieHolding({ jwt: sessions.token(user) }, '__Host-session');
    const { app } = openShop({ sessions, secureCookie: true });
    const answer = await request(app).get('/api/me').set('Cookie', cookie);
    expect(answer.body).toEqual({ user });
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d+/);
  });

  it('is read in every form in which a browser may bring it', async () => {
    const shop = openShop({ sessions });
    const forms = readableCookies(sessions.token(user));
    expect(forms.padded).toMatch(/=$/);
    for (const cookie of Object.values(forms)) expect(await me(shop, cookie)).toEqual({ user });
  });

  it('that brings back a session which was ended in this browser is nobody’s', async () => {
    const token = sessions.token(user);
    const { sid } = jwt.decode(token) as { sid: string };
    for (const secureCookie of [false, true]) {
      const shop = openShop({ sessions, secureCookie });
      const brought = cookieHolding({ jwt: token }, sessionCookieName(secureCookie));
      const ended = endedSessionCookieName(secureCookie);
      expect(await me(shop, `${brought}; ${ended}=${sid}`)).toEqual({ user: null });
      expect(await me(shop, `${ended}=${sid}; ${brought}`)).toEqual({ user: null });
      expect(await me(shop, `${brought}; ${ended}=${randomUUID()}`)).toEqual({ user });
    }
  });

  it('by the name of the other mode is not looked at', async () => {
    const holding = { jwt: sessions.token(user) };
    const secure = openShop({ sessions, secureCookie: true });
    const plain = openShop({ sessions });
    expect((await request(secure.app).get('/api/me').set('Cookie', cookieHolding(holding))).body).toEqual({
      user: null,
    });
    expect(
      (
        await request(plain.app)
          .get('/api/me')
          .set('Cookie', cookieHolding(holding, sessionCookieName(true)))
      ).body,
    ).toEqual({ user: null });
  });

  it.each([
    ['nothing', ''],
    ['rubbish', 'session=%%%'],
    ['no JSON', `session=${Buffer.from('{').toString('base64')}`],
    ['null', cookieHolding(null)],
    ['a number', cookieHolding(7)],
    ['a list', cookieHolding([1])],
    ['another token', cookieHolding({ jwt: 'a.b.c' })],
    ['a token that is an object', cookieHolding({ jwt: { toString: 1 } })],
    [
      'a new prototype',
      `session=${Buffer.from('{"__proto__":{"jwt":"x"},"isChanged":true}').toString('base64')}`,
    ],
    ['a user without a signature', cookieHolding({ user: { id: newId() }, currentUser: { id: newId() } })],
    ['a session that has run out', testSessions().cookie(user, -1)],
    ['a session of another key', testSessions().cookie(user)],
  ])('that holds %s is nobody’s', async (_what, cookie) => {
    const { app } = openShop({ sessions });
    const answer = await request(app).get('/api/me').set('Cookie', cookie);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ user: null });
    const refused = await request(app).delete(`/api/things/${newId()}`).set('Cookie', cookie);
    expect(refused.status).toBe(401);
  });
});
