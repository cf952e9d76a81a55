import { Types } from 'mongoose';
import { accountSignUps } from '../budgets.ts';
import { EmailInUse, type User } from '../user.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { countTry } from './count-try.ts';
import type { Deps } from './deps.ts';

/** What somebody types in, the email canonical and the password as it was checked; and the cookie they came with. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly token?: unknown;
}

/**
 * Opens an account and signs in, with a new session; the one this browser had before, whoever's it was, is over.
 * @throws {EmailInUse} {TooManyRequests} after too many tries to open one account, from wherever
 */
export const signUp = (deps: Deps) => {
  const { users, passwords, clock, limits } = deps;

  const openAccount = async (email: string, password: string): Promise<User> => {
    // Spares the hashing; it is the insert that decides.
    if ((await users.findByEmail(email)) !== undefined) throw new EmailInUse();

    const passwordHash = await passwords.hash(password);
    const id = new Types.ObjectId().toHexString();
    const user: User = { id, email, passwordHash, createdAt: clock.now() };
    await users.insert(user);
    return user;
  };

  return async ({ email, password, token }: Credentials): Promise<SignedIn> => {
    const user = await countTry(limits, accountSignUps, email, () => openAccount(email, password));
    return beginSession(deps, user, token);
  };
};
