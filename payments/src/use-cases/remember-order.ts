import type { Order } from '../payment.ts';
import type { Driving } from './index.ts';

/**
 * Keeps what orders says, and lets the attempts of that order follow. The version gates the write of the replica only,
 * never the reaction after it: a crash between the two must not lose it, so a repeated event wakes them again.
 */
export const rememberOrder =
  ({ orders, attempts, lookup, at }: Driving) =>
  async (order: Order, event: { readonly time: string }): Promise<void> => {
    await at('before write order');
    if (await orders.apply(order)) lookup.heard(event);
    await at('after write order');
    await attempts.wakeOrder(order.id);
  };
