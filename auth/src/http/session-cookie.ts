import { Refusal } from '@ticketing/common/errors';
import { type Check, sessionCookieValue } from '@ticketing/common/http';
import Cookies from 'cookies';
import type { Request, Response } from 'express';
import { IDLE_SECONDS } from '../session.ts';
import type { SignedIn } from '../use-cases/begin-session.ts';
import type { Visit } from '../use-cases/show-current-user.ts';

/** 400: the cookie is Secure, and the request came without TLS, or through a proxy that we were not told to trust. */
class HttpsRequired extends Refusal {
  constructor() {
    super(400, [{ message: 'Signing in needs https', code: 'https_required' }]);
  }
}

const requireTls = ({ sessionCookie, secure }: Request): void => {
  if (sessionCookie.secure && !secure) throw new HttpsRequired();
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
  run: ({ sessionCookie: { token } }) => (token === undefined ? {} : { token }),
};

/**
 * Writes the session's cookie; without a value, takes it away. Nothing else does so, in any service, and no answer does
 * so in passing: one that only repeated what was brought would undo a signing out that came meanwhile.
 */
const write = (request: Request, response: Response, value?: string): void => {
  requireTls(request);
  const { name, secure } = request.sessionCookie;
  new Cookies(request, response, { secure: request.secure }).set(name, value, {
    // As long as a session may go without being used.
    maxAge: IDLE_SECONDS * 1000,
    path: '/',
    sameSite: 'lax',
    secure,
    httpOnly: true,
  });
};

/** Answers the user, with a cookie for the new session. */
export const answerSignedIn =
  (status: number) =>
  ({ user, jwt }: SignedIn, request: Request, response: Response): void => {
    write(request, response, sessionCookieValue(jwt));
    response.status(status).json(user);
  };

/** Answers `{}` and takes the cookie away. */
export const answerSignedOut = (_result: unknown, request: Request, response: Response): void => {
  write(request, response);
  response.status(200).json({});
};

/** Answers who is here, with a renewed cookie or without one, as the visit came out. */
export const answerCurrentUser = (visit: Visit, request: Request, response: Response): void => {
  if (visit.cookie === 'is renewed') write(request, response, sessionCookieValue(visit.jwt));
  if (visit.cookie === 'goes') write(request, response);
  response.status(200).json({ currentUser: visit.currentUser });
};
