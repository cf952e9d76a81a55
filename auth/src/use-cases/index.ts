/** Every use case of the service. */
import type { Clock } from '@ticketing/common/clock';
import type { RateLimits } from '@ticketing/common/rate-limits';
import type { SessionTokens } from '../keys/session-tokens.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { SessionStore } from '../store/sessions.ts';
import type { UserStore } from '../store/users.ts';
import { showCurrentUser } from './show-current-user.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { signUp } from './sign-up.ts';

export interface Deps {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: SessionTokens;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly limits: Pick<RateLimits, 'take' | 'giveBack' | 'forgive'>;
}

export const useCases = (deps: Deps) => ({
  showCurrentUser: showCurrentUser(deps),
  signIn: signIn(deps),
  signOut: signOut(deps),
  signUp: signUp(deps),
});

export type UseCases = ReturnType<typeof useCases>;
