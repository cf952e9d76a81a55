import { types } from 'node:util';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { BadRequest, Refusal, Unavailable } from '../errors/index.ts';
import { isStoreAway } from '../store/index.ts';

/**
 * What the HTTP layer throws about a request: body-parser an http-error that may be exposed
 * (https://github.com/expressjs/body-parser#errors), the router a URIError. The client of another service may throw
 * errors with a `status` as well, and those are ours, not the caller's.
 */
const fromHttpError = (error: unknown): Refusal | undefined => {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  if (!(error instanceof URIError) && !('expose' in error && error.expose === true)) return undefined;
  if (error.status === 413) return new Refusal(413, [{ message: 'Body too large', code: 'body_too_large' }]);
  if (error.status === 415) {
    return new Refusal(415, [{ message: 'Unsupported encoding', code: 'unsupported_media_type' }]);
  }
  if ('type' in error && error.type === 'entity.parse.failed') {
    return new BadRequest('invalid_json', 'The body is not valid JSON');
  }
  return error.status === 400 ? new Refusal(400, [{ message: 'Bad request' }]) : undefined;
};

/**
 * The one place where errors become answers. A refusal answers what it says; everything else is logged with its stack
 * and answers 500 without a word of the inside.
 */
export const answerErrors =
  (logger: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const about = { method: request.method, path: request.path };
    if (response.headersSent) {
      // Too late for another answer. The connection is cut, so that nobody takes the half for the whole.
      logger.error({ ...about, err: error }, 'request failed in the middle of its answer');
      response.destroy();
      return;
    }
    response.set('Cache-Control', 'no-store');
    const away = isStoreAway(error);
    const refusal = error instanceof Refusal ? error : away ? new Unavailable() : fromHttpError(error);
    if (refusal === undefined) {
      logger.error({ ...about, err: error }, 'request failed');
      response.status(500).json({ errors: [{ message: 'Something went wrong', code: 'internal' }] });
      return;
    }
    if (refusal.status >= 500) {
      // Without the stack: while the store is away there is one of these for every request.
      const reason = types.isNativeError(error) ? `${error.name}: ${error.message}` : 'unknown';
      logger.warn({ ...about, reason }, 'request put off');
    }
    if (refusal.retryAfter !== undefined) response.set('Retry-After', String(refusal.retryAfter));
    response.status(refusal.status).json({ errors: refusal.lines });
  };
