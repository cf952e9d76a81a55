import { ConfigError, processSettings, readConfig, urlOf, wholeNumber } from '@ticketing/common/service';
import { z } from 'zod';

const settings = {
  ...processSettings,
  NODE_ENV: z
    .enum(['development', 'test'], 'the stand-in for Stripe does not run in production')
    .default('development'),
  PORT: wholeNumber(1, 65_535).default(4242),
  /** Where the journal is kept. */
  DATA_DIR: z.string().default('.data/stripe'),
  /** Where a browser reaches us, through the gateway; ourselves where it is not set. */
  PUBLIC_BASE: urlOf('http', 'https')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  STRIPE_WEBHOOK_URL: urlOf('http', 'https').optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_\w+$/, 'must begin with whsec_')
    .optional(),
  /** Not used: only so that nobody takes the stand-in for Stripe while they have a real key. */
  STRIPE_SECRET_KEY: z
    .string()
    .refine((key) => !key.includes('_live_'), 'is a live key: the stand-in for Stripe takes no part in that')
    .optional(),
};

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readStandInConfig = (env: NodeJS.ProcessEnv = process.env) => {
  const config = readConfig(settings, env);
  if (config.STRIPE_WEBHOOK_URL !== undefined && config.STRIPE_WEBHOOK_SECRET === undefined) {
    throw new ConfigError(
      'Bad settings in the environment:\n  STRIPE_WEBHOOK_SECRET: is not set, and STRIPE_WEBHOOK_URL needs it',
    );
  }
  return config;
};
