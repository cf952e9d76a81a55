import type { DueOrder } from '@ticketing/common/events';
import { expire } from '../order.ts';
import type { Deps } from './deps.ts';

/**
 * Ends a hold whose time is over. By expiration's clock it is; where ours says not yet, it is put off until ours says so
 * too. That is remembered in this process alone: whatever becomes of it, the sweeper finds the order a second later.
 */
export const expireOrder = ({ orders, clock, metrics, later }: Deps) => {
  const expireNow = async ({ id }: Pick<DueOrder, 'id'>): Promise<void> => {
    const outcome = await orders.change(id, (order) => expire(order, clock.now()));
    if (outcome?.kind === 'put off') later.at(outcome.until, id, () => expireNow({ id }));
    if (outcome?.kind === 'changed') {
      metrics.expired(clock.now().getTime() - outcome.state.expiresAt.getTime());
    }
  };
  return expireNow;
};
