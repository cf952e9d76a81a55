import { expect, test } from '@jest/globals';
import { isRenewalDue } from './renewal.ts';

const now = new Date('2026-11-22T20:00:00Z');
const MINUTE = 60;

/** As auth writes it; with or without padding, both are around. */
const session = (claims: object, padded = true) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = `${part({ alg: 'ES256' })}.${part(claims)}.c2lnbmF0dXJl`;
  const value = Buffer.from(JSON.stringify({ jwt })).toString('base64');
  return padded ? value : value.replace(/=+$/, '');
};
const issued = (secondsAgo: number, padded?: boolean) =>
  session({ email: 'ünlü@example.com', iat: now.getTime() / 1000 - secondsAgo }, padded);
const due = (cookies: Record<string, string>) => isRenewalDue((name) => cookies[name], now);

test('whoever has no session asks for none', () => {
  expect(due({})).toBe(false);
  expect(due({ session: '' })).toBe(false);
  expect(due({ other: issued(90 * MINUTE) })).toBe(false);
});

test.each([true, false])('a session of half an hour and more is renewed (padded: %s)', (padded) => {
  expect(due({ session: issued(29 * MINUTE, padded) })).toBe(false);
  expect(due({ session: issued(30 * MINUTE, padded) })).toBe(true);
  expect(due({ session: issued(40 * 24 * 60 * MINUTE, padded) })).toBe(true);
});

test('behind TLS it is the __Host- cookie that counts', () => {
  expect(due({ '__Host-session': issued(40 * MINUTE), session: issued(0) })).toBe(true);
  expect(due({ '__Host-session': issued(0), session: issued(40 * MINUTE) })).toBe(false);
});

test.each(['rubbish', 'e30=', Buffer.from('{"jwt":"a.b.c"}').toString('base64'), session({ iat: 'soon' })])(
  'what cannot be read is left to auth to judge: %s',
  (value) => {
    expect(due({ session: value })).toBe(true);
  },
);
