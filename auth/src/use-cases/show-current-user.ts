import { judge } from '../session.ts';
import { toAnswer, type UserAnswer } from '../user.ts';
import type { Deps } from './deps.ts';

/** Who is signed in; times in seconds since 1970, of the token. */
export interface CurrentUser extends UserAnswer {
  readonly iat: number;
  readonly exp: number;
}

/** Who is here, and what becomes of their cookie: it stays, goes, or holds a new token. */
export type Visit =
  | { readonly cookie: 'stays'; readonly currentUser: CurrentUser | null }
  | { readonly cookie: 'goes'; readonly currentUser: null }
  | { readonly cookie: 'is renewed'; readonly currentUser: CurrentUser; readonly jwt: string };

const nobody: Visit = { cookie: 'stays', currentUser: null };
const over: Visit = { cookie: 'goes', currentUser: null };

/**
 * Tells who is signed in, and renews a token that is older than half its life, or has run out, as long as the session's
 * record lives and the user exists. Renewing twice at once gives two tokens that are both good.
 */
export const showCurrentUser =
  ({ users, sessions, tokens, clock }: Deps) =>
  async ({ token }: { token?: unknown }): Promise<Visit> => {
    if (token === undefined) return nobody;
    const claims = tokens.read(token);
    if (claims === undefined) return over;

    const { id, email, sid, iat, exp } = claims;
    const now = clock.now();
    const verdict = judge(claims, await sessions.find(sid), now);
    if (verdict === 'over') return over;
    if (verdict === 'fresh') return { cookie: 'stays', currentUser: { id, email, iat, exp } };

    const user = await users.find(id);
    if (user === undefined || !(await sessions.renew(sid, now))) return over;
    const renewed = tokens.sign({ ...toAnswer(user), sid }, now);
    const { iat: since, exp: until } = renewed.claims;
    return {
      cookie: 'is renewed',
      currentUser: { ...toAnswer(user), iat: since, exp: until },
      jwt: renewed.jwt,
    };
  };
