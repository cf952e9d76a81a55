import {
  brokerSettings,
  currencySetting,
  httpSettings,
  mongoSettings,
  readConfig,
  serviceSettings,
  urlOf,
  wholeNumber,
} from '@ticketing/common/service';
import { z } from 'zod';

const isServerAlone = (value: string): boolean => {
  if (!URL.canParse(value)) return true; // said already
  const { href, origin } = new URL(value);
  return href === `${origin}/`;
};

const stripeSettings = {
  STRIPE_SECRET_KEY: z.string().regex(/^(sk|rk)_/, 'must be a secret key of Stripe (sk_… or rk_…)'),
  STRIPE_PUBLISHABLE_KEY: z.string().regex(/^pk_/, 'must be a publishable key of Stripe (pk_…)'),
  STRIPE_WEBHOOK_SECRET: z.string().regex(/^whsec_/, 'must be a signing secret of Stripe (whsec_…)'),
  /** Any server that speaks Stripe's API; Stripe's own where it is not set. The SDK knows of a host and a port alone. */
  STRIPE_API_BASE: urlOf('http', 'https')
    .refine(isServerAlone, 'must be a server alone, as https://host:port, without a path')
    .optional(),
  /** Where the browser reaches that server, a path of our own origin or a URL; only for the stand-in. */
  STRIPE_BROWSER_BASE: z
    .string()
    .regex(/^(\/[\w/-]*|https?:\/\/[\w.:/-]+)$/, 'must be a path or a URL')
    .optional(),
  /** Whose intents are ours, where several deployments share an account of Stripe's; in the metadata of each. */
  DEPLOYMENT: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be up to 100 letters, digits, and any of . _ -')
    .default('ticketing'),
  /** Longest wait for one answer of Stripe, in milliseconds. */
  STRIPE_TIMEOUT_MS: wholeNumber(100, 60_000).default(5_000),
};

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readPaymentsConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig(
    { ...serviceSettings, ...mongoSettings, ...httpSettings, ...currencySetting, ...stripeSettings },
    env,
  );

/** What the command `repair` needs of them. @throws {ConfigError} listing every bad variable */
export const readRepairConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig({ ...mongoSettings, ...stripeSettings }, env);

/** What the command `restored` needs. @throws {ConfigError} listing every bad variable */
export const readRestoredConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig(
    { ...mongoSettings, ...brokerSettings, ...stripeSettings, ORDERS_MONGO_URL: mongoSettings.MONGO_URL },
    env,
  );

type Everything = ReturnType<typeof readPaymentsConfig>;
export type StripeConfig = Pick<Everything, keyof typeof stripeSettings>;
export type PaymentsConfig = Pick<
  Everything,
  keyof typeof httpSettings | keyof typeof currencySetting | keyof typeof stripeSettings
>;
