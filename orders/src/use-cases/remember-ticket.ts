import type { TicketState } from '@ticketing/common/events';
import type { Deps } from './deps.ts';

/** What an order is whose ticket says this of itself. */
const statusBehind = { reserved: 'awaiting payment', sold: 'completed' } as const;

/**
 * Keeps what tickets says of a ticket, if it is newer than what is known, and wakes whoever waits for it. Where the
 * ticket is held by an order that has gone on meanwhile, tickets may never have heard so: the order is told again, and
 * every few minutes until the ticket says otherwise (`isSettled`). A reserved ticket is told as often, so no lock outlives
 * its order for long.
 */
export const rememberTicket =
  ({ tickets, orders }: Deps) =>
  async (ticket: TicketState): Promise<void> => {
    await tickets.apply(ticket);
    const { status, orderId } = ticket;
    if (orderId === undefined || (status !== 'reserved' && status !== 'sold')) return;
    await orders.tellAgainUnless(orderId, statusBehind[status]);
  };
