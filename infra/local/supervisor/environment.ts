import { ConnectionString } from 'mongodb-connection-string-url';
import { CLUSTER_ID } from '../engines/index.ts';
import type { EngineUrls } from './engines.ts';
import type { Home } from './home.ts';
import type { ServiceRow, Surroundings } from './services.ts';

/** What a process may inherit from the person's shell; the rest is ours to say, or none of its business. */
const INHERITED =
  /^(PATH|HOME|USER|TMPDIR|TEMP|TMP|TZ|LANG|LC_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy|SystemRoot)$/i;

export const inherited = (env: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && INHERITED.test(entry[0]),
    ),
  );

/** The settings of a service. */
export const environmentOf = (
  row: ServiceRow,
  port: number,
  given: { readonly home: Home; readonly urls: EngineUrls; readonly surroundings: Surroundings },
): Record<string, string> => {
  const { home, urls, surroundings } = given;
  const { settings } = surroundings;
  const needs = new Set(row.needs);
  return {
    ...inherited(),
    // What runs here is what runs in a cluster: built, with keys of its own, on real engines.
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: settings.logLevel,
    STOP_SECONDS: '20',
    COOKIE_SECURE: settings.cookieSecure ? 'on' : 'off',
    RATE_LIMITS: settings.rateLimits ? 'on' : 'off',
    // The gateway, and nobody else.
    TRUST_PROXY_HOPS: '1',
    ORDER_HOLD_SECONDS: String(settings.holdSeconds),
    ...(needs.has('mongo') ? { MONGO_URL: databaseUrl(urls.mongo, row.name) } : {}),
    ...(needs.has('broker')
      ? { NATS_URL: urls.broker, NATS_CLUSTER_ID: CLUSTER_ID, TRANSPORT: settings.transport }
      : {}),
    ...(needs.has('redis') ? { REDIS_URL: urls.redis ?? '' } : {}),
    ...(needs.has('session keys') ? { SESSION_PUBLIC_KEYS: home.publicKeys } : {}),
    ...(needs.has('private session keys') ? { SESSION_PRIVATE_KEYS: home.privateKeys } : {}),
    ...row.env?.(surroundings),
  };
};

/** The URL of a service's own database on a server. */
export const databaseUrl = (serverUrl: string, database: string): string => {
  const url = new ConnectionString(serverUrl);
  // Whoever signs in does so at the database named in the URL, unless it says otherwise; we replace that one.
  if (url.username !== '' && !url.searchParams.has('authSource')) {
    url.searchParams.set('authSource', url.pathname.slice(1) || 'admin');
  }
  url.pathname = `/${database}`;
  return url.toString();
};
