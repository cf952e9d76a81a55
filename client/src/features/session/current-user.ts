import 'server-only';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { ask } from '../../shared/api/server.ts';
import type { User } from '../../shared/api/types.ts';
import { SESSION_COOKIES } from './renewal.ts';
import { signInPath } from './return-path.ts';

/** Who is here, or null; asked once a page. @throws {ApiError} */
export const currentUser = cache(async (): Promise<User | null> => {
  // Most come to look, and bring no session: auth need not be asked who they are.
  const brought = await cookies();
  if (!SESSION_COOKIES.some((name) => brought.has(name))) return null;
  const { data } = await ask<{ currentUser: User | null }>('auth', 'get', '/api/users/currentuser');
  return data.currentUser;
});

/** Who is here as far as it is known: while auth is away, the shop stays open. */
export const visitor = async (): Promise<User | null> => {
  try {
    return await currentUser();
  } catch {
    return null;
  }
};

/** Who is here; whoever is not signed in goes to do so, and comes back to `path`. */
export const signedInUser = async (path: string): Promise<User> => {
  const user = await currentUser();
  if (user === null) redirect(signInPath(path));
  return user;
};

/**
 * The same; but whoever has just sent a form of this page, and whose session ended before, stays: the page is rendered
 * with what they typed and why it was refused, which they would lose on the way. (With script, only the form's answer is
 * shown, and the page is not rendered.)
 */
export const signedInOrSending = async (path: string): Promise<User | null> => {
  const isSending = (await headers()).get('content-type')?.startsWith('multipart/form-data') ?? false;
  return isSending ? visitor() : signedInUser(path);
};
