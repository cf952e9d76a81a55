import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SESSION_AUDIENCE, SESSION_ISSUER } from '@ticketing/common/http';
import { readableCookies, testDatabaseUrl } from '@ticketing/common/testing';
import jwt from 'jsonwebtoken';
import { sessionTokens } from '../src/keys/session-tokens.ts';
import { newSigningKeys, retire, rotate, type SigningKeys } from '../src/keys/signing-keys.ts';
import { openSessionStore } from '../src/store/sessions.ts';
import { openUserStore } from '../src/store/users.ts';
import { showCurrentUser } from '../src/use-cases/show-current-user.ts';
import {
  cookieOf,
  DAY,
  type FrontDesk,
  HOUR,
  movableClock,
  openFrontDesk,
  quickHasher,
  tokenIn,
} from './front-desk.ts';

let desk: FrontDesk;
let clock: ReturnType<typeof movableClock>;
let people = 0;

beforeAll(async () => {
  clock = movableClock();
  desk = await openFrontDesk({ clock });
});
afterAll(() => desk.end());

const kidOf = (cookie: string | undefined) => jwt.decode(tokenIn(cookie), { complete: true })?.header.kid;

/** Somebody new, who has just signed up. */
const newcomer = async () => {
  people += 1;
  const email = `visitor-${people}@example.com`;
  const visitor = desk.visitor();
  const { body } = await visitor.signUp(email);
  return { visitor, email, id: String(body.id) };
};

const claimsOf = (cookie: string | undefined) => {
  const claims = desk.elsewhere.verifyExpired(tokenIn(cookie));
  if (claims === undefined) throw new Error('not a token of ours');
  return claims;
};

