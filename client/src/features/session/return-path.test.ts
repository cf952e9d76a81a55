import { expect, test } from '@jest/globals';
import { returnPath, signInPath, signUpPath } from './return-path.ts';

test.each([
  '/',
  '/tickets/new',
  '/orders?cursor=a%2Fb',
  '/tickets/65f0#content',
  '/?q=caf%C3%A9&sort=-price',
])('signing in leads back to %s', (path) => {
  expect(returnPath(path)).toBe(path);
});

test.each([
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/tickets/..//evil.example',
  '/%2e//evil.example',
  '/.\\\\evil.example',
  'javascript:alert(1)',
  'data:text/html,hi',
  'evil.example',
  '@evil.example',
  '',
])('signing in never leads to another site: %j', (wanted) => {
  const path = returnPath(wanted);
  expect(path).toBe('/');
});

test.each([undefined, null, 7, ['/orders', '/'], { path: '/orders' }])(
  'what is no path leads to the shop: %j',
  (wanted) => {
    expect(returnPath(wanted)).toBe('/');
  },
);

test('whatever a link says, what comes out is a path of ours as a browser reads it', () => {
  const parts = ['/', '\\', '.', '..', '%2f', '%5c', '\t', '@', ':', 'evil.example', '?', '#'];
  for (const a of parts)
    for (const b of parts)
      for (const c of parts)
        for (const d of parts) {
          const path = returnPath(`/${a}${b}${c}${d}`);
          expect(new URL(path, 'https://ticketing.dev').origin).toBe('https://ticketing.dev');
        }
});

test.each(['/signin', '/signup', '/signin?next=/signin', '/signup?next=%2Forders'])(
  'signing in does not lead back to signing in: %s',
  (wanted) => {
    expect(returnPath(wanted)).toBe('/');
  },
);

test('the way back is part of the way to sign in, whole', () => {
  const back = '/?q=rock & roll&sort=-price';
  for (const path of [signInPath(back), signUpPath(back)]) {
    expect(new URL(path, 'https://ticketing.dev').searchParams.get('next')).toBe(back);
  }
});

test('from the shop itself there is no way back to tell', () => {
  expect(signInPath('/')).toBe('/signin');
  expect(signUpPath('/')).toBe('/signup');
});
