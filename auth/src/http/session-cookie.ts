import { Refusal } from '@ticketing/common/errors';
import type { Check } from '@ticketing/common/http';
import type { Request, Response } from 'express';
import type { SignedIn } from '../use-cases/begin-session.ts';
import type { Visit } from '../use-cases/show-current-user.ts';

/** 400: the cookie is Secure, and the request came without TLS, or through a proxy that we were not told to trust. */
class HttpsRequired extends Refusal {
  constructor() {
    super(400, [{ message: 'Signing in needs https', code: 'https_required' }]);
  }
}

/** cookie-session would swallow the error of a Secure cookie on plain http, and answer without any cookie. */
const requireTls = (request: Request): void => {
  if (request.sessionOptions.secure === true && !request.secure) throw new HttpsRequired();
};

/** Passes a request whose answer can carry the session's cookie, before anything is done for it. */
export const cookieCanBeSet: Check = {
  run(request) {
    requireTls(request);
    return {};
  },
};

/** The token in the session's cookie, unchecked: the use case asks whether it is ours. */
export const presentedToken: Check<{ token?: unknown }> = {
  run(request) {
    const token: unknown = request.session?.jwt;
    return token === undefined ? {} : { token };
  },
};

const set = (request: Request, jwt: string): void => {
  requireTls(request);
  request.session = { jwt };
};

const clear = (request: Request): void => {
  requireTls(request);
  request.session = null;
};

/** Answers the user, with a cookie for the new session. */
export const answerSignedIn =
  (status: number) =>
  ({ user, jwt }: SignedIn, request: Request, response: Response): void => {
    set(request, jwt);
    response.status(status).json(user);
  };

/** Answers `{}` and takes the cookie away. */
export const answerSignedOut = (_result: unknown, request: Request, response: Response): void => {
  clear(request);
  response.status(200).json({});
};

/** Answers who is here, with a renewed cookie or without one, as the visit came out. */
export const answerCurrentUser = (visit: Visit, request: Request, response: Response): void => {
  if (visit.cookie === 'is renewed') set(request, visit.jwt);
  if (visit.cookie === 'goes') clear(request);
  response.status(200).json({ currentUser: visit.currentUser });
};
