import type { Deps } from './index.ts';

/**
 * Ends the session, also by a token that has run out: nothing is renewed from it any more. Tokens that were handed out
 * stay valid at the other services until they run out, an hour at most.
 */
export const signOut =
  ({ sessions, tokens }: Deps) =>
  async ({ token }: { token?: unknown }): Promise<void> => {
    const claims = tokens.read(token);
    if (claims !== undefined) await sessions.end(claims.sid);
  };
