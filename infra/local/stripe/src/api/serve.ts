import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { type Account, type Cause, secondsOf } from '../account.ts';
import type { Answered, Call } from '../calls/call.ts';
import { type Failure, type Faults, nextFailure, nextLoss, nextRateLimit } from '../control/faults.ts';
import { newId } from '../domain/identifier.ts';
import type { KeptAnswer } from '../domain/records.ts';
import { API_VERSION } from '../present/present.ts';
import type { ApiRoute } from '../routes.ts';
import { type Answer, answerOf, errorAnswer } from './answer.ts';
import { ApiError, invalid } from './api-error.ts';
import { fingerprintOf, type Idempotency } from './idempotency.ts';
import { assertPublishable, assertSecret, type KeyKind, readKey } from './keys.ts';
import { readParams } from './params.ts';

export interface ServeDeps {
  readonly account: Account;
  readonly idempotency: Idempotency;
  readonly faults: Faults;
  readonly logger: Logger;
  /** On a path that anybody can reach, nobody is believed to be the merchant. */
  readonly publishableOnly: boolean;
}

/** A request that may begin: its key is right, and its parameters fit. */
interface Incoming {
  readonly route: ApiRoute;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly id: string;
  readonly isBrowser: boolean;
  readonly params: unknown;
  readonly expand: readonly string[];
  readonly requestId: string;
  /** Of a POST only: everything else is idempotent by itself. */
  readonly idempotencyKey: string | null;
}

/** A connection that a fault keeps silent is not kept for ever. */
const LONGEST_SILENCE_MS = 120_000;

const bug = (): ApiError =>
  new ApiError(500, {
    type: 'api_error',
    message: 'An unknown error occurred in the local stand-in for Stripe; its log says more.',
  });

/** The error of a fault, in Stripe's shape. */
const asked = ({ status, code, declineCode, message }: Failure): ApiError => {
  const more = {
    ...(code === undefined ? {} : { code }),
    ...(declineCode === undefined ? {} : { declineCode }),
  };
  if (status === 429) {
    return new ApiError(429, {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message:
        message ??
        'Request rate limit exceeded. You can learn more about rate limits here https://docs.stripe.com/rate-limits.',
      ...more,
    });
  }
  if (status === 402) {
    return new ApiError(402, {
      type: 'card_error',
      code: 'card_declined',
      message: message ?? 'Your card was declined.',
      ...more,
    });
  }
  if (status === 400) {
    return invalid(message ?? 'This request was refused because somebody asked for it.', more);
  }
  return new ApiError(status, {
    type: 'api_error',
    message:
      message ??
      'An unknown error occurred. The Stripe team has been notified. Please try again later, or contact support.',
    ...more,
  });
};

/**
 * Serves one operation of the API, in the order in which Stripe judges a request: key, parameters, rate, idempotency;
 * only then it begins, and from then on whatever it answers is kept under its idempotency key, in the same write as
 * what it changed. It answers once that write is on the disk.
 */
