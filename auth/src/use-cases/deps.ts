/** What the use cases are given. */
import type { Clock } from '@ticketing/common/clock';
import type { RateLimits } from '@ticketing/common/rate-limits';
import type { SessionTokens } from '../keys/session-tokens.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { SessionStore } from '../store/sessions.ts';
import type { UserStore } from '../store/users.ts';

export interface Deps {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: SessionTokens;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly limits: Pick<RateLimits, 'take' | 'giveBack' | 'forgive'>;
}
