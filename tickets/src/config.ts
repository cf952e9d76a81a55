import {
  brokerSettings,
  currencySetting,
  httpSettings,
  mongoSettings,
  readConfig,
  serviceSettings,
} from '@ticketing/common/service';

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readTicketsConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig({ ...serviceSettings, ...mongoSettings, ...httpSettings, ...currencySetting }, env);

/** What the command `restored` needs. @throws {ConfigError} listing every bad variable */
export const readRestoredConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig({ ...mongoSettings, ...brokerSettings, ORDERS_MONGO_URL: mongoSettings.MONGO_URL }, env);

export type TicketsConfig = Pick<
  ReturnType<typeof readTicketsConfig>,
  keyof typeof httpSettings | keyof typeof currencySetting
>;
