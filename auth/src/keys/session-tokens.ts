import { createPrivateKey } from 'node:crypto';
import {
  SESSION_ALGORITHM,
  SESSION_AUDIENCE,
  SESSION_ISSUER,
  type SessionClaims,
  sessionVerifier,
} from '@ticketing/common/http';
import jwt from 'jsonwebtoken';
import { type SessionTicket, TOKEN_SECONDS } from '../session.ts';
import { publicKeySet, type SigningKeys } from './signing-keys.ts';

export interface SessionTokens {
  /** Signs a JWT that every service accepts for an hour from `now`, whatever becomes of the session meanwhile. */
  sign(session: SessionTicket, now: Date): { readonly jwt: string; readonly claims: SessionClaims };
  /** The claims of a token that we signed, run out or not; undefined for anything else. */
  read(token: unknown): SessionClaims | undefined;
}

/** Only auth can sign; it reads its own tokens as every service does, but for their age. */
export const sessionTokens = (signingKeys: SigningKeys): SessionTokens => {
  const [signing] = signingKeys.keys;
  const privateKey = createPrivateKey({ key: signing, format: 'jwk' });
  const verifier = sessionVerifier(publicKeySet(signingKeys));
  return {
    sign({ id, email, sid }, now) {
      const iat = Math.floor(now.getTime() / 1000);
      const claims = { id, email, sid, iat, exp: iat + TOKEN_SECONDS };
      const token = jwt.sign(claims, privateKey, {
        algorithm: SESSION_ALGORITHM,
        keyid: signing.kid,
        issuer: SESSION_ISSUER,
        audience: SESSION_AUDIENCE,
      });
      return { jwt: token, claims };
    },
    read: (token) => verifier.verifyExpired(token),
  };
};
