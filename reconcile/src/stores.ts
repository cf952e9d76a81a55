/** Reads the three stores. By batches and by indexes that their services have; nothing here writes. */
import type { CloudEvent } from '@ticketing/common/events';
import { type Connection, Types } from 'mongoose';
import type { OrderDocument, PaymentDocument, ReplicaDocument, TicketDocument } from './documents.ts';
import type { OrderFacts } from './order.ts';
import type { TicketFacts } from './ticket.ts';

export interface Stores {
  readonly tickets: Connection;
  readonly orders: Connection;
  readonly payments: Connection;
}

/** Of whose outbox a document is. */
export const aggregates = ['ticket', 'order', 'payment'] as const;
export type Aggregate = (typeof aggregates)[number];

/** An event that is saved, and not yet published. */
export interface WaitingEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
}

type Stored = Readonly<Record<string, unknown>> & { readonly _id: Types.ObjectId };
type Filter = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, 0 | 1>>;

/** Ids that can be asked for. One that is no ObjectId no document has. */
const objectIds = (ids: readonly string[]): Types.ObjectId[] =>
  ids.filter((id) => Types.ObjectId.isValid(id)).map((id) => new Types.ObjectId(id));

const withId = <T>({ _id, ...fields }: Stored): T => ({ id: String(_id), ...fields }) as T;

const byId = <T extends { readonly id: string }>(all: readonly T[]) =>
  new Map(all.map((one) => [one.id, one] as const));

const grouped = <T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
};

/** Documents that a cursor fetches at once; left to itself, MongoDB sends as many as fit into 16 MB. */
const CURSOR_BATCH = 500;

// What is neither published nor compared: above all the answers that are kept under idempotency keys.
const notOfState: Fields = { outbox: 0, idempotency: 0, index: 0 };

const madeSince = (since: Date): Filter => ({
  _id: { $gte: Types.ObjectId.createFromTime(Math.max(0, Math.floor(since.getTime() / 1000))) },
});

