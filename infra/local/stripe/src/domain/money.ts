/** Smallest charges, in minor units (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const smallest: Readonly<Record<string, number>> = {
  aed: 200,
  bgn: 100,
  czk: 1_500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1_000,
};

const currencies: ReadonlySet<string> = new Set(
  Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()),
);

export const isCurrency = (code: string): boolean => currencies.has(code);

export const smallestCharge = (currency: string): number => smallest[currency] ?? 50;

/** `$19.99`, from minor units. */
export const inWords = (amount: number, currency: string): string => {
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
};
