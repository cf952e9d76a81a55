import { generateKeyPairSync, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import {
  type Jwks,
  jwksSchema,
  SESSION_ALGORITHM,
  SESSION_AUDIENCE,
  SESSION_ISSUER,
  type SessionUser,
  sessionCookieName,
  sessionCookieValue,
} from '../http/index.ts';
import { newId } from './builders.ts';

const HOUR = 60 * 60;

/** A key of this test's own: mints sessions without auth, since a real sign-up costs 260 ms of hashing. */
export const testSessions = (kid = `test-${randomUUID()}`) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwks: Jwks = jwksSchema.parse({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] });

  const token = (user: SessionUser, secondsLeft = HOUR): string =>
    jwt.sign({ id: user.id, email: user.email, sid: randomUUID() }, privateKey, {
      algorithm: SESSION_ALGORITHM,
      keyid: kid,
      issuer: SESSION_ISSUER,
      audience: SESSION_AUDIENCE,
      expiresIn: secondsLeft,
    });

  return {
    jwks,
    token,
    /** Somebody new. */
    user: (given: Partial<SessionUser> = {}): SessionUser => {
      const id = given.id ?? newId();
      return { id, email: given.email ?? `${id}@example.com` };
    },
    /** The Cookie header of somebody signed in, on plain http as in `npm start`. */
    cookie: (user: SessionUser, secondsLeft?: number): string =>
      `${sessionCookieName(false)}=${sessionCookieValue(token(user, secondsLeft))}`,
  };
};

export type TestSessions = ReturnType<typeof testSessions>;
