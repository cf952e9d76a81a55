import type { CloudEvent, PaymentState } from '@ticketing/common/events';
import type { Deps } from './deps.ts';

/** The money is taken: notes the receipt beside the order. Told again, the first time stands. */
export const noteReceipt =
  ({ orders }: Deps) =>
  async ({ id, orderId }: PaymentState, { time }: Pick<CloudEvent, 'time'>): Promise<void> => {
    await orders.noteReceipt(orderId, { paymentId: id, paidAt: new Date(time) });
  };
