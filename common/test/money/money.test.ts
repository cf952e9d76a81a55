import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  MAX_PRICE_MINOR,
  MIN_PRICE_MINOR,
  sameMoney,
  toDecimal,
  toMinorUnits,
} from '../../src/money/index.ts';

/** What twelve digits before the point can be at most. */
const MOST = 99_999_999_999_999;

describe('a price', () => {
  it.each([
    [0.5, 50],
    [0.01, 1],
    [19.99, 1_999],
    [1.1, 110],
    [8.2, 820], // 8.2 * 100 is 819.9999999999999
    [1.15, 115], // 1.15 * 100 is 114.99999999999999
    [999_999.99, 99_999_999],
    ['20', 2_000],
    ['0.50', 50],
    ['19.9', 1_990],
    [0, 0],
    [-0, 0],
  ])('of %p is %p cents', (price, cents) => {
    expect(toMinorUnits(price)).toBe(cents);
  });

  it('comes back the same from cents to decimals and back, over the whole range', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: MIN_PRICE_MINOR, max: MAX_PRICE_MINOR }),
          fc.integer({ min: 0, max: MOST }),
        ),
        (cents) => toMinorUnits(toDecimal(cents)) === cents,
      ),
      { numRuns: 20_000 },
    );
  });

  it('is written with the very digits of its cents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_PRICE_MINOR }), (cents) => {
        const digits = String(cents).padStart(3, '0');
        return toDecimal(cents) === Number(`${digits.slice(0, -2)}.${digits.slice(-2)}`);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is whole cents or no price at all, whatever number is said', () => {
    fc.assert(
      fc.property(fc.double(), (price) => {
        const cents = toMinorUnits(price);
        return (
          cents === undefined || (Number.isSafeInteger(cents) && cents >= 0 && toDecimal(cents) === price)
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it('is never made from anything but a number or its digits', () => {
    fc.assert(
      fc.property(fc.anything(), (price) => {
        const cents = toMinorUnits(price);
        return cents === undefined || typeof price === 'number' || typeof price === 'string';
      }),
    );
  });

  it.each([
    [-0.01],
    [0.001],
    [0.1 + 0.2],
    [1e21],
    [1e-7],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1_000_000_000_000],
    [''],
    [' 20'],
    ['20 '],
    ['+20'],
    ['-20'],
    ['2e1'],
    ['0x14'],
    ['20,00'],
    ['20.'],
    ['.5'],
    ['20.001'],
    ['1_000'],
    ['٢٠'],
    ['20\n'],
    [[20]],
    [['20']],
    [{ valueOf: () => 20 }],
    [true],
    [null],
    [undefined],
    [20n],
  ])('is not made from %p', (price) => {
    expect(toMinorUnits(price)).toBeUndefined();
  });

  it('is the same as another only in the same currency', () => {
    const price = { amount: 1_999, currency: 'usd' };
    expect(sameMoney(price, { ...price })).toBe(true);
    expect(sameMoney(price, { ...price, currency: 'eur' })).toBe(false);
    expect(sameMoney(price, { ...price, amount: 1_998 })).toBe(false);
  });
});
