import type { TicketState } from '@ticketing/common/events';
import type { Deps } from './index.ts';

/** Keeps what tickets says of a ticket, if it is newer than what is known, and wakes whoever waits for it. */
export const rememberTicket =
  ({ tickets }: Deps) =>
  async (ticket: TicketState): Promise<void> => {
    await tickets.apply(ticket);
  };
