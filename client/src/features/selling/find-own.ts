import 'server-only';
import { toPage } from '../../shared/api/pages.ts';
import { ask } from '../../shared/api/server.ts';
import type { Page, Ticket } from '../../shared/api/types.ts';
import { OWN_AT_ONCE } from './own-path.ts';

/** The visitor's own tickets in any state, newest first. @throws {ApiError} */
export const findOwn = async (cursor: string | undefined): Promise<Page<Ticket>> =>
  toPage(
    await ask<Ticket[]>('tickets', 'get', '/api/tickets', {
      params: { userId: 'me', limit: OWN_AT_ONCE, cursor },
    }),
  );
