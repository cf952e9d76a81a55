import {
  answerPage,
  anyone,
  body,
  del,
  get,
  id,
  instant,
  limit,
  oneOf,
  optional,
  pathId,
  post,
  price,
  put,
  query,
  type Route,
  signedIn,
  text,
} from '@ticketing/common/http';
import { idempotencyKey } from '@ticketing/common/idempotency';
import type { RateLimits } from '@ticketing/common/rate-limits';
import { MAX_QUERY, sorts } from './search.ts';
import type { OfferFields } from './use-cases/create-ticket.ts';
import type { UseCases } from './use-cases/index.ts';

const ticketBody = body({
  title: text('Title', { min: 1, max: 200 }),
  price: price('Price'),
  startsAt: optional(instant('startsAt')),
  place: optional(text('Place', { min: 1, max: 200 })),
} satisfies Record<keyof OfferFields, unknown>);

const listQuery = query({
  q: optional(text('q', { min: 1, max: MAX_QUERY })),
  sort: optional(oneOf('sort', sorts)),
  limit: limit(24),
  cursor: optional(text('cursor', { min: 1, max: 512 })),
  userId: optional(oneOf('userId', ['me'])),
  seller: optional(id('seller')),
});

/** Two a second, for a minute: nobody who types is faster. */
const writes = { name: 'write tickets', points: 120, seconds: 60 };

/** What it offers. Checks run from left to right; signing in comes before the body. */
export const routes = (use: UseCases, limits: RateLimits): Route[] => [
  get('/api/tickets', [anyone, listQuery], use.listTickets, (page, request, response) => {
    // Everybody gets the same list, and asks for it again and again: an ETag and 304 make that cheap.
    if (request.query.userId === undefined) response.set('Cache-Control', 'public, no-cache');
    answerPage(page, request, response);
  }),
  get('/api/tickets/:id', [anyone, pathId('Ticket')], use.showTicket, (ticket, _request, response) => {
    // Not public: a withdrawn one is there for its seller alone.
    response.set('Cache-Control', 'private, no-cache').json(ticket);
  }),
  post('/api/tickets', [signedIn, limits.perUser(writes), ticketBody, idempotencyKey], use.createTicket, 201),
  put('/api/tickets/:id', [signedIn, limits.perUser(writes), pathId('Ticket'), ticketBody], use.editTicket),
  del('/api/tickets/:id', [signedIn, limits.perUser(writes), pathId('Ticket')], use.withdrawTicket, 204),
];
