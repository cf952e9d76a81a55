import 'server-only';
import { ApiError } from '../../shared/api/api-error.ts';
import { ask } from '../../shared/api/server.ts';
import type { PaymentsConfig } from '../../shared/api/types.ts';

/** What the browser needs to take a card; undefined while payments does not answer: the rest of the page is shown. */
export const paymentsConfig = async (): Promise<PaymentsConfig | undefined> => {
  try {
    return (await ask<PaymentsConfig>('payments', 'get', '/api/payments/config')).data;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
};
