import { describe, expect, test } from '@jest/globals';
import { parseSetCookie, withCookies } from './set-cookie.ts';

const now = new Date('2026-11-22T20:00:00Z');
const EVENING = 'Tue, 22 Dec 2026 20:00:00 GMT';

describe('a cookie of auth', () => {
  test('is read as auth set it', () => {
    expect(
      parseSetCookie(`session=eyJqd3QiOiJhIn0; path=/; expires=${EVENING}; samesite=lax; httponly`),
    ).toEqual({
      name: 'session',
      value: 'eyJqd3QiOiJhIn0',
      path: '/',
      httpOnly: true,
      secure: false,
      expires: new Date(EVENING),
    });
  });

  test('is Secure, and __Host-, behind TLS', () => {
    const line = `__Host-session=eyJqd3QiOiJhIn0; path=/; expires=${EVENING}; samesite=lax; secure; httponly`;
    expect(parseSetCookie(line)).toMatchObject({
      name: '__Host-session',
      path: '/',
      secure: true,
      httpOnly: true,
    });
  });

  test('holds nothing that Next would write percent-encoded, whatever its length', () => {
    for (let length = 1; length <= 12; length += 1) {
      // As auth writes it: all that a JWT and the JSON around it can be made of.
      const session = JSON.stringify({ jwt: `${'AZaz09-_.'.repeat(9)}${'x'.repeat(length)}` });
      const { value } = parseSetCookie(
        `session=${Buffer.from(session).toString('base64')}; path=/; httponly`,
      );
      expect(encodeURIComponent(value)).toBe(value);
      expect(Buffer.from(value, 'base64').toString()).toBe(session);
    }
  });
});

describe('the cookies of a visitor', () => {
  const renewed = parseSetCookie(`session=new; path=/; expires=${EVENING}; httponly`);
  const gone = parseSetCookie('session=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly');

  test('hold the renewed session in place of the old one', () => {
    expect(withCookies('theme=dark; session=old; a=b=c', [renewed], now)).toBe(
      'theme=dark; session=new; a=b=c',
    );
  });

  test('hold the session where there was none', () => {
    expect(withCookies('', [renewed], now)).toBe('session=new');
  });

  test('are without the session that has ended', () => {
    expect(withCookies('theme=dark; session=old', [gone], now)).toBe('theme=dark');
  });

  test('are without a session that ran out a moment ago', () => {
    const late = parseSetCookie('session=late; path=/; expires=Sun, 22 Nov 2026 19:59:59 GMT');
    expect(withCookies('session=old', [late], now)).toBe('');
  });
});
