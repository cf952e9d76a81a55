import 'server-only';

/** Where the services are, as this server reaches them; a browser never does, it goes through the gateway. */
const urls = {
  auth: 'AUTH_URL',
  tickets: 'TICKETS_URL',
  orders: 'ORDERS_URL',
  payments: 'PAYMENTS_URL',
  community: 'COMMUNITY_URL',
} as const;

export type Service = keyof typeof urls;

/** What is missing, all of it at once. */
class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The base URL of a service, without a slash at its end. Read when it is needed, since a build knows no services;
 * `instrumentation.ts` reads them all when the server starts.
 * @throws {ConfigError} naming each that is missing or no URL
 */
export const serviceUrl = (service: Service): string => readServiceUrls()[service];

export const readServiceUrls = (): Record<Service, string> => {
  const bad = Object.values(urls).filter((name) => !isHttpUrl(process.env[name]));
  if (bad.length > 0) {
    throw new ConfigError(
      `Bad settings in the environment:\n${bad.map((name) => `  ${name}: must be a URL that begins with http:// or https://`).join('\n')}`,
    );
  }
  return Object.fromEntries(
    Object.entries(urls).map(([service, name]) => [service, (process.env[name] ?? '').replace(/\/+$/, '')]),
  ) as Record<Service, string>;
};

const isHttpUrl = (value: string | undefined): boolean =>
  value !== undefined && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
