import { Types } from 'mongoose';
import { accountSignUps } from '../budgets.ts';
import { EmailInUse, type User } from '../user.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { countTry } from './count-try.ts';
import type { Deps } from './index.ts';

/** What somebody types in: the email canonical, the password as it was checked. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Opens an account and signs in.
 * @throws {EmailInUse} {TooManyRequests} after too many tries to open one account, from wherever
 */
export const signUp = (deps: Deps) => {
  const { users, passwords, clock, limits } = deps;

  const openAccount = async ({ email, password }: Credentials): Promise<User> => {
    // Spares the hashing; it is the insert that decides.
    if ((await users.findByEmail(email)) !== undefined) throw new EmailInUse();

    const passwordHash = await passwords.hash(password);
    const id = new Types.ObjectId().toHexString();
    const user: User = { id, email, passwordHash, createdAt: clock.now() };
    await users.insert(user);
    return user;
  };

  return async (credentials: Credentials): Promise<SignedIn> => {
    const open = () => openAccount(credentials);
    return beginSession(deps, await countTry(limits, accountSignUps, credentials.email, open));
  };
};
