import { Unavailable } from '@ticketing/common/errors';
import { accountTries } from '../budgets.ts';
import { InvalidCredentials, type User } from '../user.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { countTry } from './count-try.ts';
import type { Deps } from './deps.ts';
import type { Credentials } from './sign-up.ts';

/**
 * Signs in, with a new session; the one this browser had before, whoever's it was, is over. An unknown email costs as
 * much work as a wrong password, so that nobody can time who has an account.
 * @throws {InvalidCredentials} {TooManyRequests} after too many wrong passwords for one account, from wherever
 */
export const signIn = (deps: Deps) => {
  const { users, passwords, limits } = deps;

  /** Costs have been raised since: now that the password is at hand, it is hashed anew. Not worth failing for. */
  const rehash = async (user: User, password: string): Promise<void> => {
    try {
      await users.replaceHash(user, await passwords.hash(password));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  };

  const prove = async (email: string, password: string): Promise<User> => {
    const user = await users.findByEmail(email);
    const right = await passwords.verify(password, user?.passwordHash ?? passwords.decoy);
    if (user === undefined || !right) throw new InvalidCredentials();
    return user;
  };

  return async ({ email, password, token }: Credentials): Promise<SignedIn> => {
    // Before the hash, which is what an attacker would have us spend; and for unknown accounts alike.
    const user = await countTry(limits, accountTries, email, () => prove(email, password));
    if (passwords.isOutdated(user.passwordHash)) await rehash(user, password);

    await limits.forgive(accountTries, email);
    return beginSession(deps, user, token);
  };
};
