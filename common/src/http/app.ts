import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { NotFound } from '../errors/index.ts';
import type { StoreWatch } from '../store/index.ts';
import { answerErrors } from './answer-errors.ts';
import { refuseCrossSite } from './cross-site.ts';
import type { HttpMetrics } from './metrics.ts';
import { requestContext } from './request-context.ts';
import type { Route } from './route.ts';
import { readSession, type SessionOptions } from './session.ts';

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly session: SessionOptions;
  /** How many proxies stand in front, whose X-Forwarded-* are believed. */
  readonly trustProxyHops: number;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  /** Refuses requests that a hung store would keep waiting. */
  readonly store?: Pick<StoreWatch, 'orUnavailable'> | undefined;
  /** Routes that prove themselves by their body (a signed webhook): before the cross-site check and any parser. */
  readonly unguarded?: readonly Route[];
}

const mount = (app: Express, { method, path, handle }: Route, store: AppOptions['store']): void => {
  app[method](path, async (request, response) => {
    response.locals.route = path;
    const done = handle(request, response);
    const answer = await (store === undefined ? done : store.orUnavailable(done));
    answer();
  });
};

/** Answers are personal unless a route says otherwise. */
const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/**
 * The Express app of a service; it makes no connection and does not listen.
 * Order: request id and trace → headers → what proves itself → cross-site check → session → routes → 404 → errors.
 */
export const createApp = (options: AppOptions): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', options.trustProxyHops);
  app.set('query parser', 'simple');
  app.use(requestContext(options.logger, options.metrics));
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        useDefaults: false,
      },
      strictTransportSecurity: options.session.secureCookie,
    }),
    noStore,
  );
  for (const route of options.unguarded ?? []) mount(app, route, options.store);
  app.use(refuseCrossSite, readSession(options.session));
  for (const route of options.routes) mount(app, route, options.store);
  app.use(() => {
    throw new NotFound();
  });
  app.use(answerErrors(options.logger));
  return app;
};
