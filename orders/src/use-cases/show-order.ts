import { found } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/http';
import { type OrderAnswer, toAnswer } from '../answer.ts';
import { ownedBy } from '../order.ts';
import type { Deps } from './deps.ts';

/** Shows an order to its buyer. @throws {NotFound} {NotYours} */
export const showOrder =
  ({ orders }: Deps) =>
  async ({ user, id }: { user: SessionUser; id: string }): Promise<OrderAnswer> =>
    toAnswer(ownedBy(found(await orders.find(id), 'Order'), user.id));
