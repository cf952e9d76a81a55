import {
  httpSettings,
  mongoSettings,
  readConfig,
  serviceSettings,
  wholeNumber,
} from '@ticketing/common/service';

const DAY_SECONDS = 24 * 60 * 60;

const holdSettings = {
  /** How long a reservation holds a ticket, in seconds: 15 minutes. */
  ORDER_HOLD_SECONDS: wholeNumber(1, DAY_SECONDS).default(15 * 60),
};

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readOrdersConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig({ ...serviceSettings, ...mongoSettings, ...httpSettings, ...holdSettings }, env);

export type OrdersConfig = Pick<
  ReturnType<typeof readOrdersConfig>,
  keyof typeof httpSettings | keyof typeof holdSettings
>;
