import type { Order, Ticket } from '../../shared/api/types.ts';

/** What tickets knows of the ticket of an order, as far as it answers. */
export interface EventOfTicket extends Pick<Ticket, 'startsAt' | 'place'> {
  /** Whether it can be reserved once this order no longer holds it; undefined where nobody knows. */
  readonly isFree?: boolean;
}

/** What an order's page shows of a ticket. An order that has just ended may still be named as its holder. */
export const eventOf = (order: Pick<Order, 'id'>, ticket: Ticket): EventOfTicket => ({
  ...(ticket.startsAt === undefined ? {} : { startsAt: ticket.startsAt }),
  ...(ticket.place === undefined ? {} : { place: ticket.place }),
  isFree: ticket.status === 'on sale' || (ticket.status === 'reserved' && ticket.orderId === order.id),
});
