/**
 * What a card form can know of a card by looking at it: its brand, the length of its number, its check digit, whether
 * its date is over. Ranges: ISO/IEC 7812, and what the networks publish of theirs.
 */

export interface Brand {
  readonly name: string;
  readonly pattern: RegExp;
  readonly lengths: readonly number[];
  /** Where the number is parted, as it is embossed. */
  readonly gaps: readonly number[];
  readonly cvc: number;
}

const FOURS = [4, 8, 12, 16];

const brands: readonly Brand[] = [
  { name: 'American Express', pattern: /^3[47]/, lengths: [15], gaps: [4, 10], cvc: 4 },
  { name: 'Diners Club', pattern: /^3(0[0-5]|[689])/, lengths: [14, 16, 19], gaps: [4, 10], cvc: 3 },
  { name: 'JCB', pattern: /^35/, lengths: [16], gaps: FOURS, cvc: 3 },
  { name: 'Visa', pattern: /^4/, lengths: [13, 16, 19], gaps: FOURS, cvc: 3 },
  {
    name: 'Mastercard',
    pattern: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/,
    lengths: [16],
    gaps: FOURS,
    cvc: 3,
  },
  { name: 'UnionPay', pattern: /^62/, lengths: [16, 17, 18, 19], gaps: FOURS, cvc: 3 },
  { name: 'Discover', pattern: /^6(011|4[4-9]|5)/, lengths: [16, 17, 18, 19], gaps: FOURS, cvc: 3 },
];

const MOST_DIGITS = 19;
const LENGTHS = [12, 13, 14, 15, 16, 17, 18, 19];

export const digitsOf = (typed: string): string => typed.replaceAll(/\D/g, '');

/** Of the digits typed so far, where they say it already. */
export const brandOf = (number: string): Brand | undefined =>
  brands.find(({ pattern }) => pattern.test(digitsOf(number)));

const lengthsOf = (number: string): readonly number[] => brandOf(number)?.lengths ?? LENGTHS;

/** Grouped as on the card, whatever was typed or pasted; what is too much is cut off. */
export const formatNumber = (typed: string): string => {
  const digits = digitsOf(typed).slice(0, Math.max(...lengthsOf(typed), 0) || MOST_DIGITS);
  const gaps = brandOf(digits)?.gaps ?? FOURS;
  return [...digits].map((digit, at) => (gaps.includes(at) ? ` ${digit}` : digit)).join('');
};

/** `MM / YY`, of `4`, `1230`, `12/2030` and the like. */
export const formatExpiry = (typed: string): string => {
  const [first = '', second] = typed.split('/', 2).map(digitsOf);
  // `4` can only be April; `1/` is January.
  const month = /^[2-9]$/.test(first.slice(0, 1))
    ? `0${first}`
    : second !== undefined && first.length === 1
      ? `0${first}`
      : first;
  const year = `${month.slice(2)}${second ?? ''}`;
  const written = year.length > 2 && year.startsWith('20') ? year.slice(2, 4) : year.slice(0, 2);
  if (month.length < 2) return month;
  return second === undefined && year === '' ? month : `${month.slice(0, 2)} / ${written}`;
};

export const formatCvc = (typed: string, number: string): string =>
  digitsOf(typed).slice(0, brandOf(number)?.cvc ?? 4);

/** Tells a slip of the finger from a number that could exist. */
export const passesLuhn = (number: string): boolean => {
  const sum = [...digitsOf(number)].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
};

export interface Card {
  readonly number: string;
  /** `MM / YY` */
  readonly expiry: string;
  readonly cvc: string;
}

export type CardField = keyof Card;

/** What is wrong with a card as it was typed; each has its words in `texts/payments.ts`. */
export type Problem =
  | 'numberMissing'
  | 'numberIncomplete'
  | 'numberIncorrect'
  | 'expiryMissing'
  | 'expiryIncomplete'
  | 'monthUnknown'
  | 'expired'
  | 'expiryTooFar'
  | 'cvcMissing'
  | 'cvcIncomplete';

export type Problems = Readonly<Partial<Record<CardField, Problem>>>;

/** A card is good for half a century at most; a year beyond it is a slip. */
const FARTHEST_YEARS = 50;

/** Of a date as `formatExpiry` writes it. */
export const readExpiry = (expiry: string): { month: number; year: number } => ({
  month: Number(expiry.slice(0, 2)),
  year: 2000 + Number(expiry.slice(-2)),
});

const numberProblem = (number: string): Problem | undefined => {
  const digits = digitsOf(number);
  if (digits === '') return 'numberMissing';
  const lengths = lengthsOf(digits);
  if (digits.length < Math.min(...lengths)) return 'numberIncomplete';
  if (lengths.includes(digits.length) && passesLuhn(digits)) return undefined;
  return digits.length < Math.max(...lengths) && !lengths.includes(digits.length)
    ? 'numberIncomplete'
    : 'numberIncorrect';
};

const expiryProblem = (expiry: string, now: Date): Problem | undefined => {
  if (digitsOf(expiry) === '') return 'expiryMissing';
  if (digitsOf(expiry).length < 4) return 'expiryIncomplete';
  const { month, year } = readExpiry(expiry);
  if (month < 1 || month > 12) return 'monthUnknown';
  // A card is good until the end of its month, wherever that ends last.
  if (new Date(Date.UTC(year, month, 1, 12)) <= now) return 'expired';
  return year > now.getUTCFullYear() + FARTHEST_YEARS ? 'expiryTooFar' : undefined;
};

const cvcProblem = (cvc: string, number: string): Problem | undefined => {
  if (cvc === '') return 'cvcMissing';
  const length = brandOf(number)?.cvc;
  const isEnough = length === undefined ? cvc.length >= 3 : cvc.length === length;
  return isEnough ? undefined : 'cvcIncomplete';
};

/** What is wrong at which field; nothing where the card may be asked. */
export const problemsOf = ({ number, expiry, cvc }: Card, now: Date): Problems => {
  const found: readonly (readonly [CardField, Problem | undefined])[] = [
    ['number', numberProblem(number)],
    ['expiry', expiryProblem(expiry, now)],
    ['cvc', cvcProblem(cvc, number)],
  ];
  return Object.fromEntries(found.filter(([, problem]) => problem !== undefined));
};