describe('the cookie of a session', () => {
  it('cannot be read by a script, or be sent by another site, and lives for 30 days', async () => {
    const { headers } = await desk.visitor().signUp('cookie@example.com');
    const [line = ''] = headers.getSetCookie();
    expect(line).toMatch(/^session=[A-Za-z0-9+/=]+; path=\/; expires=[^;]+; samesite=lax; httponly$/);
    const expires = Date.parse(/expires=([^;]+)/.exec(line)?.[1] ?? '');
    expect(Math.abs(expires - Date.now() - 30 * DAY * 1000)).toBeLessThan(60_000);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('holds a token for an hour that any other service can verify with the public keys alone', async () => {
    const { visitor, email, id } = await newcomer();
    const claims = desk.elsewhere.verify(tokenIn(visitor.cookie));
    expect(claims).toMatchObject({ id, email, sid: expect.any(String) });
    expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).toBe(HOUR);

    const { header, payload } = jwt.decode(tokenIn(visitor.cookie), { complete: true }) ?? {};
    expect(header).toMatchObject({ alg: 'ES256', kid: desk.keys.keys[0].kid });
    expect(payload).toMatchObject({ iss: SESSION_ISSUER, aud: SESSION_AUDIENCE });
  });
});

describe('the current user', () => {
  it('is nobody for who has not signed in, and their browser is told nothing of cookies', async () => {
    const { status, body, cookie, headers } = await desk.visitor().currentUser();
    expect(status).toBe(200);
    expect(body).toEqual({ currentUser: null });
    expect(cookie).toBeUndefined();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is told with the times of the token, and nothing that could be stolen', async () => {
    const { visitor, email, id } = await newcomer();
    const { body } = await visitor.currentUser();
    const { iat, exp } = claimsOf(visitor.cookie);
    expect(body).toEqual({ currentUser: { id, email, iat, exp } });
  });

  it('keeps a fresh token as it is', async () => {
    const { visitor } = await newcomer();
    clock.advance(HOUR / 2 - 60);
    expect((await visitor.currentUser()).cookie).toBeUndefined();
  });

  it('is told nothing of cookies in whatever form a fresh one comes: else it would undo a signing out', async () => {
    const { visitor, id } = await newcomer();
    const forms = readableCookies(tokenIn(visitor.cookie));
    for (const cookie of Object.values(forms)) {
      const { body, headers } = await desk.visitor().ask('GET', '/api/users/currentuser', {
        headers: { Cookie: cookie },
      });
      expect(body.currentUser).toMatchObject({ id });
      expect(headers.getSetCookie()).toEqual([]);
    }
  });

  it('gets a new token for one older than half its life', async () => {
    const { visitor, id } = await newcomer();
    const before = claimsOf(visitor.cookie);
    clock.advance(HOUR / 2 + 1);
    const { body, cookie } = await visitor.currentUser();
    const after = claimsOf(cookie);
    expect(after).toMatchObject({ id, sid: before.sid });
    expect(after.iat).toBeGreaterThan(before.iat);
    expect(body.currentUser).toMatchObject({ id, iat: after.iat, exp: after.exp });
  });

  it('gets a new token for one that ran out days ago', async () => {
    const { visitor, id } = await newcomer();
    clock.advance(20 * DAY);
    const { body, cookie } = await visitor.currentUser();
    expect(body.currentUser).toMatchObject({ id });
    expect(claimsOf(cookie).exp * 1000).toBeGreaterThan(clock.now().getTime());
  });

  it('stays signed in for as long as they come back within 30 days', async () => {
    const { visitor, id } = await newcomer();
    for (let month = 0; month < 4; month += 1) {
      clock.advance(29 * DAY);
      expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id });
    }
  });

  it('is signed out when they have not been here for 30 days', async () => {
    const { visitor } = await newcomer();
    clock.advance(30 * DAY);
    const { body, cookie } = await visitor.currentUser();
    expect(body).toEqual({ currentUser: null });
    expect(cookie).toBe('');
  });

  it('is nobody once the account is gone', async () => {
    const { visitor, email } = await newcomer();
    await desk.mongo.collection('users').deleteOne({ email });
    clock.advance(HOUR);
    const { body, cookie } = await visitor.currentUser();
    expect(body).toEqual({ currentUser: null });
    expect(cookie).toBe('');
  });

  it('may ask many times at once for a new token: all they get are good', async () => {
    const { visitor, id } = await newcomer();
    clock.advance(2 * HOUR);
    const tabs = Array.from({ length: 10 }, () => desk.visitor(visitor.cookie));
    const answers = await Promise.all(tabs.map((tab) => tab.currentUser()));
    for (const { body, cookie } of answers) {
      expect(body.currentUser).toMatchObject({ id });
      expect(claimsOf(cookie).exp * 1000).toBeGreaterThan(clock.now().getTime());
    }
    for (const tab of tabs) expect((await tab.currentUser()).body.currentUser).toMatchObject({ id });
  });
});