/** The ways in which the stores are read. */
export const openStores = ({ tickets, orders, payments }: Stores) => {
  const find = async <T>(store: Connection, name: string, filter: Filter, fields: Fields = notOfState) => {
    const found = store.collection(name).find(filter, { projection: fields });
    return (await found.toArray()).map((document) => withId<T>(document as unknown as Stored));
  };
  const ofIds = <T>(store: Connection, name: string, ids: readonly string[]) =>
    find<T>(store, name, { _id: { $in: objectIds(ids) } });

  /** One field of all documents that are found, in the order of an index. */
  async function* each(
    store: Connection,
    name: string,
    filter: Filter,
    sort: Readonly<Record<string, 1>>,
    field = '_id',
  ): AsyncIterable<string> {
    const found = store
      .collection(name)
      .find(filter, { projection: { [field]: 1 }, batchSize: CURSOR_BATCH })
      .sort(sort);
    const path = field.split('.');
    for await (const document of found) {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      yield String(value);
    }
  }

  const savedSince = (since: Date): Filter => ({ savedAt: { $gte: since } });
  const bySaved = { savedAt: 1 } as const;

  const storeOf = { ticket: tickets, order: orders, payment: payments } as const;
  const nameOf = { ticket: 'tickets', order: 'orders', payment: 'payments' } as const;

  return {
    /** Ids of tickets that were saved since. */
    ticketsSaved: (since: Date) => each(tickets, 'tickets', savedSince(since), bySaved),

    /** Ids of tickets by what others have of them: orders that were saved since, and copies that were made since. */
    async *ticketsOfOthers(since: Date): AsyncIterable<string> {
      yield* each(orders, 'orders', savedSince(since), bySaved, 'ticket.id');
      yield* each(orders, 'tickets', madeSince(since), { _id: 1 });
    },

    /** Ids of orders that were saved since. */
    ordersSaved: (since: Date) => each(orders, 'orders', savedSince(since), bySaved),

    /**
     * Ids of orders by what others have of them: by copies that were made since, and by attempts that were saved since.
     * And of what is open however old it is: overdue orders, and orders of attempts that are not settled.
     */
    async *ordersOfOthers(since: Date, now: Date): AsyncIterable<string> {
      yield* each(payments, 'orders', madeSince(since), { _id: 1 });
      yield* each(payments, 'payments', savedSince(since), bySaved, 'orderId');
      const overdue = { status: 'awaiting payment', expiresAt: { $lte: now } };
      yield* each(orders, 'orders', overdue, { expiresAt: 1 });
      const open = { 'index.open': true, 'index.lookAt': { $gt: new Date(0) } };
      yield* each(payments, 'payments', open, { 'index.lookAt': 1 }, 'orderId');
    },

    /** Those of the ids that were saved since. */
    async savedOf(aggregate: 'ticket' | 'order', ids: readonly string[], since: Date): Promise<Set<string>> {
      const filter = { _id: { $in: objectIds(ids) }, ...savedSince(since) };
      const found = await find<{ id: string }>(storeOf[aggregate], nameOf[aggregate], filter, { _id: 1 });
      return new Set(found.map(({ id }) => id));
    },

    /** Reads the copies first, then the tickets, and their orders last: see `wrongsOfTicket`. */
    async factsOfTickets(ids: readonly string[]): Promise<TicketFacts[]> {
      const replicas = byId(await ofIds<ReplicaDocument>(orders, 'tickets', ids));
      const documents = byId(await ofIds<TicketDocument>(tickets, 'tickets', ids));
      const all = await find<OrderDocument>(orders, 'orders', { 'ticket.id': { $in: [...ids] } });
      const ofTicket = grouped(all, ({ ticket }) => ticket.id);
      return ids.map((id) => ({
        id,
        ticket: documents.get(id),
        replica: replicas.get(id),
        orders: ofTicket.get(id) ?? [],
      }));
    },

    /** Reads the copies first, then the attempts, and the orders last. Of intents nothing is in it yet. */
    async factsOfOrders(ids: readonly string[]): Promise<Omit<OrderFacts, 'intents'>[]> {
      const replicas = byId(await ofIds<ReplicaDocument>(payments, 'orders', ids));
      const attempts = await find<PaymentDocument>(payments, 'payments', { orderId: { $in: [...ids] } });
      const documents = byId(await ofIds<OrderDocument>(orders, 'orders', ids));
      const known = new Set(attempts.map(({ id }) => id));
      const lost = [...documents.values()].flatMap(({ paymentId }) =>
        paymentId === undefined || known.has(paymentId) ? [] : [paymentId],
      );
      const named =
        lost.length === 0 ? new Map() : byId(await ofIds<PaymentDocument>(payments, 'payments', lost));
      const ofOrder = grouped(attempts, ({ orderId }) => orderId);
      return ids.map((id) => {
        const order = documents.get(id);
        const other: PaymentDocument | undefined = named.get(order?.paymentId);
        const its = ofOrder.get(id) ?? [];
        return {
          id,
          order,
          replica: replicas.get(id),
          attempts: other === undefined ? its : [...its, other],
        };
      });
    },

    /** Documents whose outbox is not empty, with what waits in it. */
    async *waiting(aggregate: Aggregate): AsyncIterable<{ id: string; events: readonly WaitingEvent[] }> {
      const found = storeOf[aggregate]
        .collection(nameOf[aggregate])
        .find({ 'outbox.0.time': { $exists: true } }, { projection: { outbox: 1 }, batchSize: CURSOR_BATCH });
      for await (const { _id, outbox } of found) yield { id: String(_id), events: outbox as CloudEvent[] };
    },

    /** What waits in the outbox of one document. */
    async waitingOf(aggregate: Aggregate, id: string): Promise<readonly WaitingEvent[]> {
      const found = await find<{ outbox?: CloudEvent[] }>(
        storeOf[aggregate],
        nameOf[aggregate],
        { _id: { $in: objectIds([id]) } },
        { outbox: 1 },
      );
      return found[0]?.outbox ?? [];
    },
  };
};

export type OpenStores = ReturnType<typeof openStores>;
