import type { Express } from 'express';
import { createApp, type Route, sessionVerifier } from '../http/index.ts';
import type { HttpConfig } from './config.ts';
import type { ServiceDeps } from './start-service.ts';

/** The Express app of a service with the session, the proxies and the logs its configuration says. */
export const serviceApp = (
  { logger, metrics, store }: Pick<ServiceDeps, 'logger' | 'metrics' | 'store'>,
  config: HttpConfig,
  tables: { readonly routes: readonly Route[]; readonly unguarded?: readonly Route[] },
): Express =>
  createApp({
    ...tables,
    logger,
    metrics: metrics.http,
    store,
    trustProxyHops: config.TRUST_PROXY_HOPS,
    session: {
      verifier: sessionVerifier(config.SESSION_PUBLIC_KEYS),
      secureCookie: config.COOKIE_SECURE,
    },
  });
