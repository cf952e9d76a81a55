import { createPublicKey, type KeyObject } from 'node:crypto';
import { parse } from 'cookie';
import type { Request, RequestHandler } from 'express';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { NotSignedIn } from '../errors/index.ts';
import type { SessionUser } from '../session/index.ts';
import type { Check } from './route.ts';

/** What the session's JWT says. */
export interface SessionClaims extends SessionUser {
  /** The session's own record at auth, which renewal asks. */
  readonly sid: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
}

export const SESSION_ISSUER = 'ticketing.dev/auth';
export const SESSION_AUDIENCE = 'ticketing.dev';
export const SESSION_ALGORITHM = 'ES256';

const isPublicKey = (key: { kty: 'EC'; crv: 'P-256'; x: string; y: string }): boolean => {
  try {
    createPublicKey({ key, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
};

const publicJwk = z
  .looseObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    kid: z.string().min(1).max(128),
    x: z.string().min(1),
    y: z.string().min(1),
  })
  // A private key has no business in a service that only verifies.
  .refine((key) => !('d' in key), 'must not hold a private key')
  .transform(({ kty, crv, kid, x, y }) => ({ kty, crv, kid, x, y }))
  .refine(isPublicKey, 'must be a point of the curve');

/** A JSON Web Key Set of public ES256 keys (RFC 7517), each with its `kid`. */
export const jwksSchema = z.object({
  keys: z
    .array(publicJwk)
    .min(1)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'must not have a kid twice'),
});
export type Jwks = z.infer<typeof jwksSchema>;

const claimsSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{24}$/),
  email: z.string().min(3),
  sid: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
});

const MAX_CACHED_TOKENS = 10_000;
const MAX_TOKEN = 2_048;

export interface SessionVerifier {
  /** The claims of a token that auth signed and that has not run out, else undefined. */
  verify(token: unknown): SessionClaims | undefined;
  /** The same without asking for `exp`: for auth alone, which renews by the session's own record. */
  verifyExpired(token: unknown): SessionClaims | undefined;
}

/**
 * Verifies sessions with a set of public keys; `kid` chooses the key, so keys rotate without signing anybody out.
 * Verified tokens are remembered until they run out, as verifying costs about 0.1 ms.
 */
export const sessionVerifier = (jwks: Jwks): SessionVerifier => {
  const keys = new Map<string, KeyObject>(
    jwks.keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]),
  );
  const verified = new LRUCache<string, SessionClaims>({ max: MAX_CACHED_TOKENS });

  const check = (token: unknown, ignoreExpiration: boolean): SessionClaims | undefined => {
    if (typeof token !== 'string' || token.length > MAX_TOKEN) return undefined;
    try {
      const kid = jwt.decode(token, { complete: true })?.header.kid;
      const key = kid === undefined ? undefined : keys.get(kid);
      if (key === undefined) return undefined;
      const payload = jwt.verify(token, key, {
        algorithms: [SESSION_ALGORITHM],
        issuer: SESSION_ISSUER,
        audience: SESSION_AUDIENCE,
        ignoreExpiration,
      });
      return claimsSchema.safeParse(payload).data;
    } catch {
      return undefined;
    }
  };

  return {
    verify(token) {
      const known = typeof token === 'string' ? verified.get(token) : undefined;
      const claims = known ?? check(token, false);
      if (claims === undefined || claims.exp * 1000 <= Date.now()) return undefined;
      if (known === undefined) verified.set(token as string, claims);
      return claims;
    },
    verifyExpired: (token) => check(token, true),
  };
};

export interface SessionOptions {
  readonly verifier: SessionVerifier;
  /** Behind TLS: `__Host-session`, Secure. Off on plain http: `session`. */
  readonly secureCookie: boolean;
}

export const sessionCookieName = (secure: boolean): string => (secure ? '__Host-session' : 'session');

/**
 * Names, in this browser, the session that was ended in it last. Where an answer under way brings its token back, that is
 * worth nothing here.
 */
export const endedSessionCookieName = (secure: boolean): string =>
  secure ? '__Host-ended-session' : 'ended-session';

/** What the session's cookie holds: JSON in base64, of a JWT that is signed itself. */
export const sessionCookieValue = (jwt: string): string =>
  Buffer.from(JSON.stringify({ jwt })).toString('base64');

/** The token in such a value, unchecked. The padding may be missing: the client keeps the cookie without. */
const tokenIn = (value: string): unknown => {
  try {
    const content: unknown = JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
    return typeof content === 'object' && content !== null && 'jwt' in content ? content.jwt : undefined;
  } catch {
    return undefined;
  }
};

declare global {
  namespace Express {
    interface Request {
      /** The session's cookie: its name, whether only TLS carries it, and the token in it, unchecked: for auth alone. */
      sessionCookie: { readonly name: string; readonly secure: boolean; readonly token?: unknown };
      /** Set where the request carries a valid session. */
      currentUser?: SessionClaims;
    }
  }
}

/**
 * Reads the session's cookie, and can do nothing else: auth alone writes it. An answer of another service that set it,
 * too, would undo a signing out that came meanwhile, and from a shared cache give one visitor's session to all others.
 */
export const readSession = ({ verifier, secureCookie: secure }: SessionOptions): RequestHandler => {
  const name = sessionCookieName(secure);
  const ended = endedSessionCookieName(secure);
  return (request, _response, next) => {
    const cookies = parse(request.get('cookie') ?? '');
    const value = cookies[name];
    const token = value === undefined ? undefined : tokenIn(value);
    request.sessionCookie = { name, secure, token };
    const claims = verifier.verify(token);
    if (claims !== undefined && claims.sid !== cookies[ended]) request.currentUser = claims;
    next();
  };
};

const userOf = (request: Request): SessionUser | undefined =>
  request.currentUser && { id: request.currentUser.id, email: request.currentUser.email };

/** Passes whoever is signed in. @throws {NotSignedIn} */
export const signedIn: Check<{ user: SessionUser }> = {
  run(request) {
    const user = userOf(request);
    if (user === undefined) throw new NotSignedIn();
    return { user };
  },
};

/** Anybody; says who, where it is known. */
export const anyone: Check<{ user?: SessionUser }> = {
  run(request) {
    const user = userOf(request);
    return user === undefined ? {} : { user };
  },
};
