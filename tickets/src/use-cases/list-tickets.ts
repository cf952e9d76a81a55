import { BadRequest, InvalidCursor, NotSignedIn } from '@ticketing/common/errors';
import { decodeCursor, listName, type Page, pageOf } from '@ticketing/common/pages';
import type { SessionUser } from '@ticketing/common/session';
import { type TicketAnswer, toAnswer } from '../answer.ts';
import { queryTokens, type Sort } from '../search.ts';
import type { After } from '../store/tickets.ts';
import type { Deps } from './deps.ts';

export interface ListTickets {
  readonly user?: SessionUser;
  /** Words to look for in title and place. */
  readonly q?: string;
  readonly sort?: Sort;
  readonly limit: number;
  readonly cursor?: string;
  /** One's own tickets, in any state, instead of what is on sale. */
  readonly userId?: 'me';
  /** What this seller has on sale, instead of what everybody has. */
  readonly seller?: string;
}

class TooManyWords extends BadRequest {
  constructor() {
    super('invalid_field', 'q must have at most 8 words', 'q');
  }
}

class OneSeller extends BadRequest {
  constructor() {
    super('invalid_field', 'Send either seller or userId', 'seller');
  }
}

const readCursor = (cursor: string | undefined, list: string): After | undefined => {
  if (cursor === undefined) return undefined;
  const [of, id, price] = decodeCursor(cursor, ['string', 'string', 'number']);
  if (of !== list || !/^[0-9a-f]{24}$/.test(String(id)) || !Number.isSafeInteger(price))
    throw new InvalidCursor();
  return { id: String(id), price: Number(price) };
};

/**
 * A page of what is on sale, of everybody or of one seller, or of one's own.
 * @throws {OneSeller} {TooManyWords} {InvalidCursor}, and {NotSignedIn} for one's own without being signed in
 */
export const listTickets =
  ({ tickets, clock }: Deps) =>
  async (command: ListTickets): Promise<Page<TicketAnswer>> => {
    const { user, q, sort = 'newest', limit, cursor, userId } = command;
    const isOwn = userId === 'me';
    if (isOwn && command.seller !== undefined) throw new OneSeller();
    if (isOwn && user === undefined) throw new NotSignedIn();
    const seller = isOwn ? user?.id : command.seller;
    const tokens = q === undefined ? [] : queryTokens(q);
    if (tokens === undefined) throw new TooManyWords();
    // What somebody has on sale is another list than their own.
    const list = listName(seller, sort, q, ...(command.seller === undefined ? [] : ['on sale']));
    const after = readCursor(cursor, list);
    // Nothing but punctuation: there is no such ticket.
    if (q !== undefined && tokens.length === 0) return { items: [] };

    const now = clock.now();
    const query = { seller, inAnyState: isOwn, tokens, sort, limit: limit + 1, after, now };
    const page = pageOf(await tickets.search(query), limit, ({ id, price }) => [list, id, price.amount]);
    return { ...page, items: page.items.map((ticket) => toAnswer(ticket, now)) };
  };
