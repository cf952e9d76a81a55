import type { PaymentState } from '@ticketing/common/events';
import { complete, WrongAmount } from '../order.ts';
import type { Deps } from './deps.ts';

/**
 * Gives the ticket to whoever paid for it, if their order still stands. A payment of the wrong amount buys nothing: the
 * order goes on awaiting another, and payments gives the money back once the order has ended, as it must.
 *
 * Payments says so every few minutes until it has heard what became of the order. Where that is long decided, it may have
 * missed it: the order is told again, or the authorisation would be kept for nobody.
 */
export const completeOrder =
  ({ orders, metrics, logger }: Deps) =>
  async (payment: PaymentState): Promise<void> => {
    try {
      const outcome = await orders.change(payment.orderId, (order) => complete(order, payment));
      if (outcome?.kind === 'unchanged') await orders.tellAgainUnless(payment.orderId, 'awaiting payment');
    } catch (error) {
      if (!(error instanceof WrongAmount)) throw error;
      // Payments takes the amount from our own event, so somebody's code is wrong, and no later try would be right.
      metrics.wrongAmount();
      const { id, orderId, amount, currency } = payment;
      logger.error({ paymentId: id, orderId, amount, currency }, 'a payment is not of its order’s amount');
    }
  };
