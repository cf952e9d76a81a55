import { mongoSettings, readConfig, urlOf, wholeNumber } from '@ticketing/common/service';
import { z } from 'zod';

const isServerAlone = (value: string): boolean => {
  if (!URL.canParse(value)) return true; // said already
  const { href, origin } = new URL(value);
  return href === `${origin}/`;
};

const settings = {
  TICKETS_MONGO_URL: mongoSettings.MONGO_URL,
  ORDERS_MONGO_URL: mongoSettings.MONGO_URL,
  PAYMENTS_MONGO_URL: mongoSettings.MONGO_URL,
  /** Where expiration keeps its dead letters; without it they are not looked at. */
  EXPIRATION_REDIS_URL: urlOf('redis', 'rediss').optional(),
  STRIPE_SECRET_KEY: z.string().regex(/^(sk|rk)_/, 'must be a secret key of Stripe (sk_… or rk_…)'),
  /** Any server that speaks Stripe's API; Stripe's own where it is not set. The SDK takes a host and a port alone. */
  STRIPE_API_BASE: urlOf('http', 'https')
    .refine(isServerAlone, 'must be a server alone, as https://host:port, without a path')
    .optional(),
  /** Whose intents are compared, where several deployments share an account of Stripe's: that of payments. */
  DEPLOYMENT: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be up to 100 letters, digits, and any of . _ -')
    .default('ticketing'),
  /** Longest wait for one answer of Stripe, in milliseconds. */
  STRIPE_TIMEOUT_MS: wholeNumber(100, 60_000).default(5_000),
};

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readReconcileConfig = (env: NodeJS.ProcessEnv = process.env) => readConfig(settings, env);
