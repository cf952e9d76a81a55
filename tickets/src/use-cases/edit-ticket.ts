import { found } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import { type TicketAnswer, toAnswer } from '../answer.ts';
import { edit } from '../ticket.ts';
import type { OfferFields } from './create-ticket.ts';
import type { Deps } from './deps.ts';

export interface EditTicket extends OfferFields {
  readonly user: SessionUser;
  readonly id: string;
}

/**
 * Changes what a seller says of a ticket, while nobody holds it. The write is pinned to the version that was free, so
 * of an edit and a lock that race one comes first, and the edit is refused if it was not that.
 */
export const editTicket =
  ({ tickets, clock, currency }: Deps) =>
  async ({ user, id, price, ...rest }: EditTicket): Promise<TicketAnswer> => {
    const offer = { ...rest, price: { amount: price, currency } };
    const edited = await tickets.change(id, (ticket) => edit(ticket, user.id, offer, clock.now()));
    return toAnswer(found(edited, 'Ticket').state, clock.now());
  };
