import { ticketCreated, ticketUpdated } from '@ticketing/common/events';
import { idempotencyIndex } from '@ticketing/common/idempotency';
import { aggregateSchema, aggregateStore } from '@ticketing/common/outbox';
import type { ServiceDeps } from '@ticketing/common/service';
import { Types } from 'mongoose';
import { contract } from '../contract.ts';
import { type Sort, tokensOf } from '../search.ts';
import { isOnSale, type Ticket, toPublic } from '../ticket.ts';

const schema = idempotencyIndex(
  aggregateSchema({
    userId: { type: String, required: true },
    title: { type: String, required: true },
    price: { amount: { type: Number, required: true }, currency: { type: String, required: true } },
    startsAt: { type: Date },
    place: { type: String },
    listed: { type: Boolean, required: true },
    lock: {
      state: { type: String, required: true },
      orderId: { type: String },
      until: { type: Date },
      holdSequence: { type: Number, required: true },
      orderVersion: { type: Number, required: true },
    },
    index: {
      onSale: { type: Boolean, required: true },
      tokens: { type: [String], required: true },
    },
  }),
);

// What is on sale is a small part of all tickets there ever were: partial indexes keep lists and searches that small.
const onSale = { partialFilterExpression: { 'index.onSale': true } };
schema.index({ 'index.onSale': 1, _id: -1 }, { name: 'newest', ...onSale });
schema.index({ 'price.amount': 1, _id: -1 }, { name: 'price', ...onSale });
schema.index({ 'index.tokens': 1, _id: -1 }, { name: 'search_newest', ...onSale });
schema.index({ 'index.tokens': 1, 'price.amount': 1, _id: -1 }, { name: 'search_price', ...onSale });
schema.index({ userId: 1, 'index.onSale': 1, _id: -1 }, { name: 'seller_newest', ...onSale });
schema.index(
  { userId: 1, 'index.onSale': 1, 'price.amount': 1, _id: -1 },
  { name: 'seller_price', ...onSale },
);
schema.index({ startsAt: 1 }, { name: 'starting', ...onSale });
schema.index({ userId: 1, _id: -1 }, { name: 'own_newest' });
schema.index({ userId: 1, 'price.amount': 1, _id: -1 }, { name: 'own_price' });

/** Where a page begins: after this ticket. */
export interface After {
  readonly id: string;
  /** Minor units. */
  readonly price: number;
}

export interface TicketQuery {
  /** Whose tickets; everybody's without one. */
  readonly seller?: string | undefined;
  /** In any state, as a seller sees their own; otherwise what is on sale. */
  readonly inAnyState: boolean;
  readonly tokens: readonly string[];
  readonly sort: Sort;
  readonly limit: number;
  readonly after?: After | undefined;
  /** Tickets that have begun by then are not on sale. */
  readonly now: Date;
}

// Equal prices are told apart by the id, so that a position in a list is never ambiguous.
const orders = {
  newest: { _id: -1 },
  price: { 'price.amount': 1, _id: -1 },
  '-price': { 'price.amount': -1, _id: 1 },
} as const;

/** Name of the index that holds the list in its order; `-price` is `price`, read from its end. */
const indexFor = ({ seller, inAnyState, tokens, sort }: TicketQuery): string => {
  const order = sort === 'newest' ? 'newest' : 'price';
  if (inAnyState) return `own_${order}`;
  if (seller !== undefined) return `seller_${order}`;
  return tokens.length === 0 ? order : `search_${order}`;
};

const afterPosition = (sort: Sort, { id, price }: After): Record<string, unknown>[] => {
  const _id = new Types.ObjectId(id);
  // Two ranges, each of which the index gives in order: the rest of the same price, then the prices beyond it.
  switch (sort) {
    case 'newest':
      return [{ _id: { $lt: _id } }];
    case 'price':
      return [{ 'price.amount': price, _id: { $lt: _id } }, { 'price.amount': { $gt: price } }];
    case '-price':
      return [{ 'price.amount': price, _id: { $gt: _id } }, { 'price.amount': { $lt: price } }];
  }
};

/**
 * Tickets, their outbox, and their lists. What is on sale is told by a field of the document, as partial indexes need it;
 * it is set with each change, and `unlistStarted` corrects it when only time has passed.
 */
export const openTicketStore = ({ mongo, relay, clock }: Pick<ServiceDeps, 'mongo' | 'relay' | 'clock'>) => {
  const store = aggregateStore<Ticket, (typeof contract.events)[number]>({
    mongo,
    name: 'tickets',
    schema,
    source: contract.source,
    toPublic,
    toIndex: (ticket) => ({
      onSale: isOnSale(ticket, clock.now()),
      tokens: tokensOf(ticket.title, ticket.place),
    }),
    republish: {
      eventOf: ({ version }) => (version === 0 ? ticketCreated : ticketUpdated),
      isSettled: ({ lock }) => lock.state !== 'reserved',
    },
    relay,
    clock,
  });

  /** A page of tickets by keyset: it neither repeats nor skips while tickets come and go. */
  const search = (query: TicketQuery): Promise<Ticket[]> => {
    const { seller, inAnyState, tokens, sort, limit, after, now } = query;
    const wanted: Record<string, unknown> = {
      ...(seller === undefined ? {} : { userId: seller }),
      ...(inAnyState ? {} : { 'index.onSale': true, startsAt: { $not: { $lte: now } } }),
      ...(tokens.length === 0 ? {} : { 'index.tokens': { $all: tokens } }),
    };
    const ranges = after === undefined ? [{}] : afterPosition(sort, after);
    // Each range whole: MongoDB reads a partial index only where the range itself says `index.onSale`.
    const filter = { $or: ranges.map((range) => ({ ...wanted, ...range })) };
    return store.list(filter, orders[sort], limit, indexFor(query));
  };

  /** @returns how many tickets have begun since the last time */
  const unlistStarted = async (now: Date): Promise<number> => {
    const begun = { 'index.onSale': true, startsAt: { $lte: now } };
    const { modifiedCount } = await store.model.updateMany(begun, { $set: { 'index.onSale': false } });
    return modifiedCount;
  };

  return { ...store, search, unlistStarted };
};

export type TicketStore = ReturnType<typeof openTicketStore>;
