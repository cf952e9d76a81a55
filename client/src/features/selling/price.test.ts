import { expect, test } from '@jest/globals';
import { readPrice, writePrice } from './price.ts';

test.each([
  ['48', 48],
  ['48.5', 48.5],
  ['48.50', 48.5],
  ['48,50', 48.5],
  ['$48.00', 48],
  ['48 €', 48],
  [' 48 ', 48],
  ['1,234', 1234],
  ['1,234.50', 1234.5],
  ['1.234,50', 1234.5],
  ['1 234,50', 1234.5],
  ["1'234.50", 1234.5],
  ['999999.99', 999_999.99],
  ['0.5', 0.5],
  ['19.99', 19.99],
])('a seller who types %j means %d', (typed, price) => {
  expect(readPrice(typed)).toBe(price);
});

test.each(['', '1.234', '-5', '1e3', '48.005', '12,34,56', 'forty', '4 8 .', '.50', '1,2345', 'NaN', '0x10'])(
  'nobody guesses what %j means',
  (typed) => {
    expect(readPrice(typed)).toBeUndefined();
  },
);

test('a price is printed with its cents', () => {
  expect(writePrice(48)).toBe('48.00');
  expect(writePrice(19.9)).toBe('19.90');
});
