import 'server-only';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import type { Order } from '../../shared/api/types.ts';
import { isFreeAfter } from './is-free.ts';

/** `isFreeAfter` of the ticket as it is now. Undefined where tickets does not answer: an order is shown without it. */
export const findWhetherFree = async (order: Order): Promise<boolean | undefined> => {
  try {
    return isFreeAfter(order, await findTicket(order.ticket.id));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Withdrawn.
    return error.status === 404 ? false : undefined;
  }
};
