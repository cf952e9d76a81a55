import { found } from '@ticketing/common/errors';
import type { OrderState } from '@ticketing/common/events';
import { follow } from '../ticket.ts';
import type { Deps } from './deps.ts';

/**
 * Locks, frees or marks a ticket as sold, as orders has judged; late, repeated and reordered events do no harm. Orders says
 * the same every few minutes until it has heard that the ticket follows. Where it does already, orders may have missed it:
 * the ticket is told again.
 *
 * @throws {NotFound} for an order of a ticket that is not here, which cannot be unless something was lost: the event
 *   becomes a dead letter, where somebody sees it, instead of being forgotten
 */
export const followOrder =
  ({ tickets }: Deps) =>
  async (order: OrderState): Promise<void> => {
    const { kind } = found(
      await tickets.change(order.ticket.id, (ticket) => follow(ticket, order)),
      'Ticket',
    );
    if (kind === 'unchanged') await tickets.tellSoon(order.ticket.id);
  };
