import type { OrderState } from '@ticketing/common/events';
import type { Deps } from './deps.ts';

/** The order has ended: nobody need be told when its time would have been over. */
export const dropExpiry =
  ({ deadlines }: Deps) =>
  async ({ id }: OrderState): Promise<void> => {
    await deadlines.drop(id);
  };
