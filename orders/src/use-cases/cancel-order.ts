import { found } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/http';
import { release } from '../order.ts';
import type { Deps } from './deps.ts';

/** Lets a reserved ticket go. @throws {NotFound} {NotYours} {OrderCompleted} */
export const cancelOrder =
  ({ orders }: Deps) =>
  async ({ user, id }: { user: SessionUser; id: string }): Promise<void> => {
    found(await orders.change(id, (order) => release(order, user.id)), 'Order');
  };
