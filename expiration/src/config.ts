import { readConfig, serviceSettings, urlOf } from '@ticketing/common/service';

const redisSettings = {
  /** A Redis that keeps what it is given: append-only file, nothing evicted. */
  REDIS_URL: urlOf('redis', 'rediss'),
};

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readExpirationConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig({ ...serviceSettings, ...redisSettings }, env);

export type ExpirationConfig = Pick<ReturnType<typeof readExpirationConfig>, keyof typeof redisSettings>;
