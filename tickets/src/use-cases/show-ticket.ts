import { found } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import { type TicketAnswer, toAnswer } from '../answer.ts';
import { isHiddenFrom } from '../ticket.ts';
import type { Deps } from './deps.ts';

export interface ShowTicket {
  readonly user?: SessionUser;
  readonly id: string;
}

/** Shows a ticket to anybody; a withdrawn one to its seller alone. */
export const showTicket =
  ({ tickets, clock }: Deps) =>
  async ({ user, id }: ShowTicket): Promise<TicketAnswer> => {
    const ticket = found(await tickets.find(id), 'Ticket');
    const shown = isHiddenFrom(ticket, user?.id) ? undefined : ticket;
    return toAnswer(found(shown, 'Ticket'), clock.now());
  };
