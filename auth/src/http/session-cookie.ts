import { Refusal } from '@ticketing/common/errors';
import { type Check, endedSessionCookieName, sessionCookieValue } from '@ticketing/common/http';
import Cookies from 'cookies';
import type { Request, Response } from 'express';
import { IDLE_SECONDS, TOKEN_SECONDS } from '../session.ts';
import type { SignedIn } from '../use-cases/begin-session.ts';
import type { Visit } from '../use-cases/show-current-user.ts';
import type { SignedOut } from '../use-cases/sign-out.ts';

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

interface Cookie {
  readonly name: string;
  /** Without one, the cookie is taken away. */
  readonly value?: string;
  readonly seconds: number;
}

const setCookie = (request: Request, response: Response, { name, value, seconds }: Cookie): void => {
  requireTls(request);
  new Cookies(request, response, { secure: request.secure }).set(name, value, {
    maxAge: seconds * 1000,
    path: '/',
    sameSite: 'lax',
    secure: request.sessionCookie.secure,
    httpOnly: true,
  });
};

/**
 * Writes the session's cookie; without a value, takes it away. Nothing else does so, in any service, and no answer does
 * so in passing: one that only repeated what was brought would undo a signing out that came meanwhile.
 */
const write = (request: Request, response: Response, value?: string): void =>
  setCookie(request, response, {
    name: request.sessionCookie.name,
    ...(value === undefined ? {} : { value }),
    // As long as a session may go without being used.
    seconds: IDLE_SECONDS,
  });

/** A renewal that was under way may still reach the browser: its token is to be worth nothing there while it lives. */
const markEnded = (request: Request, response: Response, sid: string | undefined): void => {
  if (sid === undefined) return;
  const name = endedSessionCookieName(request.sessionCookie.secure);
  setCookie(request, response, { name, value: sid, seconds: TOKEN_SECONDS });
};

/** Answers the user, with a cookie for the new session. */
export const answerSignedIn =
  (status: number) =>
  ({ user, jwt, ended }: SignedIn, request: Request, response: Response): void => {
    write(request, response, sessionCookieValue(jwt));
    markEnded(request, response, ended);
    response.status(status).json(user);
  };

/** Answers `{}` and takes the cookie away. */
export const answerSignedOut = ({ ended }: SignedOut, request: Request, response: Response): void => {
  write(request, response);
  markEnded(request, response, ended);
  response.status(200).json({});
};

/** Answers who is here, with a renewed cookie or without one, as the visit came out. */
export const answerCurrentUser = (visit: Visit, request: Request, response: Response): void => {
  if (visit.cookie === 'is renewed') write(request, response, sessionCookieValue(visit.jwt));
  if (visit.cookie === 'goes') write(request, response);
  response.status(200).json({ currentUser: visit.currentUser });
};
