import 'server-only';
import { notFound } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import { toPage } from '../../shared/api/pages.ts';
import { ask } from '../../shared/api/server.ts';
import type { Order, Page, Ticket } from '../../shared/api/types.ts';
import { ALIKE, alike, type Others, tellingWords } from './alike.ts';
import { listPath, type TicketQuery } from './query.ts';

/** A page of what is on sale. @throws {ApiError} */
export const findTickets = async (query: TicketQuery, limit?: number): Promise<Page<Ticket>> =>
  toPage(await ask<Ticket[]>('tickets', 'get', listPath(query, limit)));

/** The ticket of a page; the page "not found" where the visitor may not see it. @throws {ApiError} */
export const ticketOrNotFound = async (id: string): Promise<Ticket> => {
  try {
    return await findTicket(id);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 400)) notFound();
    throw error;
  }
};

/** The visitor's own order of a ticket that somebody holds or has bought; undefined where it is somebody else's. */
export const findOwnOrder = async ({ orderId }: Ticket): Promise<Order | undefined> => {
  if (orderId === undefined) return undefined;
  return unlessRefused(async () => (await ask<Order>('orders', 'get', `/api/orders/${orderId}`)).data);
};

/** The visitor's order of this ticket that awaits payment: orders knows it before the ticket does. */
export const findOwnHold = async (ticketId: string): Promise<Order | undefined> => {
  const latest = await unlessRefused(async () => (await ask<Order[]>('orders', 'get', '/api/orders')).data);
  return latest?.find(({ ticket, status }) => ticket.id === ticketId && status === 'awaiting payment');
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

/** What a page can do without: nothing where it is refused, or nobody answers. */
const unlessRefused = async <T>(answer: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
};
