import { types } from 'node:util';

/** Names of fields whose values must never reach a log, without case, `-` and `_`: as a part of the name, … */
const SECRET_PARTS =
  /passw|passphrase|secret|token|authorization|cookie|jwt|apikey|privatekey|credential|signature|paymentmethod|cvc|cvv/;
/** … or as the whole of it. */
const SECRET_NAMES = new Set(['card', 'number', 'pan', 'sid', 'd']);

const isSecret = (name: string): boolean => {
  const plain = name.replace(/[-_]/g, '').toLowerCase();
  return SECRET_NAMES.has(plain) || SECRET_PARTS.test(plain);
};

const REMOVED = '[removed]';

/** The check digit of card numbers (ISO/IEC 7812-1). */
const passesLuhn = (digits: string): boolean => {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
};

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** User and password of a URL, up to its last `@`: a password that is not encoded may hold anything but a space. */
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)\S*@/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const BEARER = /\b(bearer\s+)\S+/gi;
const STRIPE_SECRET = /\b(?:[sr]k_(?:live|test)_|whsec_)\w+|\b\w+_secret_\w+/g;
/** `"password": "…"`, `password=…`, as in bodies and queries that an error quotes. */
const NAMED_VALUE = /("?)\b([\w-]{1,40})\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s"&,;}]+)/g;
const CARD_NUMBER = /\b\d(?:[ -]?\d){13,18}\b/g;

/** A text without passwords in URLs, tokens, keys and card numbers. */
export const textWithoutSecrets = (text: string): string =>
  text
    .replace(PRIVATE_KEY, REMOVED)
    .replace(URL_CREDENTIALS, `$1${REMOVED}@`)
    .replace(JSON_WEB_TOKEN, REMOVED)
    .replace(BEARER, `$1${REMOVED}`)
    .replace(STRIPE_SECRET, REMOVED)
    .replace(NAMED_VALUE, (whole, quote: string, name: string, between: string) =>
      isSecret(name) ? `${quote}${name}${quote}${between}${REMOVED}` : whole,
    )
    .replace(CARD_NUMBER, (digits) => (passesLuhn(digits.replace(/\D/g, '')) ? REMOVED : digits));

/** Bounds for what somebody hands to the log without looking: a connection, a request, the error of an HTTP client. */
const DEEPEST = 8;
const MOST_ENTRIES = 100;
const LONGEST_TEXT = 10_000;

const shortened = (text: string): string =>
  text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text;

const OF_EVERY_ERROR = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** Also those of Node's own, which in a test come from another realm. */
export const isError = (value: unknown): value is Error =>
  types.isNativeError(value) || value instanceof Error;

const fieldsOf = (value: object): [string, unknown][] => {
  const own = Object.entries(value).slice(0, MOST_ENTRIES);
  if (!isError(value)) return own;
  const { name, message, stack, cause } = value;
  return [
    ['type', name],
    ['message', message],
    ['stack', stack],
    ...(cause === undefined ? [] : ([['cause', cause]] as [string, unknown][])),
    ...('errors' in value ? ([['errors', value.errors]] as [string, unknown][]) : []),
    ...own.filter(([field]) => !OF_EVERY_ERROR.has(field)),
  ];
};

const clean = (value: unknown, above: readonly object[]): unknown => {
  if (typeof value === 'string') return textWithoutSecrets(shortened(value));
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  if (above.length >= DEEPEST) return '[deeper]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const below = [...above, value];
  if ('toJSON' in value && typeof value.toJSON === 'function') return clean(value.toJSON(), below);
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map((item) => clean(item, below));
  return Object.fromEntries(
    fieldsOf(value).map(([name, inner]) => [
      name,
      isSecret(name) && typeof inner !== 'boolean' && inner !== null && inner !== undefined
        ? REMOVED
        : clean(inner, below),
    ]),
  );
};

/** A plain copy of an object or error for a log, without secrets and card data in whatever depth, and of a bounded size. */
export const withoutSecrets = (fields: object): Record<string, unknown> => {
  try {
    return clean(fields, []) as Record<string, unknown>;
  } catch {
    // A getter or a toJSON that throws; a log must not.
    return { unreadable: true };
  }
};
