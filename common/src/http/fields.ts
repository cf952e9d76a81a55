import type { Request } from 'express';
import express from 'express';
import {
  body as bodyField,
  matchedData,
  param as paramField,
  query as queryField,
  type ValidationChain,
  validationResult,
} from 'express-validator';
import { InvalidFields, NotFound, Refusal } from '../errors/index.ts';
import { MAX_PRICE_MINOR, MIN_PRICE_MINOR, toMinorUnits } from '../money/index.ts';
import type { Check } from './route.ts';

/** How one field is checked and turned into a `T`. */
export interface Field<T> {
  (chain: ValidationChain): ValidationChain;
  /** Carries the type only; never set. */
  readonly gives?: T;
}

type Given<F> = F extends Field<infer T> ? T : never;
type OptionalNames<S> = { [K in keyof S]: undefined extends Given<S[K]> ? K : never }[keyof S];
type Simplify<T> = { [K in keyof T]: T[K] } & {};
/** The values of a set of fields; optional ones may be absent. */
export type Fields<S> = Simplify<
  { [K in Exclude<keyof S, OptionalNames<S>>]: Given<S[K]> } & {
    [K in OptionalNames<S>]?: Exclude<Given<S[K]>, undefined>;
  }
>;

type Shape = Readonly<Record<string, Field<unknown>>>;

/** Largest JSON body, in bytes: 16 KiB, far more than any form of ours. */
const MAX_BODY = 16 * 1024;

const parseJson = express.json({ limit: MAX_BODY, strict: true });

const readBody = (request: Request, response: Parameters<typeof parseJson>[1]): Promise<void> =>
  new Promise((resolve, reject) => {
    // `false` is a body of another type; no body at all is none of it, and each required field will say so.
    if (request.get('content-length') !== '0' && request.is('application/json') === false) {
      reject(new UnsupportedMediaType());
      return;
    }
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });

/** 415 */
class UnsupportedMediaType extends Refusal {
  constructor() {
    super(415, [
      { message: 'Send JSON with Content-Type: application/json', code: 'unsupported_media_type' },
    ]);
  }
}

type Location = 'body' | 'query' | 'params';
const chainAt = { body: bodyField, query: queryField, params: paramField };

const readFields = async <S extends Shape>(
  request: Request,
  location: Location,
  shape: S,
): Promise<Fields<S>> => {
  for (const [name, field] of Object.entries(shape)) {
    await field(chainAt[location](name)).run(request);
  }
  const failed = validationResult(request).array({ onlyFirstError: true });
  if (failed.length > 0) {
    throw new InvalidFields(
      failed.map((error) => ({
        message: String(error.msg),
        field: error.type === 'field' ? error.path : 'body',
      })),
    );
  }
  return matchedData<Fields<S>>(request, { locations: [location], onlyValidData: true });
};

/**
 * Reads a JSON body of the given fields; what else it holds is left out. The body is parsed here and not earlier, so
 * whoever fails a check further left costs nothing.
 * @throws {InvalidFields} with a line a field; 413, 415 and 400 `invalid_json` for what is no such body
 */
export const body = <const S extends Shape>(shape: S): Check<Fields<S>> => ({
  async run(request, response) {
    await readBody(request, response);
    return readFields(request, 'body', shape);
  },
});

/** Reads the query string; Express 5 has it as a getter, so sanitized values are read back from the validator. */
export const query = <const S extends Shape>(shape: S): Check<Fields<S>> => ({
  run: (request) => readFields(request, 'query', shape),
});

const OBJECT_ID = /^[0-9a-f]{24}$/i;

/** The `:id` of the path. What cannot be an id is unknown: 404. */
export const pathId = (what: string): Check<{ id: string }> => ({
  run(request) {
    const { id } = request.params;
    if (typeof id !== 'string' || !OBJECT_ID.test(id)) throw new NotFound(`${what} not found`);
    return { id: id.toLowerCase() };
  },
});

/**
 * A string, trimmed, of `min` to `max` characters (an emoji is one, as long as it is one code point). Arrays and numbers
 * are refused. Which characters it may have is for the decision that keeps it (`texts`), which knows what stands already.
 */
export const text =
  (label: string, { min, max }: { min: number; max: number }): Field<string> =>
  (chain) =>
    chain
      .exists({ values: 'null' })
      .withMessage(`${label} is required`)
      .bail()
      .isString()
      .withMessage(`${label} must be text`)
      .bail()
      .trim()
      .isLength({ min, max })
      .withMessage(
        min === max
          ? `${label} must have ${min} characters`
          : `${label} must have ${min} to ${max} characters`,
      );

/** The id of something: 24 hexadecimal digits. */
export const id =
  (label: string): Field<string> =>
  (chain) =>
    chain
      .isString()
      .withMessage(`${label} must be an id`)
      .bail()
      .matches(OBJECT_ID)
      .withMessage(`${label} must be an id`)
      .toLowerCase();

/** A price as a decimal with at most two places, from 0.50 to 999,999.99; gives integer minor units. */
export const price =
  (label: string): Field<number> =>
  (chain) =>
    chain
      .custom((value: unknown) => {
        const minor = toMinorUnits(value);
        return minor !== undefined && minor >= MIN_PRICE_MINOR && minor <= MAX_PRICE_MINOR;
      })
      .withMessage(`${label} must be from 0.50 to 999999.99, with at most two decimals`)
      .bail()
      .customSanitizer(toMinorUnits);

const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** ISO 8601 with its zone and a day that exists (`Date` would make 2 March of 30 February). */
const parseInstant = (value: unknown): Date | undefined => {
  if (typeof value !== 'string' || !ISO_WITH_ZONE.test(value)) return undefined;
  const [year = 0, month = 0, day = 0] = value.slice(0, 10).split('-').map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  const instant = new Date(value);
  const utcYear = instant.getUTCFullYear();
  // Beyond year 9999, where a zone can lead, ISO 8601 needs a sign and six digits, and nobody expects those.
  return Number.isNaN(utcYear) || utcYear < 0 || utcYear > 9999 ? undefined : instant;
};

/** A moment: ISO 8601 with a zone, as in `2027-05-01T20:00:00+02:00`. */
export const instant =
  (label: string): Field<Date> =>
  (chain) =>
    chain
      .custom((value: unknown) => parseInstant(value) !== undefined)
      .withMessage(`${label} must be a date and time with a zone, like 2027-05-01T20:00:00+02:00`)
      .bail()
      .customSanitizer(parseInstant);

/** One of a list of words. */
export const oneOf =
  <const W extends readonly string[]>(label: string, words: W): Field<W[number]> =>
  (chain) =>
    chain
      .custom((value: unknown) => typeof value === 'string' && words.includes(value))
      .withMessage(`${label} must be one of ${words.join(', ')}`);

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'string' && value.trim() === '');

/** May be absent, or null, or blank as a form sends it. Any other value has to be right; `false` and 0 are values. */
export const optional =
  <T>(field: Field<T>): Field<T | undefined> =>
  (chain) =>
    field(
      chain
        .customSanitizer((value: unknown) => (isEmpty(value) ? undefined : value))
        .optional({ values: 'undefined' }),
    );

const MAX_PAGE = 100;

/** A page size in the query string, 1 to 100. */
export const limit =
  (standard: number): Field<number> =>
  (chain) =>
    chain
      .default(String(standard))
      .custom((value: unknown) => {
        const size = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : 0;
        return size >= 1 && size <= MAX_PAGE;
      })
      .withMessage(`limit must be from 1 to ${MAX_PAGE}`)
      .bail()
      .customSanitizer(Number);
