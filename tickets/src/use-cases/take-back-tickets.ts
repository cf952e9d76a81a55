import { type TicketState, ticketCreated, ticketUpdated } from '@ticketing/common/events';
import { batchesOf, pairsOf, type Replica } from '@ticketing/common/replica';
import { asItIs } from '../restore.ts';
import type { TicketStore } from '../store/tickets.ts';
import type { LockingOrder } from '../ticket.ts';

export interface TakingBack {
  readonly tickets: TicketStore;
  /** What orders has heard of the tickets. */
  readonly copies: Pick<Replica<TicketState>, 'all'>;
  /** Of each of these tickets, the order with its highest `holdSequence` in the documents of orders; by ticket. */
  lastOrdersOf(ticketIds: readonly string[]): Promise<ReadonlyMap<string, LockingOrder>>;
}

/** How many tickets were compared, and written because of what. */
export interface TakenBack {
  readonly compared: number;
  readonly missing: number;
  readonly newer: number;
  /** Of the backup, with another lock. */
  readonly relocked: number;
}

/**
 * Takes back what orders knows of the tickets (docs/protocol.md, rule 8). Each ticket is decided for itself, so it may break off
 * after any write, and be done again.
 */
export const takeBackTickets =
  ({ tickets, copies, lastOrdersOf }: TakingBack) =>
  async (): Promise<TakenBack> => {
    const taken = { compared: 0, missing: 0, newer: 0, relocked: 0 };
    for await (const pairs of batchesOf(pairsOf(tickets.all(), copies.all()))) {
      const last = await lastOrdersOf(pairs.map(({ id }) => id));
      const heard = pairs.flatMap(({ id, own, copy }) => {
        taken.compared += 1;
        const next = asItIs(own, copy, last.get(id));
        if (next === undefined || next.version === own?.version) return [];
        const isCopy = copy !== undefined && copy.version > (own?.version ?? -1);
        taken[own === undefined ? 'missing' : isCopy ? 'newer' : 'relocked'] += 1;
        return [{ current: own, next, event: next.version === 0 ? ticketCreated : ticketUpdated }];
      });
      await tickets.takeBack(heard);
    }
    return taken;
  };
