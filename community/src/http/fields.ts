import { NotFound } from '@ticketing/common/errors';
import type { Check, Field } from '@ticketing/common/http';
import { text } from '@ticketing/common/http';

const HANDLE = /^[a-z0-9_]{3,20}$/;

/** 3 to 20 of a–z, 0–9 and _; capitals are taken as small letters. */
export const handle =
  (label: string): Field<string> =>
  (chain) =>
    text(label, { min: 1, max: 100 })(chain)
      .toLowerCase()
      .bail()
      .matches(HANDLE)
      .withMessage(`${label} must have 3 to 20 letters (a to z), digits and _`);

/** The `:handle` of the path. What cannot be one is unknown: 404. */
export const pathHandle: Check<{ handle: string }> = {
  run(request) {
    const given = String(request.params.handle).toLowerCase();
    if (!HANDLE.test(given)) throw new NotFound('Profile not found');
    return { handle: given };
  },
};

/** A text of several lines: forms send \r\n, and more than one empty line in a row is one. */
export const lines =
  (label: string, length: { min: number; max: number }): Field<string> =>
  (chain) =>
    text(
      label,
      length,
    )(
      chain.customSanitizer((value: unknown) =>
        typeof value === 'string' ? value.replace(/\r\n?/g, '\n').replace(/\n{3,}/g, '\n\n') : value,
      ),
    );

const MAX_LINKS = 3;
const MAX_LINK = 200;

const isLink = (value: unknown): value is string => {
  if (typeof value !== 'string' || value.length > MAX_LINK || /\s/.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return protocol === 'https:' && username === '' && password === '';
};

const trimmed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((each) => (typeof each === 'string' ? each.trim() : each)).filter((each) => each !== '')
    : value;

/** Up to three links, https, as a list. */
export const links =
  (label: string): Field<string[]> =>
  (chain) =>
    chain
      .customSanitizer(trimmed)
      .custom((value: unknown) => Array.isArray(value) && value.length <= MAX_LINKS && value.every(isLink))
      .withMessage(
        `${label} must be at most ${MAX_LINKS} links, each with https:// and ${MAX_LINK} characters at most`,
      )
      .bail()
      .customSanitizer((value: string[]) => [...new Set(value.map((each) => new URL(each).href))]);

const MAX_IDS = 100;

/** Ids with commas between them. */
export const ids =
  (label: string): Field<string[]> =>
  (chain) =>
    chain
      .custom(
        (value: unknown) =>
          typeof value === 'string' &&
          value.length <= MAX_IDS * 25 &&
          value.split(',').length <= MAX_IDS &&
          value.split(',').every((id) => /^[0-9a-f]{24}$/i.test(id)),
      )
      .withMessage(`${label} must be 1 to ${MAX_IDS} ids, with commas between them`)
      .bail()
      .customSanitizer((value: string) => [...new Set(value.toLowerCase().split(','))]);
