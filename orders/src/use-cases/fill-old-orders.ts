import { keepTerms, type Order } from '../order.ts';
import type { Deps } from './deps.ts';

/** Orders read, and written, at once. */
const BATCH = 50;
const WALK = 'date and place of old orders';

/**
 * Fills the orders of versions that kept no date and no place (`keepTerms`), some at a time, from the newest to the oldest:
 * what somebody still pays for, or goes to, comes first. Any number of replicas may do it at once, and any of them may
 * crash: each change is pinned to the version it was decided on, and an order that is filled is left alone.
 *
 * An order whose ticket is unknown here, which cannot be unless something was lost, is told of and left as it is.
 * @returns how many orders this run filled
 */
export const fillOldOrders = ({
  orders,
  tickets,
  progress,
  logger,
}: Pick<Deps, 'orders' | 'tickets' | 'progress' | 'logger'>) => {
  let isDone = false;

  const fill = async (order: Order): Promise<number> => {
    if (order.termsKept === true) return 0;
    const ticket = await tickets.find(order.ticket.id);
    if (ticket === undefined) {
      logger.warn(
        { orderId: order.id, ticketId: order.ticket.id },
        'no date and place: the ticket is unknown',
      );
      return 0;
    }
    // Read once more with each try: somebody may pay for it, or let it go, at this very moment.
    const outcome = await orders.change(order.id, (current) => keepTerms(current, ticket));
    return outcome?.kind === 'changed' ? 1 : 0;
  };

  return async (): Promise<number> => {
    if (isDone) return 0;
    const { before, isDone: wasDone } = await progress.of(WALK);
    isDone = wasDone;
    if (isDone) return 0;
    const batch = await orders.newestFirst(BATCH, before);
    const filled = await Promise.all(batch.map(fill));
    const last = batch.at(-1);
    if (last !== undefined) await progress.reached(WALK, last.id);
    isDone = batch.length < BATCH;
    if (isDone) {
      await progress.done(WALK);
      logger.info('every order keeps its date and place');
    }
    return filled.reduce((sum, count) => sum + count, 0);
  };
};
