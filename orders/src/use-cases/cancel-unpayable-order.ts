import type { PaymentState } from '@ticketing/common/events';
import { losePayment } from '../order.ts';
import type { Deps } from './deps.ts';

/** The money of a completed order cannot be had after all: its ticket goes back on sale. */
export const cancelUnpayableOrder =
  ({ orders }: Deps) =>
  async (payment: PaymentState): Promise<void> => {
    await orders.change(payment.orderId, (order) => losePayment(order, payment));
  };
