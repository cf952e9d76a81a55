/** Every use case of the service. */
import type { Clock } from '@ticketing/common/clock';
import type { idempotency } from '@ticketing/common/idempotency';
import type { TicketAnswer } from '../answer.ts';
import type { TicketStore } from '../store/tickets.ts';
import { createTicket } from './create-ticket.ts';
import { editTicket } from './edit-ticket.ts';
import { followOrder } from './follow-order.ts';
import { listTickets } from './list-tickets.ts';
import { showTicket } from './show-ticket.ts';
import { unlistStartedTickets } from './unlist-started-tickets.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

export interface Deps {
  readonly tickets: TicketStore;
  readonly clock: Clock;
  /** The one currency of the deployment, lower-case ISO 4217. */
  readonly currency: string;
  /** Makes creating a ticket safe to ask for twice, where the seller names a key. */
  readonly once: ReturnType<typeof idempotency<TicketAnswer>>;
}

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
