import { httpSettings, mongoSettings, processSettings, readConfig } from '@ticketing/common/service';

/** The only reader of `process.env`. @throws {ConfigError} listing every bad variable */
export const readCommunityConfig = (env: NodeJS.ProcessEnv = process.env) =>
  readConfig({ ...processSettings, ...mongoSettings, ...httpSettings }, env);

export type CommunityConfig = Pick<ReturnType<typeof readCommunityConfig>, keyof typeof httpSettings>;

/** What the operators' command needs of them. @throws {ConfigError} */
export const readOperatorConfig = (env: NodeJS.ProcessEnv = process.env) => readConfig(mongoSettings, env);