describe('signing out', () => {
  it('ends the session and takes the cookie away', async () => {
    const { visitor } = await newcomer();
    const stolen = desk.visitor(visitor.cookie);
    const { status, body, cookie, headers } = await visitor.signOut();
    expect(status).toBe(200);
    expect(body).toEqual({});
    expect(cookie).toBe('');
    expect(headers.getSetCookie()[0]).toMatch(/expires=Thu, 01 Jan 1970/);

    expect((await stolen.currentUser()).body).toEqual({ currentUser: null });
  });

  it('marks the session as ended in this browser, for as long as a renewal under way may bring back a token', async () => {
    const { visitor } = await newcomer();
    const { sid } = claimsOf(visitor.cookie);
    const [, line = ''] = (await visitor.signOut()).headers.getSetCookie();
    expect(line).toMatch(/^ended-session=[\w-]+; path=\/; expires=[^;]+; samesite=lax; httponly$/);
    expect(/=([^;]*)/.exec(line)?.[1]).toBe(sid);
    const expires = Date.parse(/expires=([^;]+)/.exec(line)?.[1] ?? '');
    expect(Math.abs(expires - Date.now() - HOUR * 1000)).toBeLessThan(60_000);

    const { headers } = await desk.visitor().signOut();
    expect(headers.getSetCookie().map((each) => each.split('=', 1)[0])).toEqual(['session']);
  });

  it('makes renewing impossible for whoever kept a copy of the cookie, for ever', async () => {
    const { visitor } = await newcomer();
    const copy = visitor.cookie;
    await visitor.signOut();
    clock.advance(2 * HOUR);
    const { body, cookie } = await desk.visitor(copy).currentUser();
    expect(body).toEqual({ currentUser: null });
    expect(cookie).toBe('');
  });

  it('works by a token that has run out as well', async () => {
    const { visitor } = await newcomer();
    const copy = visitor.cookie;
    clock.advance(3 * DAY);
    await visitor.signOut();
    expect((await desk.visitor(copy).currentUser()).body).toEqual({ currentUser: null });
  });

  it('can be done twice, and by who was never signed in', async () => {
    const { visitor } = await newcomer();
    await visitor.signOut();
    expect((await visitor.signOut()).status).toBe(200);
    const { status, body } = await desk.visitor().signOut();
    expect([status, body]).toEqual([200, {}]);
  });

  it('leaves the other devices of the same person signed in', async () => {
    const { visitor, email, id } = await newcomer();
    const phone = desk.visitor();
    await phone.signIn(email);
    await visitor.signOut();
    expect((await phone.currentUser()).body.currentUser).toMatchObject({ id });
  });

  it('wins against a renewal at the same moment: nobody is signed in afterwards', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { visitor } = await newcomer();
      clock.advance(HOUR);
      const tab = desk.visitor(visitor.cookie);
      await Promise.all([tab.currentUser(), visitor.signOut()]);
      expect((await tab.currentUser()).body).toEqual({ currentUser: null });
    }
  });
});

describe('a session that ends while it is being renewed', () => {
  it('hands out no new token', async () => {
    const { visitor, email } = await newcomer();
    const sessions = openSessionStore(desk);
    const users = openUserStore(desk);
    const show = showCurrentUser({
      sessions,
      tokens: sessionTokens(desk.keys),
      clock,
      passwords: quickHasher(),
      limits: { take: async () => {}, giveBack: async () => {}, forgive: async () => {} },
      users: {
        ...users,
        // The renewal has found the session alive by now; here the visitor signs out in another tab.
        async find(id) {
          await desk.visitor(visitor.cookie).signOut();
          return users.find(id);
        },
      },
    });
    clock.advance(HOUR);
    expect(await show({ token: tokenIn(visitor.cookie) })).toEqual({ cookie: 'goes', currentUser: null });
    expect((await desk.visitor().signIn(email)).status).toBe(200);
  });
});

describe('signing in again', () => {
  it('begins a new session and ends the one this browser had', async () => {
    const { visitor, email, id } = await newcomer();
    const before = visitor.cookie;
    await visitor.signIn(email);
    expect(claimsOf(visitor.cookie).sid).not.toBe(claimsOf(before).sid);
    expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id });
    expect((await desk.visitor(before).currentUser()).body).toEqual({ currentUser: null });
  });

  it('marks the one this browser had as ended', async () => {
    const { visitor, email } = await newcomer();
    const { sid } = claimsOf(visitor.cookie);
    const { headers } = await visitor.signIn(email);
    expect(headers.getSetCookie().map((line) => line.split(';', 1)[0])).toEqual([
      `session=${visitor.cookie}`,
      `ended-session=${sid}`,
    ]);
  });

  it('as somebody else makes this browser theirs', async () => {
    const { visitor } = await newcomer();
    const other = await newcomer();
    await visitor.signIn(other.email);
    expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id: other.id });
  });

  it('with a wrong password leaves the session as it was', async () => {
    const { visitor, email, id } = await newcomer();
    const { status, cookie } = await visitor.signIn(email, 'not the password');
    expect([status, cookie]).toEqual([400, undefined]);
    expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id });
  });
});

