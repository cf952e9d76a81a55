import { Refusal } from '@ticketing/common/errors';
import type { Budget } from '@ticketing/common/rate-limits';
import type { Deps } from './deps.ts';

/** Somebody learned something about the account, as against "not now" (503) and what went wrong here. */
const isVerdict = (error: unknown): boolean => error instanceof Refusal && error.status < 500;

/**
 * Counts a try at an account, and gives it back if it came to no verdict: whoever is told to come back must not be locked
 * out for doing so.
 * @throws {TooManyRequests} when no try is left; what `attempt` throws
 */
export const countTry = async <T>(
  limits: Deps['limits'],
  budget: Budget,
  email: string,
  attempt: () => Promise<T>,
): Promise<T> => {
  await limits.take(budget, email);
  try {
    return await attempt();
  } catch (error) {
    if (!isVerdict(error)) await limits.giveBack(budget, email);
    throw error;
  }
};
