import {
  answerPage,
  body,
  del,
  get,
  id,
  limit,
  optional,
  pathId,
  post,
  query,
  type Route,
  signedIn,
  text,
} from '@ticketing/common/http';
import { idempotencyKey } from '@ticketing/common/idempotency';
import type { RateLimits } from '@ticketing/common/rate-limits';
import type { UseCases } from './use-cases/index.ts';

const orderBody = body({ ticketId: id('ticketId') });

const listQuery = query({
  limit: limit(24),
  cursor: optional(text('cursor', { min: 1, max: 512 })),
});

/** Two a second, for a minute: nobody who presses by hand is faster. */
const writes = { name: 'write orders', points: 120, seconds: 60 };

/** What it offers. Checks run from left to right; signing in comes before the body. */
export const routes = (use: UseCases, limits: RateLimits): Route[] => [
  post('/api/orders', [signedIn, limits.perUser(writes), orderBody, idempotencyKey], use.reserveTicket, 201),
  get('/api/orders', [signedIn, listQuery], use.listOrders, answerPage),
  get('/api/orders/:id', [signedIn, pathId('Order')], use.showOrder),
  del('/api/orders/:id', [signedIn, limits.perUser(writes), pathId('Order')], use.cancelOrder, 204),
];
