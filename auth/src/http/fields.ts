import { type Field, text } from '@ticketing/common/http';
import {
  canonicalPassword,
  isEasilyGuessed,
  isText,
  lengthOf,
  MAX_PASSWORD,
  MIN_PASSWORD,
} from '../password.ts';
import { canonicalEmail, isVisible, MAX_EMAIL } from '../user.ts';

/** An email, canonical; at most 254 bytes. */
export const email = (): Field<string> => (chain) =>
  text('Email', { min: 1, max: MAX_EMAIL })(chain)
    .bail()
    .custom(isVisible)
    .withMessage('Email must not have invisible characters')
    .bail()
    .customSanitizer(canonicalEmail)
    .custom((value: string) => Buffer.byteLength(value) <= MAX_EMAIL)
    .withMessage(`Email must have at most ${MAX_EMAIL} bytes`)
    .bail()
    .isEmail()
    .withMessage('Email must be an email address, like ada@example.com');

const passwordOf =
  (min: number): Field<string> =>
  (chain) =>
    chain
      .exists({ values: 'null' })
      .withMessage('Password is required')
      .bail()
      .isString()
      .withMessage('Password must be text')
      .bail()
      .customSanitizer(canonicalPassword)
      .custom((value: string) => lengthOf(value) >= min && lengthOf(value) <= MAX_PASSWORD)
      .withMessage(`Password must have ${min} to ${MAX_PASSWORD} characters`)
      .bail()
      .custom(isText)
      .withMessage('Password must be text')
      .bail();

/** A password as somebody types it to sign in, neither trimmed nor changed in case: a short one is only wrong. */
export const password = (): Field<string> => passwordOf(1);

/** A password good enough for a new account. */
export const newPassword = (): Field<string> => (chain) =>
  passwordOf(MIN_PASSWORD)(chain)
    .custom((value: string, { req }) => {
      const given: unknown = req.body?.email;
      return !isEasilyGuessed(value, typeof given === 'string' ? canonicalEmail(given) : '');
    })
    .withMessage('Password is too easy to guess: choose one that nobody else has');
