import { z } from 'zod';
import { ApiError, brief, invalid, missing } from '../api/api-error.ts';
import { integer, metadata, oneOf, text } from '../api/params.ts';
import type { Card } from '../domain/card.ts';
import { newId } from '../domain/identifier.ts';
import type { BillingDetails, PaymentMethod, Seconds } from '../domain/records.ts';
import {
  keep,
  passesLuhn,
  testCardByNumber,
  testCardByPaymentMethod,
  testCardByToken,
} from '../domain/test-cards.ts';
import type { Caller } from './call.ts';

const nullable = (max = 500) =>
  z
    .string()
    .max(max)
    .transform((value) => (value === '' ? null : value))
    .optional();

const billingDetails = z.strictObject({
  address: z
    .strictObject({
      city: nullable(),
      country: nullable(2),
      line1: nullable(),
      line2: nullable(),
      postal_code: nullable(40),
      state: nullable(),
    })
    .optional(),
  email: nullable(),
  name: nullable(),
  phone: nullable(40),
});

/** A card by its test token, or by its number, which only a browser may send. */
const card = z.strictObject({
  token: text(255).optional(),
  number: z.string().optional(),
  exp_month: integer(-99, 99_999).optional(),
  exp_year: integer(-99, 99_999).optional(),
  cvc: z.string().optional(),
});

/** `payment_method_data`, and what a PaymentMethod is made from. */
export const paymentMethodParams = {
  type: oneOf(['card']),
  card,
  billing_details: billingDetails.optional(),
  metadata: metadata.optional(),
};

const paymentMethodData = z.strictObject(paymentMethodParams);
type PaymentMethodData = z.output<typeof paymentMethodData>;

/** How a call names the means of payment. Stripe's API description leaves the card in the data out; Stripe.js sends it. */
export const meansParams = {
  payment_method: text(255).optional(),
  payment_method_data: paymentMethodData.optional(),
};

const cardError = (code: string, message: string, param: string, declineCode?: string): ApiError =>
  new ApiError(402, {
    type: 'card_error',
    code,
    message,
    param,
    ...(declineCode === undefined ? {} : { declineCode }),
  });

const keptDetails = (given: z.output<typeof billingDetails> | undefined): BillingDetails => ({
  address: {
    city: given?.address?.city ?? null,
    country: given?.address?.country ?? null,
    line1: given?.address?.line1 ?? null,
    line2: given?.address?.line2 ?? null,
    postal_code: given?.address?.postal_code ?? null,
    state: given?.address?.state ?? null,
  },
  email: given?.email ?? null,
  name: given?.name ?? null,
  phone: given?.phone ?? null,
});

/** Stripe's named cards expire next year. */
const nextYear = (now: Seconds) => {
  const date = new Date(now * 1000);
  return { month: date.getUTCMonth() + 1, year: date.getUTCFullYear() + 1 };
};

const FARTHEST_YEARS = 50;

/** @throws {ApiError} 402, as a bank's form would say it */
const assertDate = (month: number | undefined, year: number | undefined, now: Seconds) => {
  const date = new Date(now * 1000);
  const thisYear = date.getUTCFullYear();
  const fullYear = year === undefined || year > 99 || year < 0 ? year : 2000 + year;
  if (month === undefined || month < 1 || month > 12) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
  if (fullYear === undefined || fullYear < thisYear || fullYear > thisYear + FARTHEST_YEARS) {
    throw cardError('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year');
  }
  if (fullYear === thisYear && month < date.getUTCMonth() + 1) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
  return { month, year: fullYear };
};

/**
 * A card typed into a browser. Only the published test numbers are taken, and of those only the brand and the last four
 * digits are kept; no other number is stored, logged or repeated in an answer.
 */
const typedCard = (given: z.output<typeof card>, now: Seconds): Card => {
  const number = (given.number ?? '').replaceAll(/[ -]/g, '');
  if (!passesLuhn(number)) throw cardError('incorrect_number', 'Your card number is incorrect.', 'number');
  const testCard = testCardByNumber(number);
  if (testCard === undefined) {
    throw cardError(
      'card_declined',
      'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
      'number',
      'test_mode_live_card',
    );
  }
  const { month, year } = assertDate(given.exp_month, given.exp_year, now);
  const cvc = testCard.brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/;
  if (given.cvc !== undefined && !cvc.test(given.cvc)) {
    throw cardError('invalid_cvc', "Your card's security code is invalid.", 'cvc');
  }
  return keep(testCard, month, year);
};

const readCard = (given: z.output<typeof card>, now: Seconds, isBrowser: boolean): Card => {
  if (given.token !== undefined) {
    const testCard = testCardByToken(given.token);
    const { month, year } = nextYear(now);
    if (testCard !== undefined) return keep(testCard, month, year);
    throw invalid(`No such token: '${brief(given.token)}'`, {
      code: 'resource_missing',
      param: 'card[token]',
    });
  }
  if (!isBrowser) {
    throw new ApiError(402, {
      type: 'invalid_request_error',
      message:
        'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that map to the test card you are using, see https://stripe.com/docs/testing.',
    });
  }
  return typedCard(given, now);
};

/** @throws {ApiError} 402 for a card that no form would take, 400 for an unknown token */
export const makePaymentMethod = ({ books, isBrowser }: Caller, data: PaymentMethodData): PaymentMethod => {
  const made: PaymentMethod = {
    id: newId('pm'),
    created: books.now,
    card: readCard(data.card, books.now, isBrowser),
    billingDetails: keptDetails(data.billing_details),
    metadata: data.metadata ?? {},
    usedBy: null,
  };
  books.put('paymentMethods', made);
  return made;
};

/** The named cards, such as `pm_card_visa`, are a new PaymentMethod each time. */
const named = ({ books }: Caller, id: string): PaymentMethod | undefined => {
  const testCard = testCardByPaymentMethod(id);
  if (testCard === undefined) return undefined;
  const { month, year } = nextYear(books.now);
  const made: PaymentMethod = {
    id: newId('pm'),
    created: books.now,
    card: keep(testCard, month, year),
    billingDetails: keptDetails(undefined),
    metadata: {},
    usedBy: null,
  };
  books.put('paymentMethods', made);
  return made;
};

/**
 * The means of payment a call gives, if it gives any.
 * @throws {ApiError} 400 for one that is unknown, or was used up: without a customer, a PaymentMethod pays once
 */
export const meansOf = (
  caller: Caller,
  given: { payment_method?: string | undefined; payment_method_data?: PaymentMethodData | undefined },
): PaymentMethod | undefined => {
  if (given.payment_method_data !== undefined) {
    if (given.payment_method !== undefined) {
      throw invalid('You may only specify one of these parameters: payment_method, payment_method_data.');
    }
    return makePaymentMethod(caller, given.payment_method_data);
  }
  if (given.payment_method === undefined) return undefined;
  const found =
    named(caller, given.payment_method) ?? caller.books.find('paymentMethods', given.payment_method);
  if (found === undefined) throw missing('paymentMethods', given.payment_method, 'payment_method');
  return found;
};

/** @throws {ApiError} 400 when it has paid another intent */
export const assertUnused = (method: PaymentMethod, intentId: string): void => {
  if (method.usedBy === null || method.usedBy === intentId) return;
  throw invalid(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
  );
};
