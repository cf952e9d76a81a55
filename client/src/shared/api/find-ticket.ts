import 'server-only';
import { cache } from 'react';
import { ask } from './server.ts';
import type { Ticket } from './types.ts';

/** A ticket as the visitor may see it, asked for once a page. @throws {ApiError} */
export const findTicket = cache(
  async (id: string): Promise<Ticket> =>
    (await ask<Ticket>('tickets', 'get', `/api/tickets/${encodeURIComponent(id)}`)).data,
);
