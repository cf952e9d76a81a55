import { expect, test } from '@jest/globals';
import { isForeignWrite } from './foreign-write.ts';

const from = (site?: string) => new Headers(site === undefined ? {} : { 'sec-fetch-site': site });

test.each(['cross-site', 'same-site'])('a form that a %s page sends is foreign', (site) => {
  expect(isForeignWrite('POST', from(site))).toBe(true);
});

test.each(['same-origin', 'none', undefined])('a form of ours is not: %s', (site) => {
  expect(isForeignWrite('POST', from(site))).toBe(false);
});

test('a link from anywhere may lead to us', () => {
  expect(isForeignWrite('GET', from('cross-site'))).toBe(false);
});
