/** A decimal with at most two places, with or without groups of three: `1234.5`, `1,234.50`, `1 234,50`. */
const WITH_DECIMALS = /^(\d+|\d{1,3}(?:[.,]\d{3})+)[.,](\d{1,2})$/;
const WHOLE = /^(\d+|\d{1,3}(?:,\d{3})+)$/;

/**
 * The price that somebody typed, as a decimal number; a comma is as good as a point, and a sign of currency does no harm.
 * @returns undefined for what is none, or could be two: `1.234` is a thousand to some people
 */
export const readPrice = (typed: string): number | undefined => {
  const digits = typed.replace(/[\s'’]/g, '').replace(/^\p{Sc}|\p{Sc}$/gu, '');
  const [, whole, decimals = ''] = WITH_DECIMALS.exec(digits) ?? WHOLE.exec(digits) ?? [];
  return whole === undefined ? undefined : Number(`${whole.replace(/[.,]/g, '')}.${decimals}`);
};

/** As it is printed into the field: `48.00`. */
export const writePrice = (price: number): string => price.toFixed(2);