export const serve = ({ account, idempotency, faults, logger, publishableOnly }: ServeDeps) => {
  const { ledger, scene } = account;

  /** @throws {ApiError} refusals that come before the call begins */
  const admit = (route: ApiRoute, request: Request, requestId: string): Incoming => {
    const given: Record<string, unknown> = { ...(route.method === 'get' ? request.query : request.body) };
    const kind: KeyKind = readKey(request.get('authorization'), given.key);
    if (route.call.keys === 'secret') assertSecret(kind);
    if (publishableOnly) assertPublishable(kind);
    const params = readParams(route.call.params, given);
    const { expand } = params as { expand?: string[] };
    return {
      route,
      method: route.method === 'get' ? 'GET' : 'POST',
      path: request.path,
      id: typeof request.params.id === 'string' ? request.params.id : '',
      isBrowser: kind === 'publishable',
      params,
      expand: expand ?? [],
      requestId,
      idempotencyKey: route.method === 'post' ? (request.get('idempotency-key') ?? null) : null,
    };
  };

  const errorOf = (error: unknown, isBrowser: boolean): Answer => {
    if (error instanceof ApiError) return errorAnswer(error, scene, isBrowser);
    logger.error({ err: error }, 'a call failed');
    return errorAnswer(bug(), scene, isBrowser);
  };

  const perform = (
    incoming: Incoming,
    call: Call,
    keep: (answer: Answer) => KeptAnswer | undefined,
  ): Answer => {
    const { id, isBrowser, expand, path, requestId, idempotencyKey } = incoming;
    const cause: Cause = { requestId, idempotencyKey };
    const failure = nextFailure(faults, incoming.method, path);
    const keepAlone = (answer: Answer): Answer => {
      account.change(cause, (books) => {
        const kept = keep(answer);
        if (kept !== undefined) books.put('answers', kept);
      });
      return answer;
    };
    if (failure?.when === 'before') return keepAlone(errorAnswer(asked(failure), scene, isBrowser));
    try {
      return account.change(cause, (books) => {
        const answered: Answered = call.perform({ books, ledger, isBrowser, id }, incoming.params);
        const done = answerOf(answered, { scene: books.scene, isBrowser, expand, path });
        const answer = failure === undefined ? done : errorAnswer(asked(failure), scene, isBrowser);
        const kept = keep(answer);
        if (kept !== undefined) books.put('answers', kept);
        return answer;
      });
    } catch (error) {
      return keepAlone(errorOf(error, isBrowser));
    }
  };

  const latency = async (): Promise<void> => {
    if (faults.latencyMs > 0) await pause(faults.latencyMs);
  };

  const performOnce = async (
    incoming: Incoming,
    key: string,
  ): Promise<{ answer: Answer; replayOf?: string }> => {
    const { route, path, params, requestId } = incoming;
    const request = { key, endpoint: `POST ${path}`, fingerprint: fingerprintOf(params) };
    const first = idempotency.begin(request, secondsOf(account.clock));
    if (first !== undefined) return { answer: first, replayOf: first.requestId };
    try {
      await latency();
      const keep = ({ status, body }: Answer): KeptAnswer => ({
        id: key,
        created: secondsOf(account.clock),
        endpoint: request.endpoint,
        fingerprint: request.fingerprint,
        requestId,
        status,
        body,
      });
      return { answer: perform(incoming, route.call, keep) };
    } finally {
      idempotency.release(key);
    }
  };

  const handle = async (incoming: Incoming): Promise<{ answer: Answer; replayOf?: string }> => {
    const rateLimit = nextRateLimit(faults, incoming.method, incoming.path);
    if (rateLimit !== undefined) throw asked(rateLimit);
    if (incoming.idempotencyKey !== null) return performOnce(incoming, incoming.idempotencyKey);
    await latency();
    return { answer: perform(incoming, incoming.route.call, () => undefined) };
  };

  /** The answer, unless a fault loses it: the work is done, and whoever asked is not told. */
  const send = (request: Request, response: Response, { status, body }: Answer): void => {
    const loss = nextLoss(faults, request.method, request.path);
    if (loss === undefined) {
      response.status(status).type('application/json').send(body);
    } else if (loss.by === 'cutting') {
      request.socket.destroy();
    } else {
      const end = setTimeout(() => request.socket.destroy(), LONGEST_SILENCE_MS);
      end.unref();
      request.socket.once('close', () => clearTimeout(end));
    }
  };

  return (route: ApiRoute): RequestHandler =>
    async (request, response) => {
      const began = performance.now();
      const requestId = newId('req');
      response.set({
        'Request-Id': requestId,
        'Stripe-Version': request.get('stripe-version') ?? API_VERSION,
        'Cache-Control': 'no-cache, no-store',
      });
      let isBrowser = true;
      let answer: Answer;
      let replayOf: string | undefined;
      try {
        const incoming = admit(route, request, requestId);
        isBrowser = incoming.isBrowser;
        if (incoming.idempotencyKey !== null) response.set('Idempotency-Key', incoming.idempotencyKey);
        ({ answer, replayOf } = await handle(incoming));
        await ledger.settled();
      } catch (error) {
        answer = errorOf(error, isBrowser);
      }
      if (replayOf !== undefined)
        response.set({ 'Idempotent-Replayed': 'true', 'Original-Request': replayOf });
      // The route's pattern: what somebody puts in its place is none of the log's business.
      logger.debug({
        method: request.method,
        route: route.path,
        status: answer.status,
        ms: Math.round(performance.now() - began),
        requestId,
        replayed: replayOf !== undefined,
      });
      send(request, response, answer);
    };
};
