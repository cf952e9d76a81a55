import { found } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import { withdraw } from '../ticket.ts';
import type { Deps } from './deps.ts';

export interface WithdrawTicket {
  readonly user: SessionUser;
  readonly id: string;
}

/** Takes a ticket off sale, while nobody holds it. Doing it twice is doing it once. */
export const withdrawTicket =
  ({ tickets }: Deps) =>
  async ({ user, id }: WithdrawTicket): Promise<void> => {
    found(await tickets.change(id, (ticket) => withdraw(ticket, user.id)), 'Ticket');
  };
