import {
  brokerSettings,
  httpSettings,
  mongoSettings,
  readConfig,
  serviceSettings,
  urlOf,
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

/** What the command `restored` needs. @throws {ConfigError} listing every bad variable */
export const readRestoredConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig(
    {
      ...mongoSettings,
      ...brokerSettings,
      TICKETS_MONGO_URL: mongoSettings.MONGO_URL,
      PAYMENTS_MONGO_URL: mongoSettings.MONGO_URL,
      /** Where expiration keeps its dead letters; without it they are not looked at. */
      EXPIRATION_REDIS_URL: urlOf('redis', 'rediss').optional(),
    },
    env,
  );

export type OrdersConfig = Pick<
  ReturnType<typeof readOrdersConfig>,
  keyof typeof httpSettings | keyof typeof holdSettings
>;
