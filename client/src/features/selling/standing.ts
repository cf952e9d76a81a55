import type { Ticket } from '../../shared/api/types.ts';
import type { Tear } from '../../shared/strip/strip.tsx';

/** What becomes of a ticket, to its seller. */
export type Standing = 'on sale' | 'locked' | 'sold' | 'over' | 'withdrawn';

export const standingOf = ({ status, startsAt }: Ticket, now: Date): Standing => {
  if (status === 'reserved') return 'locked';
  // The service calls it withdrawn as well; but its seller did not take it back.
  if (status !== 'sold' && startsAt !== undefined && new Date(startsAt) <= now) return 'over';
  return status;
};

export const tears: Record<Standing, Tear> = {
  'on sale': 'intact',
  locked: 'held',
  sold: 'torn',
  over: 'outline',
  withdrawn: 'outline',
};
