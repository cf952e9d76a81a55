import type { Order, Ticket } from '../../shared/api/types.ts';

/**
 * Whether a ticket can be reserved once this order no longer holds it. An order that has just ended may still be named as
 * its holder.
 */
export const isFreeAfter = (order: Pick<Order, 'id'>, { status, orderId }: Ticket): boolean =>
  status === 'on sale' || (status === 'reserved' && orderId === order.id);
