import { Types } from 'mongoose';
import { EmailInUse, type User } from '../user.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import type { Deps } from './index.ts';

/** What somebody types in: the email canonical, the password as it was checked. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Opens an account and signs in. @throws {EmailInUse} */
export const signUp =
  ({ users, passwords, clock, ...session }: Deps) =>
  async ({ email, password }: Credentials): Promise<SignedIn> => {
    // Spares the hashing; it is the insert that decides.
    if ((await users.findByEmail(email)) !== undefined) throw new EmailInUse();

    const passwordHash = await passwords.hash(password);
    const id = new Types.ObjectId().toHexString();
    const user: User = { id, email, passwordHash, createdAt: clock.now() };
    await users.insert(user);
    return beginSession({ ...session, clock }, user);
  };
