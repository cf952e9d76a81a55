/**
 * A session: a record here, and short-lived tokens that tell of it everywhere else. The record can be ended; a token
 * cannot, so it lives an hour only and is renewed as long as the record lives.
 */
import type { SessionClaims } from '@ticketing/common/http';

/** What a token says, but for its times. */
export interface SessionTicket {
  readonly id: string;
  readonly email: string;
  readonly sid: string;
}

export interface Session {
  readonly sid: string;
  readonly userId: string;
  readonly createdAt: Date;
  /** When it began, or was last renewed. */
  readonly lastUsedAt: Date;
}

export const TOKEN_SECONDS = 60 * 60;
/** A session that nobody uses for so long is over: 30 days, sliding. */
export const IDLE_SECONDS = 30 * 24 * 60 * 60;
/** A token older than this is renewed, so that whoever is here every half hour never meets one that has run out. */
const RENEW_AFTER_SECONDS = TOKEN_SECONDS / 2;

/** Sessions last used before this moment are over, whether or not the store has removed them yet. */
export const idleSince = (now: Date): Date => new Date(now.getTime() - IDLE_SECONDS * 1000);

/**
 * What becomes of a token that we signed: `over` (the session was ended, has been idle for too long, or is another's),
 * `due` to be renewed, or `fresh`.
 */
export const judge = (
  claims: SessionClaims,
  session: Session | undefined,
  now: Date,
): 'over' | 'due' | 'fresh' => {
  if (session === undefined || session.userId !== claims.id) return 'over';
  if (session.lastUsedAt <= idleSince(now)) return 'over';
  const age = now.getTime() / 1000 - claims.iat;
  return age >= RENEW_AFTER_SECONDS ? 'due' : 'fresh';
};
