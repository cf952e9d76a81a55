import type { Deps } from './deps.ts';

export interface SignedOut {
  /** The session that was ended, if there was one. */
  readonly ended?: string;
}

/**
 * Ends the session, also by a token that has run out: nothing is renewed from it any more. Tokens that were handed out
 * stay valid at the other services until they run out, an hour at most, but not in this browser.
 */
export const signOut =
  ({ sessions, tokens }: Deps) =>
  async ({ token }: { token?: unknown }): Promise<SignedOut> => {
    const claims = tokens.read(token);
    if (claims === undefined) return {};
    await sessions.end(claims.sid);
    return { ended: claims.sid };
  };
