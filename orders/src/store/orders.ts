import { type OrderStatus, orderCreated } from '@ticketing/common/events';
import { idempotencyIndex } from '@ticketing/common/idempotency';
import { aggregateSchema, aggregateStore, type Beside } from '@ticketing/common/outbox';
import { isDuplicateKey } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema, Types } from 'mongoose';
import { contract } from '../contract.ts';
import { isSettled, type Order, type Receipt, told, toPublic } from '../order.ts';
import type { TicketReplica } from './tickets.ts';

const schema = idempotencyIndex(
  aggregateSchema({
    userId: { type: String, required: true },
    status: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    holdSequence: { type: Number, required: true },
    slot: { type: Number },
    paymentId: { type: String },
    reason: { type: String },
    ticket: {
      id: { type: String, required: true },
      title: { type: String, required: true },
      price: { amount: { type: Number, required: true }, currency: { type: String, required: true } },
    },
    startsAt: { type: Date },
    place: { type: String },
    termsKept: { type: Boolean },
    receipt: {
      type: new Schema(
        { paymentId: { type: String, required: true }, paidAt: { type: Date, required: true } },
        { _id: false },
      ),
    },
  }),
);

/** The judge: of all orders of a ticket at most one awaits payment or is completed. */
const ONE_HOLDER = 'one_holder';
/** Who decided on a hold that was not the last one any more comes second. */
const HOLD_SEQUENCE = 'hold_sequence';
/** A buyer has ten slots for open holds; no two holds share one. */
const OPEN_SLOT = 'open_slot';

schema.index(
  { 'ticket.id': 1 },
  {
    name: ONE_HOLDER,
    unique: true,
    partialFilterExpression: { status: { $in: ['awaiting payment', 'completed'] } },
  },
);
schema.index({ 'ticket.id': 1, holdSequence: 1 }, { name: HOLD_SEQUENCE, unique: true });
const open = { status: 'awaiting payment', slot: { $exists: true } };
schema.index({ userId: 1, slot: 1 }, { name: OPEN_SLOT, unique: true, partialFilterExpression: open });
schema.index({ expiresAt: 1 }, { name: 'overdue', partialFilterExpression: { status: 'awaiting payment' } });
schema.index(
  { userId: 1, 'ticket.id': 1, expiresAt: -1 },
  { name: 'lapsed', partialFilterExpression: { reason: 'expired' } },
);
schema.index({ userId: 1, _id: -1 }, { name: 'own_newest' });

/**
 * What became of a hold: it is `ours`; somebody else has `taken` the ticket; or we were `overtaken`, as what it was
 * decided on is old, and have to decide again.
 */
export type Verdict = 'ours' | 'taken' | 'overtaken';

/** @param tickets what tickets has said, to know whether it has heard of an order */
export const openOrderStore = (
  { mongo, relay, clock }: Pick<ServiceDeps, 'mongo' | 'relay' | 'clock'>,
  tickets: TicketReplica,
) => {
  const store = aggregateStore<Order, (typeof contract.events)[number]>({
    mongo,
    name: 'orders',
    schema,
    source: contract.source,
    toPublic,
    republish: {
      eventOf: ({ status }) => told[status],
      isSettled: async (order) => isSettled(order, await tickets.find(order.ticket.id)),
    },
    relay,
    clock,
  });

  /** Saves a new order, if the indexes let it. */
  const hold = async (order: Order, beside?: Beside): Promise<Verdict> => {
    try {
      await store.insert(order, orderCreated, beside);
      return 'ours';
    } catch (error) {
      if (isDuplicateKey(error, ONE_HOLDER)) return 'taken';
      if (isDuplicateKey(error, HOLD_SEQUENCE) || isDuplicateKey(error, OPEN_SLOT)) return 'overtaken';
      throw error;
    }
  };

  /** The order of a ticket with the highest `holdSequence`; if any holds the ticket, it is this one. */
  const lastOf = async (ticketId: string): Promise<Order | undefined> => {
    const [last] = await store.list({ 'ticket.id': ticketId }, { holdSequence: -1 }, 1);
    return last;
  };

  /** The slots that a buyer's open holds take. */
  const openSlots = async (userId: string): Promise<number[]> => {
    const holds = await store.model.find({ userId, ...open }, { slot: 1 }).lean<{ slot: number }[]>();
    return holds.map(({ slot }) => slot);
  };

  /** When holds of a buyer on a ticket ran out, latest first. */
  const lapses = async (userId: string, ticketId: string, since: Date, limit: number): Promise<Date[]> => {
    const lapsed = await store.model
      .find({ userId, 'ticket.id': ticketId, reason: 'expired', expiresAt: { $gt: since } }, { expiresAt: 1 })
      .sort({ expiresAt: -1 })
      .limit(limit)
      .lean<{ expiresAt: Date }[]>();
    return lapsed.map(({ expiresAt }) => expiresAt);
  };

  /** Orders still awaiting payment after their time, the longest overdue first. */
  const overdue = (now: Date, limit: number): Promise<Order[]> =>
    store.list({ status: 'awaiting payment', expiresAt: { $lte: now } }, { expiresAt: 1 }, limit);

  /** A buyer's orders, newest first, by keyset. */
  const ownedBy = (userId: string, limit: number, after?: string): Promise<Order[]> =>
    store.list(
      { userId, ...(after === undefined ? {} : { _id: { $lt: new Types.ObjectId(after) } }) },
      { _id: -1 },
      limit,
    );

  /** Notes the receipt beside the state, once, and only of the payment that won: no new version, no event. */
  const noteReceipt = async (orderId: string, receipt: Receipt): Promise<void> => {
    await store.model.updateOne(
      { _id: new Types.ObjectId(orderId), paymentId: receipt.paymentId, receipt: { $exists: false } },
      { $set: { receipt } },
    );
  };

  /** Tells an order again that is not in this status, unless that is going to be done anyway. */
  const tellAgainUnless = (orderId: string, status: OrderStatus): Promise<void> =>
    store.tellSoon(orderId, { status: { $ne: status } });

  return {
    ...store,
    hold,
    lastOf,
    openSlots,
    lapses,
    overdue,
    ownedBy,
    noteReceipt,
    tellAgainUnless,
  };
};

export type OrderStore = ReturnType<typeof openOrderStore>;
