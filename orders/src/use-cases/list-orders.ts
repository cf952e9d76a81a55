import { InvalidCursor } from '@ticketing/common/errors';
import { decodeCursor, type Page, pageOf } from '@ticketing/common/pages';
import type { SessionUser } from '@ticketing/common/session';
import { type OrderAnswer, toAnswer } from '../answer.ts';
import type { Deps } from './deps.ts';

export interface ListOrders {
  readonly user: SessionUser;
  readonly limit: number;
  readonly cursor?: string;
}

const readCursor = (cursor: string | undefined): string | undefined => {
  if (cursor === undefined) return undefined;
  const [id] = decodeCursor(cursor, ['string']);
  if (!/^[0-9a-f]{24}$/.test(String(id))) throw new InvalidCursor();
  return String(id);
};

/** A page of one's own orders, newest first. */
export const listOrders =
  ({ orders }: Deps) =>
  async ({ user, limit, cursor }: ListOrders): Promise<Page<OrderAnswer>> => {
    const found = await orders.ownedBy(user.id, limit + 1, readCursor(cursor));
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { ...page, items: page.items.map(toAnswer) };
  };
