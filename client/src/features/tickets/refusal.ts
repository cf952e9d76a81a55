/** Why a ticket could not be reserved, as far as the one who wanted it can do something about it. Pure. */
import type { ApiError } from '../../shared/api/api-error.ts';

export type Reason =
  | 'taken'
  | 'sold'
  | 'withdrawn'
  | 'begun'
  | 'own'
  | 'too many'
  | 'paused'
  | 'still running'
  | 'too fast'
  | 'busy'
  | 'refused';

export interface Refusal {
  readonly reason: Reason;
  /** After how many seconds it may go through. */
  readonly retryAfter?: number;
}

const reasonOf = (error: ApiError): Reason => {
  if (error.is('ticket_reserved')) return 'taken';
  if (error.is('ticket_sold')) return 'sold';
  if (error.is('ticket_withdrawn') || error.status === 404) return 'withdrawn';
  if (error.is('ticket_started')) return 'begun';
  if (error.is('own_ticket')) return 'own';
  if (error.is('too_many_reservations')) return 'too many';
  if (error.is('reservation_paused')) return 'paused';
  if (error.is('idempotency_key_running')) return 'still running';
  if (error.status === 429) return 'too fast';
  return error.isTemporary ? 'busy' : 'refused';
};

export const refusalOf = (error: ApiError): Refusal => ({
  reason: reasonOf(error),
  ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
});

/** The ticket is not to be had: no use in pressing again. */
export const isLost = ({ reason }: Refusal): boolean =>
  reason === 'taken' || reason === 'sold' || reason === 'withdrawn' || reason === 'begun';
