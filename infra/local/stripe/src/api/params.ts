import { z } from 'zod';
import { type ApiError, brief, invalid } from './api-error.ts';

/**
 * Parameters arrive as Stripe's clients send them: form-encoded text, nested as `card[token]`. These schemas read them,
 * and `readParams` refuses what does not fit with Stripe's own errors.
 */

const custom = (code: string | undefined, message: string) => ({
  code: 'custom' as const,
  message,
  params: { stripe: code },
});

export const text = (max = 5_000) =>
  z.string().superRefine((value, context) => {
    if (value === '') {
      context.addIssue(
        custom(
          'parameter_invalid_empty',
          'You passed an empty string. We assume empty values are an attempt to unset a parameter; however this one cannot be unset. Remove it or supply a non-empty value.',
        ),
      );
    }
    if (value.length > max) {
      context.addIssue(
        custom('parameter_invalid_string', `Invalid string: must be at most ${max} characters`),
      );
    }
  });

export const integer = (min: number, max = 99_999_999) =>
  z.string().transform((value, context) => {
    if (!/^-?\d{1,15}$/.test(value)) {
      context.addIssue(custom('parameter_invalid_integer', `Invalid integer: ${brief(value)}`));
      return z.NEVER;
    }
    const number = Number(value);
    if (number < min) {
      context.addIssue(
        custom('parameter_invalid_integer', `This value must be greater than or equal to ${min}.`),
      );
      return z.NEVER;
    }
    if (number > max) {
      context.addIssue(
        custom('parameter_invalid_integer', `This value must be less than or equal to ${max}.`),
      );
      return z.NEVER;
    }
    return number;
  });

export const bool = z.string().transform((value, context) => {
  if (value === 'true' || value === 'false') return value === 'true';
  context.addIssue(custom(undefined, `Invalid boolean: ${brief(value)}`));
  return z.NEVER;
});

export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.string().transform((value, context): T[number] => {
    if (values.includes(value)) return value;
    context.addIssue(custom(undefined, `Invalid value: must be one of ${values.join(', ')}`));
    return z.NEVER;
  });

const MOST_KEYS = 50;
const LONGEST_KEY = 40;
const LONGEST_VALUE = 500;

/** docs.stripe.com/api/metadata */
export const metadata = z.record(z.string(), z.string()).transform((given, context) => {
  // An empty value removes its key.
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const entries = Object.entries(kept);
  const tooMuch =
    entries.length > MOST_KEYS
      ? `Metadata can have up to ${MOST_KEYS} keys.`
      : entries.some(([key]) => key.length > LONGEST_KEY)
        ? `Metadata keys can be up to ${LONGEST_KEY} characters long.`
        : entries.some(([, value]) => value.length > LONGEST_VALUE)
          ? `Metadata values can be up to ${LONGEST_VALUE} characters long.`
          : undefined;
  if (tooMuch !== undefined) context.addIssue(custom(undefined, tooMuch));
  return kept;
});

export const url = text().superRefine((value, context) => {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    context.addIssue(custom('url_invalid', 'Not a valid URL'));
  }
});

/** What every call takes. A publishable key may stand in the body, as Stripe.js sends it. */
export const common = {
  expand: z.array(z.string().max(200)).max(20).optional(),
  key: z.string().optional(),
};

/** What every list takes. */
export const page = {
  limit: integer(1, 100).optional(),
  starting_after: text(255).optional(),
  ending_before: text(255).optional(),
  created: z
    .union([
      integer(0, Number.MAX_SAFE_INTEGER).transform((at) => ({
        gte: at,
        lte: at,
        gt: undefined,
        lt: undefined,
      })),
      z.strictObject({
        gt: integer(0, Number.MAX_SAFE_INTEGER).optional(),
        gte: integer(0, Number.MAX_SAFE_INTEGER).optional(),
        lt: integer(0, Number.MAX_SAFE_INTEGER).optional(),
        lte: integer(0, Number.MAX_SAFE_INTEGER).optional(),
      }),
    ])
    .optional(),
};

/** `['card', 'token']` as Stripe writes it: `card[token]`. */
const nameOf = (path: readonly PropertyKey[]): string =>
  path.map((part, place) => (place === 0 ? String(part) : `[${String(part)}]`)).join('');

const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    raw,
  );

/** @throws {ApiError} 400, for the first thing that is wrong */
export const readParams = <S extends z.ZodType>(schema: S, raw: unknown): z.output<S> => {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw asApiError(parsed.error.issues, raw);
};

const asApiError = (issues: readonly z.core.$ZodIssue[], raw: unknown): ApiError => {
  const [issue] = issues;
  if (issue === undefined) return invalid('Invalid request');
  if (issue.code === 'unrecognized_keys') {
    const param = nameOf([...issue.path, issue.keys[0] ?? '']);
    // A name can be anything, a card number too.
    const shown = brief(param);
    return invalid(`Received unknown parameter: ${shown} (to the local stand-in for Stripe)`, {
      code: 'parameter_unknown',
      param: shown,
    });
  }
  const param = nameOf(issue.path);
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.stripe;
    return invalid(issue.message, { param, ...(typeof code === 'string' ? { code } : {}) });
  }
  if (valueAt(raw, issue.path) === undefined) {
    return invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }
  return invalid(`Invalid value for ${param}`, { param });
};
