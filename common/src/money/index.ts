/**
 * Money is an integer number of minor units (cents) with an ISO 4217 currency; a float never reaches a store or
 * an event. The HTTP API speaks decimals with at most two places, and these functions stand at that border.
 */
export interface Money {
  /** Integer minor units: 1999 is 19.99. */
  readonly amount: number;
  /** Lower-case ISO 4217 code, as Stripe writes it: `usd`. */
  readonly currency: string;
}

/** The smallest charge that Stripe takes in USD, and so the lowest price: 0.50. */
export const MIN_PRICE_MINOR = 50;
/** The highest price: 999,999.99. */
export const MAX_PRICE_MINOR = 99_999_999;

const DECIMAL = /^\d{1,12}(\.\d{1,2})?$/;

/**
 * Minor units of a decimal price, by its digits and never by floating-point arithmetic.
 * @param price a number or a string of digits with at most two decimals: `19.99`, `"20"`, `0.5`
 * @returns integer minor units, or `undefined` when it is not such a price (sign, exponent, third decimal, NaN)
 */
export const toMinorUnits = (price: unknown): number | undefined => {
  if (typeof price !== 'number' && typeof price !== 'string') return undefined;
  const digits = String(price);
  if (!DECIMAL.test(digits)) return undefined;
  const [whole = '', decimals = ''] = digits.split('.');
  return Number(whole + decimals.padEnd(2, '0'));
};

/** The decimal number the HTTP API shows for integer minor units: 1999 → 19.99. */
export const toDecimal = (minorUnits: number): number => minorUnits / 100;

/** True if both are the same amount of the same currency. */
export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;
