import type { Order } from '../payment.ts';
import type { Driving } from './deps.ts';

/**
 * Keeps what orders says, and lets the attempts of that order follow. The version gates the write of the replica only,
 * never the reaction after it: a crash between the two must not lose it, so a repeated event wakes them again.
 *
 * Orders says every few minutes that an order is completed until it has heard what became of the money. Where the payment
 * has ended, it may have missed that: the payment is told again, or a ticket would stay sold for a capture that failed.
 */
export const rememberOrder =
  ({ orders, payments, attempts, lookup, at }: Driving) =>
  async (order: Order, event: { readonly time: string }): Promise<void> => {
    await at('before write order');
    if (await orders.apply(order)) lookup.heard(event);
    await at('after write order');
    await attempts.wakeOrder(order.id);
    if (order.status === 'completed' && order.paymentId !== undefined)
      await payments.tellIfEnded(order.paymentId);
  };