describe('signing up', () => {
  it('while signed in as somebody else ends the session that this browser had', async () => {
    const { visitor } = await newcomer();
    const before = visitor.cookie;
    const { body } = await visitor.signUp('second-account@example.com');
    expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id: body.id });
    expect((await desk.visitor(before).currentUser()).body).toEqual({ currentUser: null });
  });

  it('in vain leaves the session as it was', async () => {
    const { visitor, email, id } = await newcomer();
    const { status, cookie } = await visitor.signUp(email);
    expect([status, cookie]).toEqual([400, undefined]);
    expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id });
  });
});

describe('a forged token', () => {
  const stranger = newSigningKeys();
  let genuine: { id: string; email: string; sid: string };
  beforeEach(async () => {
    const { id, email, sid } = claimsOf((await newcomer()).visitor.cookie);
    genuine = { id, email, sid };
  });

  const meansNobody = async (token: string) => {
    const { body, cookie } = await desk.visitor(cookieOf(token)).currentUser();
    expect(body).toEqual({ currentUser: null });
    expect(cookie).toBe('');
  };
  const about = { issuer: SESSION_ISSUER, audience: SESSION_AUDIENCE, expiresIn: HOUR };
  const kid = () => desk.keys.keys[0].kid;
  const ownPem = () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return privateKey;
  };

  it('signed with another key under the name of ours means nobody', () =>
    meansNobody(jwt.sign(genuine, ownPem(), { ...about, algorithm: 'ES256', keyid: kid() })));

  it('signed with a key we do not know means nobody', () =>
    meansNobody(jwt.sign(genuine, ownPem(), { ...about, algorithm: 'ES256', keyid: stranger.keys[0].kid })));

  it('not signed at all means nobody', () =>
    meansNobody(jwt.sign(genuine, '', { ...about, algorithm: 'none', keyid: kid() })));

  it('signed with our public key as if it were a password means nobody', () =>
    meansNobody(
      jwt.sign(genuine, JSON.stringify(desk.keys.keys[0].x), { ...about, algorithm: 'HS256', keyid: kid() }),
    ));

  it('of ours that names the session of somebody else means nobody', async () => {
    const { visitor, id, email } = await newcomer();
    const { sid } = genuine;
    const { jwt: token } = sessionTokens(desk.keys).sign({ id, email, sid }, clock.now());
    await meansNobody(token);
    clock.advance(HOUR);
    await meansNobody(token);
    expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id });
  });

  it('cannot end the session that it names', async () => {
    const { visitor, id } = await newcomer();
    const { sid, email } = claimsOf(visitor.cookie);
    const forged = jwt.sign({ id, email, sid }, ownPem(), { ...about, algorithm: 'ES256', keyid: kid() });
    await desk.visitor(cookieOf(forged)).signOut();
    expect((await visitor.currentUser()).body.currentUser).toMatchObject({ id });
  });
});

describe('a new key', () => {
  it('signs from then on and signs nobody out, until the old one is retired', async () => {
    const old = newSigningKeys();
    const rotated = rotate(old);
    const databaseUrl = testDatabaseUrl();
    const open = (keys: SigningKeys) => openFrontDesk({ keys, clock, databaseUrl });

    const before = await open(old);
    const regular = before.visitor();
    await regular.signUp('regular@example.com');
    const away = before.visitor();
    await away.signUp('away@example.com');
    await before.service.stop();

    const during = await open(rotated);
    const here = during.visitor(regular.cookie);
    expect((await here.currentUser()).body.currentUser).toMatchObject({ email: 'regular@example.com' });
    clock.advance(HOUR);
    await here.currentUser();
    expect(kidOf(here.cookie)).toBe(rotated.keys[0].kid);
    expect(kidOf(regular.cookie)).toBe(old.keys[0].kid);
    await during.service.stop();

    const after = await open(retire(rotated));
    const { body } = await after.visitor(here.cookie).currentUser();
    expect(body.currentUser).toMatchObject({ email: 'regular@example.com' });
    expect((await after.visitor(away.cookie).currentUser()).body).toEqual({ currentUser: null });
    await after.end();
  });
});
