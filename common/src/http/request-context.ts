import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { runInTrace, traceparentFrom } from '../tracing/index.ts';
import type { HttpMetrics } from './metrics.ts';

const REQUEST_ID = /^[\w-]{1,64}$/;

/** What nginx writes down when the client went away before it was answered; nobody is ever sent it. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Gives each request an id and a trace, and logs and measures its answer. An id from outside is kept only if it is
 * plain, so nothing can be smuggled into a log.
 */
export const requestContext =
  (logger: Logger, metrics: HttpMetrics): RequestHandler =>
  (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    const trace = { traceparent: traceparentFrom(request.get('traceparent')), requestId };
    const started = performance.now();
    response.set('X-Request-Id', requestId);
    response.once('close', () => {
      const seconds = (performance.now() - started) / 1000;
      const answered = response.writableFinished;
      const status = answered ? response.statusCode : CLIENT_CLOSED_REQUEST;
      const route: unknown = response.locals.route;
      const path = typeof route === 'string' ? route : 'unknown';
      const { method } = request;
      metrics.observe({ method, route: path, status }, seconds);
      // The event comes from the socket, outside of the request's trace.
      runInTrace(trace, () =>
        logger[answered && status >= 500 ? 'warn' : 'debug'](
          { method, path, status, ms: Math.round(seconds * 1000) },
          answered ? 'answered' : 'connection closed before the answer',
        ),
      );
    });
    runInTrace(trace, next);
  };
