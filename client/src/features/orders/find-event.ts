import 'server-only';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import type { Order } from '../../shared/api/types.ts';
import { type EventOfTicket, eventOf } from './event.ts';

/**
 * When and where the ticket of an order is good for, which orders does not keep, and whether it is free. Nothing where
 * tickets does not answer: an order is shown without it.
 */
export const findEvent = async (order: Order): Promise<EventOfTicket> => {
  try {
    return eventOf(order, await findTicket(order.ticket.id));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Withdrawn.
    return error.status === 404 ? { isFree: false } : {};
  }
};
