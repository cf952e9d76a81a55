import type { ApiError } from '../api/api-error.ts';
import { formatWait } from '../format.ts';
import { texts } from '../texts/index.ts';

/**
 * In words, why a form could not be sent, where its own page has nothing more exact to say: what is temporary, what
 * concerns signing in or the way here; else what the service said.
 */
export const sayRefusal = (error: ApiError): string => {
  const { refused } = texts.session;
  if (error.is('too_many_requests')) return refused.tooMany(formatWait(error.retryAfter ?? 60));
  if (error.is('not_signed_in')) return refused.notSignedIn;
  if (error.is('https_required')) return refused.httpsRequired;
  if (error.is('cross_site')) return refused.crossSite;
  if (error.status === 503) return texts.shop.error.busy;
  if (error.isTemporary) return refused.noAnswer;
  return error.lines[0]?.message ?? refused.noAnswer;
};
