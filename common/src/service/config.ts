import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { jwksSchema } from '../http/index.ts';

/** Bad settings, all of them at once, with what each should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads settings from the environment, each by its schema. The value of a setting is never part of the message, since
 * it may be a secret.
 * @throws {ConfigError} listing every bad variable
 */
export const readConfig = <S extends z.ZodRawShape>(
  shape: S,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<S>> => {
  // A variable set to nothing counts as not set, as in `PORT= npm start`.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    const missing = given[String(issue.path[0])] === undefined;
    return `  ${name}: ${missing ? 'is not set' : issue.message}`;
  });
  throw new ConfigError(`Bad settings in the environment:\n${lines.join('\n')}`);
};

/** A whole number from `min` to `max`. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

export const port = wholeNumber(0, 65_535);

/** `on` or `off`, and nothing else, so that a typing error does not turn a protection off. */
export const onOff = z.enum(['on', 'off'], 'must be on or off').transform((value) => value === 'on');

export const urlOf = (...protocols: string[]) =>
  z.string().refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol.slice(0, -1));
      } catch {
        return false;
      }
    },
    `must be a URL that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`,
  );

/** The same for several servers, each with a URL of its own, with commas between them. */
const urlsOf = (...protocols: string[]) => {
  const begin = protocols.map((name) => `${name}://`).join(' or ');
  return z
    .string()
    .refine(
      (value) =>
        value
          .split(',')
          .every((one) => urlOf(...protocols).safeParse(one).success && new URL(one).host !== ''),
      `must be a URL that begins with ${begin}; of several, with commas between them, each must`,
    );
};

/** The same for what may name several servers in one URL, as a replica set does; `URL` takes only one. */
const serversOf = (...protocols: string[]) =>
  z
    .string()
    .regex(
      new RegExp(`^(?:${protocols.join('|').replaceAll('+', '\\+')})://[^\\s/]\\S*$`),
      `must be a URL that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`,
    );

/**
 * Public session keys: a JWKS as JSON, or the path of a file that holds it.
 * Private keys are refused: only auth has one, in a setting of its own.
 */
const publicKeys = z.string().transform((value, context) => {
  try {
    const json = value.trimStart().startsWith('{') ? value : readFileSync(value, 'utf8');
    const parsed = jwksSchema.safeParse(JSON.parse(json));
    if (parsed.success) return parsed.data;
  } catch {
    // Neither JSON nor a readable file: the message below says what it must be.
  }
  context.addIssue({ code: 'custom', message: 'must be a JWKS of public ES256 keys, or the path of one' });
  return z.NEVER;
});

/** Settings of every process. */
export const processSettings = {
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  /** Where it listens; 0 is any free port. */
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Longest time a graceful stop may take, in seconds. */
  STOP_SECONDS: wholeNumber(1, 600).default(25),
};

/** Settings of a service that says or hears events. */
const busSettings = {
  TRANSPORT: z.enum(['nats-streaming', 'jetstream']).default('nats-streaming'),
  NATS_URL: urlsOf('nats', 'tls'),
  NATS_CLUSTER_ID: z
    .string()
    .regex(/^[\w-]+$/, 'must be letters, digits, - and _')
    .default('ticketing'),
};

/** Settings of an operator's command that looks at the broker. */
export const brokerSettings = {
  ...busSettings,
  /** Where the server tells of itself, `http://host:8222`; only NATS Streaming has to be asked there. */
  NATS_MONITOR_URL: urlOf('http', 'https').optional(),
};

/** Settings of a service that talks over the broker. */
export const serviceSettings = { ...processSettings, ...busSettings };

/** Settings of a service with a store. */
export const mongoSettings = { MONGO_URL: serversOf('mongodb', 'mongodb+srv') };

/** Settings of a service with an HTTP API. */
export const httpSettings = {
  SESSION_PUBLIC_KEYS: publicKeys,
  COOKIE_SECURE: onOff.default(true),
  TRUST_PROXY_HOPS: wholeNumber(0, 10).default(0),
  RATE_LIMITS: onOff.default(true),
};

/** Prices have two decimals throughout; a yen or a dinar has none or three, and would be charged a hundredfold. */
const hasTwoDecimals = (currency: string): boolean =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits === 2;

/** Lower-case ISO 4217 code of the one currency of a deployment. */
export const currencySetting = {
  CURRENCY: z
    .string()
    .regex(/^[a-z]{3}$/, { message: 'must be a lower-case ISO 4217 code, like usd', abort: true })
    .refine(hasTwoDecimals, 'must be a currency with two decimals, like usd')
    .default('usd'),
};

type BusConfig = z.infer<z.ZodObject<typeof busSettings>>;
/** What `runService` needs of a service's configuration; a service without events has no broker in it. */
export type ServiceConfig = z.infer<z.ZodObject<typeof processSettings>> &
  (BusConfig | { readonly NATS_URL?: never }) & { readonly MONGO_URL?: string };
export type HttpConfig = z.infer<z.ZodObject<typeof httpSettings>>;
