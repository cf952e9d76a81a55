import { expire, type Order } from '../order.ts';
import type { Deps } from './deps.ts';

/** Orders read, and written, at once. */
const BATCH = 500;
/** Batches of one run; what is left is swept in the next, a moment later. */
const MAX_BATCHES = 40;

/**
 * Cancels every order that is overdue, whatever became of expiration, of its queue, or of its event. Any number of
 * replicas may sweep at once: each change is pinned to the version it was decided on, so what was paid, let go, or swept
 * by somebody else at this very moment is left at that.
 * @returns how many orders this run cancelled
 */
export const sweepOverdueOrders = ({ orders, clock, metrics, logger }: Deps) => {
  const cancelAll = async (overdue: readonly Order[]): Promise<number> => {
    const now = clock.now();
    const changes = overdue.flatMap((current) => {
      const decision = expire(current, now);
      return decision.kind === 'changed' ? [{ current, next: decision.next, event: decision.event }] : [];
    });
    const cancelled = await orders.commitAll(changes);
    for (const { expiresAt } of overdue) metrics.expired(clock.now().getTime() - expiresAt.getTime());
    return cancelled;
  };

  /** Each by itself, so that an order that cannot be cancelled does not keep the others. */
  const cancelEach = async (overdue: readonly Order[]): Promise<number> => {
    const results = await Promise.allSettled(overdue.map((order) => cancelAll([order])));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, 'some overdue orders could not be cancelled');
    return results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  };

  return async (): Promise<number> => {
    let cancelled = 0;
    for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
      const overdue = await orders.overdue(clock.now(), BATCH);
      cancelled += await cancelAll(overdue).catch((error: unknown) => {
        logger.warn({ err: error }, 'overdue orders could not be cancelled together');
        return cancelEach(overdue);
      });
      if (overdue.length < BATCH) break;
    }
    if (cancelled > 0) logger.debug({ cancelled }, 'cancelled overdue orders');
    return cancelled;
  };
};
