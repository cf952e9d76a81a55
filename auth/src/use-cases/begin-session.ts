import { toAnswer, type User, type UserAnswer } from '../user.ts';
import type { Deps } from './deps.ts';

/** Somebody who has just signed up or in, and the token for their cookie. */
export interface SignedIn {
  readonly user: UserAnswer;
  readonly jwt: string;
  /** The session that this browser had before, and that is over. */
  readonly ended?: string;
}

/**
 * Begins a session of its own for this browser; the one that it had before, whoever's it was, is over.
 * @param token the one of before, unchecked, if there is one
 */
export const beginSession = async (
  { sessions, tokens, clock }: Pick<Deps, 'sessions' | 'tokens' | 'clock'>,
  user: User,
  token: unknown,
): Promise<SignedIn> => {
  const now = clock.now();
  const { sid } = await sessions.begin(user.id, now);
  const answer = toAnswer(user);
  const signedIn = { user: answer, jwt: tokens.sign({ ...answer, sid }, now).jwt };
  const before = tokens.read(token);
  if (before === undefined) return signedIn;
  await sessions.end(before.sid);
  return { ...signedIn, ended: before.sid };
};
