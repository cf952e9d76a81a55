import type { OrderState } from '@ticketing/common/events';
import { currentTrace } from '@ticketing/common/tracing';
import type { Deps } from './deps.ts';

/**
 * Sets the deadline of a hold. Heard twice, there is one; heard late, after the order has ended, it is told in vain, and
 * orders leaves it at that.
 */
export const scheduleExpiry =
  ({ deadlines }: Deps) =>
  async ({ id, version, status, expiresAt }: OrderState): Promise<void> => {
    if (status !== 'awaiting payment') return;
    const traceparent = currentTrace()?.traceparent;
    await deadlines.set({ orderId: id, version, dueAt: new Date(expiresAt), traceparent });
  };
