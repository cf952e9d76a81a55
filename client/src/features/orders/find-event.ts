import 'server-only';
import { ApiError } from '../../shared/api/api-error.ts';
import { ask } from '../../shared/api/server.ts';
import type { Ticket } from '../../shared/api/types.ts';

/**
 * When and where the ticket of an order is good for; orders does not keep it. Nothing where it is not known, or
 * withdrawn, or tickets does not answer: an order is shown without it.
 */
export const findEvent = async (ticketId: string): Promise<Pick<Ticket, 'startsAt' | 'place'>> => {
  try {
    const { data } = await ask<Ticket>('tickets', 'get', `/api/tickets/${ticketId}`);
    return {
      ...(data.startsAt === undefined ? {} : { startsAt: data.startsAt }),
      ...(data.place === undefined ? {} : { place: data.place }),
    };
  } catch (error) {
    if (error instanceof ApiError) return {};
    throw error;
  }
};
