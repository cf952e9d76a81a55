import { toAnswer, type User, type UserAnswer } from '../user.ts';
import type { Deps } from './index.ts';

/** Somebody who has just signed up or in, and the token for their cookie. */
export interface SignedIn {
  readonly user: UserAnswer;
  readonly jwt: string;
}

/** Begins a session of its own for this browser. */
export const beginSession = async (
  { sessions, tokens, clock }: Pick<Deps, 'sessions' | 'tokens' | 'clock'>,
  user: User,
): Promise<SignedIn> => {
  const now = clock.now();
  const { sid } = await sessions.begin(user.id, now);
  const answer = toAnswer(user);
  return { user: answer, jwt: tokens.sign({ ...answer, sid }, now).jwt };
};
