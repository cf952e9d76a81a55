/** Every use case of the service. */
import { createTicket } from './create-ticket.ts';
import type { Deps } from './deps.ts';
import { editTicket } from './edit-ticket.ts';
import { followOrder } from './follow-order.ts';
import { listTickets } from './list-tickets.ts';
import { showTicket } from './show-ticket.ts';
import { unlistStartedTickets } from './unlist-started-tickets.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

export const useCases = (deps: Deps) => ({
  createTicket: deps.once(createTicket(deps)),
  editTicket: editTicket(deps),
  followOrder: followOrder(deps),
  listTickets: listTickets(deps),
  showTicket: showTicket(deps),
  unlistStartedTickets: unlistStartedTickets(deps),
  withdrawTicket: withdrawTicket(deps),
});

export type UseCases = ReturnType<typeof useCases>;
