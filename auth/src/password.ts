/** What a password must be: long enough, and not among the first that somebody would guess. */
import { dictionary } from '@zxcvbn-ts/language-common';

/** In characters (code points), so that an emoji counts as one. */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 128;

/**
 * The one way of writing a password, as RFC 8265 (OpaqueString) has it: accents composed, so that it is the same on
 * every keyboard. Spaces and case count.
 */
export const canonicalPassword = (typed: string): string => typed.normalize('NFC');

/** In characters (code points), as the bounds are. */
export const lengthOf = (password: string): number => [...password].length;

const HALF_A_CHARACTER = /\p{Surrogate}/u;

/** Half of a surrogate pair is no character: all halves would hash to the same. */
export const isText = (password: string): boolean => !HALF_A_CHARACTER.test(password);

/** Passwords of leaked lists, in lower case, without those too short to be one of ours. */
const common = new Set(
  dictionary['passwords-common'].map(String).filter((password) => lengthOf(password) >= MIN_PASSWORD),
);

/** `aaaaaaaa`, `abababab`, `12341234`: a few characters again and again. */
const REPEATED = /^(.{1,4}?)\1+$/su;

/** `12345678`, `hgfedcba`: each character the neighbour of the one before. */
const isRow = (password: string): boolean => {
  const codes = [...password].map((character) => character.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  return steps.size === 1 && (steps.has(1) || steps.has(-1));
};

/** True for what an attacker tries first, in any case: leaked lists, rows, repetitions, the account's own email. */
export const isEasilyGuessed = (password: string, email: string): boolean => {
  const guess = password.toLowerCase();
  const [name = ''] = email.split('@');
  return common.has(guess) || REPEATED.test(guess) || isRow(guess) || guess === email || guess === name;
};
