import {
  currencySetting,
  httpSettings,
  mongoSettings,
  readConfig,
  serviceSettings,
} from '@ticketing/common/service';

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readTicketsConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig({ ...serviceSettings, ...mongoSettings, ...httpSettings, ...currencySetting }, env);

export type TicketsConfig = Pick<
  ReturnType<typeof readTicketsConfig>,
  keyof typeof httpSettings | keyof typeof currencySetting
>;
