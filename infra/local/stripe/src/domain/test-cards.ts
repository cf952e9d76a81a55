import type { Card, DeclineReason } from './card.ts';

/** One of the cards that Stripe publishes for tests (docs.stripe.com/testing), by number and by name. */
export interface TestCard extends Omit<Card, 'last4' | 'expMonth' | 'expYear'> {
  readonly number: string;
  readonly tokens: readonly string[];
  readonly paymentMethods: readonly string[];
}

type Traits = Partial<Pick<TestCard, 'brand' | 'funding' | 'country' | 'authentication' | 'decline'>>;

/** `names` follow `tok_` and `pm_card_` alike. */
const card = (number: string, names: readonly string[], traits: Traits = {}): TestCard => ({
  number,
  brand: 'visa',
  funding: 'credit',
  country: 'US',
  authentication: 'none',
  decline: null,
  tokens: names.map((name) => `tok_${name}`),
  paymentMethods: names.map((name) => `pm_card_${name}`),
  ...traits,
});

/** Stripe has both spellings, with and without the brand. */
const declinedVisa = (number: string, name: string, decline: DeclineReason): TestCard =>
  card(number, [`visa_chargeDeclined${name}`, `chargeDeclined${name}`], { decline });

const asking = { country: 'IE', authentication: 'required' } as const;

const testCards: readonly TestCard[] = [
  card('4242424242424242', ['visa']),
  card('4000056655665556', ['visa_debit'], { funding: 'debit' }),
  card('5555555555554444', ['mastercard'], { brand: 'mastercard' }),
  card('2223003122003222', [], { brand: 'mastercard' }),
  card('5200828282828210', ['mastercard_debit'], { brand: 'mastercard', funding: 'debit' }),
  card('5105105105105100', ['mastercard_prepaid'], { brand: 'mastercard', funding: 'prepaid' }),
  card('378282246310005', ['amex'], { brand: 'amex' }),
  card('371449635398431', [], { brand: 'amex' }),
  card('6011111111111117', ['discover'], { brand: 'discover' }),
  card('3056930009020004', ['diners'], { brand: 'diners' }),
  card('3566002020360505', ['jcb'], { brand: 'jcb', country: 'JP' }),
  card('6200000000000005', ['unionpay'], { brand: 'unionpay', country: 'CN' }),

  declinedVisa('4000000000000002', '', 'generic'),
  declinedVisa('4000000000009995', 'InsufficientFunds', 'insufficientFunds'),
  declinedVisa('4000000000009987', 'LostCard', 'lost'),
  declinedVisa('4000000000009979', 'StolenCard', 'stolen'),
  declinedVisa('4000000000006975', 'VelocityLimitExceeded', 'velocity'),
  declinedVisa('4000000000000069', 'ExpiredCard', 'expired'),
  declinedVisa('4000000000000127', 'IncorrectCvc', 'incorrectCvc'),
  declinedVisa('4000000000000119', 'ProcessingError', 'processing'),
  card('4000000000000341', ['chargeCustomerFail'], { decline: 'generic' }),

  card('4000002760003184', ['authenticationRequired'], asking),
  card('4000002500003155', ['authenticationRequiredOnSetup'], asking),
  card('4000000000003220', ['threeDSecure2Required'], asking),
  card('4000000000003063', ['threeDSecureRequired'], asking),
  card('4000008400001629', ['threeDSecureRequiredChargeDeclined'], { ...asking, decline: 'generic' }),
  card('4000008260003178', ['authenticationRequiredChargeDeclinedInsufficientFunds'], {
    ...asking,
    decline: 'insufficientFunds',
  }),
];

const index = (keysOf: (card: TestCard) => readonly string[]): ReadonlyMap<string, TestCard> =>
  new Map(testCards.flatMap((each) => keysOf(each).map((key) => [key, each] as const)));

const byNumber = index((each) => [each.number]);
const byToken = index((each) => each.tokens);
const byPaymentMethod = index((each) => each.paymentMethods);

export const testCardByNumber = (number: string): TestCard | undefined => byNumber.get(number);
export const testCardByToken = (token: string): TestCard | undefined => byToken.get(token);
export const testCardByPaymentMethod = (id: string): TestCard | undefined => byPaymentMethod.get(id);

/** ISO/IEC 7812: tells a mistyped number from one that could exist. */
export const passesLuhn = (number: string): boolean => {
  const sum = [...number].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return /^\d{12,19}$/.test(number) && sum % 10 === 0;
};

/** The card as it is kept. */
export const keep = (testCard: TestCard, expMonth: number, expYear: number): Card => ({
  brand: testCard.brand,
  funding: testCard.funding,
  country: testCard.country,
  last4: testCard.number.slice(-4),
  expMonth,
  expYear,
  authentication: testCard.authentication,
  decline: testCard.decline,
});
