import type { Clock } from '@ticketing/common/clock';
import type { OrderState, OrderStatus } from '@ticketing/common/events';
import { NotRestored, someOf } from '@ticketing/common/operations';
import type { Heard } from '@ticketing/common/outbox';
import { batchesOf, type Pair, pairsOf, type Replica } from '@ticketing/common/replica';
import { Types } from 'mongoose';
import type { contract } from '../contract.ts';
import { freeSlot, TooManyReservations } from '../limits.ts';
import { type Order, told } from '../order.ts';
import {
  asItIs,
  cancelUnknown,
  isAhead,
  type LockedTicket,
  newestOf,
  noteOrder,
  savedBy,
  type TicketHistory,
} from '../restore.ts';
import type { OrderStore } from '../store/orders.ts';

export interface TakingBack {
  readonly orders: OrderStore;
  /** What payments has heard of the orders. */
  readonly copies: Pick<Replica<OrderState>, 'find' | 'all'>;
  /** What tickets has: each ticket with its lock. */
  lockedTickets(): AsyncIterable<LockedTicket>;
  /** Makes the indexes of the orders, where the restored database has not got them all. */
  buildIndexes(): Promise<void>;
  /** Whether an order of which only a lock knows is written as cancelled. */
  readonly cancelsUnknown: boolean;
  readonly clock: Clock;
}

/** How many orders were compared, and written because of what. */
export interface TakenBack {
  readonly compared: number;
  readonly missing: number;
  readonly newer: number;
  /** Ended before the next order of their ticket was made, and nobody had heard of it. */
  readonly endedUnheard: number;
  /** Known to a lock alone, and cancelled. */
  readonly unknown: number;
}

type Written = Heard<Order, (typeof contract.events)[number]>;

const nameOf = ({ id, lock }: LockedTicket): string =>
  `ticket ${id}: order ${lock.orderId ?? '(not named)'}, number ${lock.holdSequence} of this ticket, at version ${lock.orderVersion}`;

/**
 * Takes back what payments and tickets know of the orders (docs/protocol.md, rule 8). What is decided follows from all that
 * was heard, and what is written does not change it: so it may break off after any write, and be done again.
 *
 * Those that end are written first: only then the unique indexes let in those that hold.
 */
export const takeBackOrders = (deps: TakingBack) => {
  const { orders, copies, lockedTickets, buildIndexes, cancelsUnknown, clock } = deps;

  const heard = (): AsyncIterable<Pair<Order, OrderState>> => pairsOf(orders.all(), copies.all());

  const readHistories = async (): Promise<Map<string, TicketHistory>> => {
    const histories = new Map<string, TicketHistory>();
    for await (const { own, copy } of heard()) {
      const order = newestOf(own, copy);
      if (order !== undefined) noteOrder(histories, order);
    }
    return histories;
  };

  const eventOf = ({ status }: Order) => told[status];

  /** Cancels what only locks know. @throws {NotRestored} listing them, unless that was asked for */
  const settleUnknown = async (histories: ReadonlyMap<string, TicketHistory>): Promise<number> => {
    const unknown: LockedTicket[] = [];
    for await (const ticket of lockedTickets())
      if (isAhead(ticket.lock, histories.get(ticket.id))) unknown.push(ticket);
    if (unknown.length === 0) return 0;
    if (!cancelsUnknown) {
      throw new NotRestored(
        [
          'Tickets have locks of orders that neither the backup nor payments knows, as if an event had been thrown away:',
          ...someOf(unknown.map(nameOf)),
          'Nothing was written. With --cancel-unknown these orders are cancelled, and their tickets are free again.',
        ].join('\n'),
      );
    }
    for (const ticket of unknown) {
      const last = histories.get(ticket.id)?.last;
      const isKnown = last?.holdSequence === ticket.lock.holdSequence;
      const current = isKnown ? await orders.find(last.id) : undefined;
      const known = isKnown ? newestOf(current, await copies.find(last.id)) : undefined;
      const next = cancelUnknown(ticket, known, new Types.ObjectId().toHexString(), clock.now());
      await orders.takeBack([{ current, next, event: eventOf(next) }]);
    }
    return unknown.length;
  };

  /** A free slot of its buyer, or none where all ten are taken: a hold that was let go, and nobody heard of it, has one. */
  const slotOf = async ({ userId, ticket }: Order, current: Order | undefined) => {
    if (current?.status === 'awaiting payment') return current.slot;
    try {
      return freeSlot(await orders.openSlots(userId), ticket.id);
    } catch (error) {
      if (error instanceof TooManyReservations) return undefined;
      throw error;
    }
  };

  return async (): Promise<TakenBack> => {
    const heardOf = await readHistories();
    const unknown = await settleUnknown(heardOf);
    const histories = unknown === 0 ? heardOf : await readHistories();
    const taken = { compared: 0, missing: 0, newer: 0, endedUnheard: 0 };

    const toWrite = async function* (status: OrderStatus): AsyncIterable<Written> {
      for await (const { own, copy } of heard()) {
        if (status === 'cancelled') taken.compared += 1;
        const order = newestOf(own, copy);
        const history = order && histories.get(order.ticket.id);
        if (order === undefined || history === undefined) continue;
        const next = asItIs(order, history);
        if (next.status !== status || next.version === own?.version) continue;
        if (next !== order) taken.endedUnheard += 1;
        else taken[own === undefined ? 'missing' : 'newer'] += 1;
        const savedAt = savedBy(next, history, clock.now());
        yield { current: own, next, event: eventOf(next), beside: { savedAt } };
      }
    };

    for await (const batch of batchesOf(toWrite('cancelled'))) await orders.takeBack(batch);
    await buildIndexes();
    for await (const batch of batchesOf(toWrite('completed'))) await orders.takeBack(batch);
    for await (const written of toWrite('awaiting payment')) {
      const slot = await slotOf(written.next, written.current);
      await orders.takeBack([{ ...written, next: { ...written.next, slot } }]);
    }
    return { ...taken, unknown };
  };
};
