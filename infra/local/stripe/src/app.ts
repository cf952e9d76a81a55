import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { Account } from './account.ts';
import { errorAnswer } from './api/answer.ts';
import { ApiError, invalid } from './api/api-error.ts';
import type { Idempotency } from './api/idempotency.ts';
import { serve } from './api/serve.ts';
import { BadControl, type Control, listPayments } from './control/control.ts';
import type { Faults } from './control/faults.ts';
import { apiRoutes } from './routes.ts';
import { threeDSecure } from './three-d-secure/routes.ts';

export interface AppParts {
  readonly account: Account;
  readonly idempotency: Idempotency;
  readonly faults: Faults;
  readonly control: Control;
  readonly logger: Logger;
  /** The path under which a gateway shows us to browsers, as `/stripe`; empty for none. */
  readonly browserPath: string;
}

const MOST_PARAMETERS = 1_000;

/** Stripe's own servers let any page call them with a publishable key. */
const crossOrigin: RequestHandler = (request, response, next) => {
  response.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Request-Id, Idempotent-Replayed, Original-Request',
  });
  if (request.method !== 'OPTIONS') return next();
  response.set({
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, Stripe-Version',
    'Access-Control-Max-Age': '300',
  });
  response.status(204).end();
};

const formOnly: RequestHandler = (request, _response, next) => {
  const hasOther = request.is('*/*') !== null && request.is('urlencoded') === false;
  if (!hasOther) return next();
  throw invalid('Send parameters as application/x-www-form-urlencoded.');
};

const form = [
  formOnly,
  express.urlencoded({ extended: true, limit: '100kb', parameterLimit: MOST_PARAMETERS }),
];

/** The Express app: Stripe's API, the bank's page, and what tests and `npm start` steer by. */
export const createApp = (parts: AppParts): Express => {
  const { account, control, browserPath, logger } = parts;

  /** What a browser may reach: the calls that take a publishable key, and nothing but such keys on a public path. */
  const forBrowsers = (publishableOnly: boolean): Router => {
    const router = Router();
    const serving = serve({ ...parts, publishableOnly });
    for (const route of apiRoutes) {
      if (route.call.keys !== 'any') continue;
      router.options(route.path, crossOrigin);
      router[route.method](route.path, crossOrigin, form, serving(route));
    }
    router.use('/3ds', threeDSecure(account));
    return router;
  };

  const forServers = (): Router => {
    const router = Router();
    const serving = serve({ ...parts, publishableOnly: false });
    for (const route of apiRoutes) {
      if (route.call.keys === 'secret') router[route.method](route.path, form, serving(route));
    }
    router.get('/payments', (_request, response) => {
      response.set('Cache-Control', 'no-store').json(listPayments(account));
    });
    router.get('/control', (_request, response) => {
      response.set('Cache-Control', 'no-store').json(control.show());
    });
    // JSON only: a form of some other site's page must not reach it.
    router.post('/control', express.json({ limit: '100kb', strict: true }), async (request, response) => {
      if (!request.is('json'))
        throw new BadControl([{ message: 'Send JSON (Content-Type: application/json)' }]);
      response.json(await control.change(request.body));
    });
    return router;
  };

  const unknown: RequestHandler = (request) => {
    throw new ApiError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${request.method}: ${request.path.slice(0, 40).replaceAll(/\d{8,}/g, '…')}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    });
  };

  const answerErrors: ErrorRequestHandler = (error, request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof BadControl) {
      response.status(400).json({ errors: error.problems });
      return;
    }
    const { status, body } = errorAnswer(asApiError(error, logger), account.scene, true);
    if (request.path === '/control')
      response.status(status).json({ errors: [{ message: 'Not valid JSON' }] });
    else response.status(status).type('application/json').send(body);
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'extended');
  if (browserPath !== '') app.use(browserPath, forBrowsers(true), unknown);
  app.use(forBrowsers(false), forServers(), unknown, answerErrors);
  return app;
};

/** Errors of the body parser have a status; anything else is our own fault. */
const asApiError = (error: unknown, logger: Logger): ApiError => {
  if (error instanceof ApiError) return error;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ApiError(status, { type: 'invalid_request_error', message: 'The request could not be read.' });
  }
  logger.error({ err: error }, 'a request failed');
  return new ApiError(500, { type: 'api_error', message: 'An unknown error occurred.' });
};
