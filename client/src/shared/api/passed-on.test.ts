import { expect, test } from '@jest/globals';
import { passedOn } from './passed-on.ts';

test('a service learns who asks and from where, and nothing else of the browser', () => {
  const incoming = new Headers({
    cookie: 'session=abc',
    host: 'client:3000',
    origin: 'https://ticketing.dev',
    'sec-fetch-site': 'same-origin',
    'content-length': '12',
    'next-action': 'f00',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'ticketing.dev',
    'x-request-id': 'r-1',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  });
  expect(passedOn(incoming)).toEqual({
    cookie: 'session=abc',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'ticketing.dev',
    'x-request-id': 'r-1',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  });
});

test('a session that Next has written anew is readable again', () => {
  const session = Buffer.from('{"jwt":"a.b.c"}x').toString('base64');
  expect(session).toMatch(/=$/);
  const rewritten = new Headers({ cookie: `session=${encodeURIComponent(session)}; theme=dark` });
  expect(passedOn(rewritten).cookie).toBe(`session=${session}; theme=dark`);
});

test('a visitor without cookies brings none', () => {
  expect(passedOn(new Headers())).toEqual({});
});
