import 'server-only';
import { notFound } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import { toPage } from '../../shared/api/pages.ts';
import { ask } from '../../shared/api/server.ts';
import type { Order, Page, Ticket } from '../../shared/api/types.ts';
import { unlessRefused } from '../../shared/api/unless-refused.ts';
import { newestOf } from '../../shared/own-orders/newest.ts';
import { ALIKE, alike, type Others, tellingWords } from './alike.ts';
import { listPath, type TicketQuery } from './query.ts';
import { isClaim } from './situation.ts';

/** A page of what is on sale. @throws {ApiError} */
export const findTickets = async (query: TicketQuery, limit?: number): Promise<Page<Ticket>> =>
  toPage(await ask<Ticket[]>('tickets', 'get', listPath(query, limit)));

/** As many of one seller's as their profile shows at once. */
const OF_SELLER_AT_ONCE = 12;

/** A page of what somebody sells now, the newest first. @throws {ApiError} */
export const findOfSeller = async (seller: string, cursor: string | undefined): Promise<Page<Ticket>> => {
  const params = { seller, limit: OF_SELLER_AT_ONCE, cursor };
  const page = toPage(await ask<Ticket[]>('tickets', 'get', '/api/tickets', { params }));
  // Tickets of the version before does not know the parameter, and gives everybody's.
  return { ...page, items: page.items.filter(({ userId }) => userId === seller) };
};

/** The ticket of a page; the page "not found" where the visitor may not see it. @throws {ApiError} */
export const ticketOrNotFound = async (id: string): Promise<Ticket> => {
  try {
    return await findTicket(id);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 400)) notFound();
    throw error;
  }
};

/**
 * The visitor's newest order of a ticket, in any state: the one that the ticket names, which may be an old one or another
 * user's, or one among their latest, which orders knows before the ticket does.
 */
export const findOwnOrder = async ({
  id,
  orderId,
}: Pick<Ticket, 'id' | 'orderId'>): Promise<Order | undefined> => {
  const [named, latest = []] = await Promise.all([
    orderId === undefined
      ? undefined
      : unlessRefused(async () => (await ask<Order>('orders', 'get', `/api/orders/${orderId}`)).data),
    unlessRefused(async () => (await ask<Order[]>('orders', 'get', '/api/orders')).data),
  ]);
  return latest.filter(({ ticket }) => ticket.id === id).reduce<Order | undefined>(newestOf, named);
};

/** The visitor's order that holds this ticket, or has bought it. */
export const findOwnClaim = async (ticketId: string): Promise<Order | undefined> => {
  const ticket = await unlessRefused(() => findTicket(ticketId));
  const order = await findOwnOrder(ticket ?? { id: ticketId });
  return isClaim(order) ? order : undefined;
};

/** Up to three others for whoever comes too late; none where nobody can say. */
export const findAlike = async (ticket: Pick<Ticket, 'id' | 'title'>): Promise<Others> => {
  const search = async (q: string) => {
    const page = await unlessRefused(() => findTickets({ q, sort: 'newest' }, ALIKE + 1));
    return page?.items ?? [];
  };
  const [newest = [], ...found] = await Promise.all(['', ...tellingWords(ticket.title)].map(search));
  return alike(ticket, found, newest);
};
