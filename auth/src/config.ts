import { httpSettings, mongoSettings, processSettings, readConfig } from '@ticketing/common/service';
import { signingKeysSetting } from './keys/setting.ts';
import { publicKeySet } from './keys/signing-keys.ts';

/** Whoever holds the private keys derives the public ones, so the two can never disagree here. */
const { SESSION_PUBLIC_KEYS: _derived, ...ownHttpSettings } = httpSettings;

/**
 * The only reader of `process.env`. There is no key to fall back on: without one of its own the service does not start,
 * in production or anywhere else.
 * @throws {ConfigError} listing every bad variable
 */
export const readAuthConfig = (env: NodeJS.ProcessEnv = process.env) => {
  const settings = readConfig(
    { ...processSettings, ...mongoSettings, ...ownHttpSettings, SESSION_PRIVATE_KEYS: signingKeysSetting },
    env,
  );
  return { ...settings, SESSION_PUBLIC_KEYS: publicKeySet(settings.SESSION_PRIVATE_KEYS) };
};

export type AuthConfig = Pick<
  ReturnType<typeof readAuthConfig>,
  keyof typeof httpSettings | 'SESSION_PRIVATE_KEYS'
>;
