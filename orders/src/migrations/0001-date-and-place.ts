import type { Migration } from '@ticketing/common/migrations';
import { Types } from 'mongoose';

/** What it reads of an order, and of what orders keeps of its ticket. */
interface OldOrder {
  readonly ticket: { readonly id: string };
}
interface KnownTicket {
  readonly _id: Types.ObjectId;
  readonly startsAt?: string;
  readonly place?: string;
}

/**
 * Orders of versions before 29 November 2026 kept no date and no place of their ticket. They take them, once, from what the
 * ticket says by now: nothing tells any more what it said then. An order whose ticket is unknown here, which cannot be unless
 * something was lost, stays as it is.
 */
export const dateAndPlace: Migration = {
  name: '0001-date-and-place',
  collection: 'orders',
  old: { termsKept: { $exists: false } },
  published: true,
  async changes(orders, mongo) {
    const ids = orders.map(({ ticket }) => new Types.ObjectId((ticket as OldOrder['ticket']).id));
    const tickets = await mongo
      .collection<KnownTicket>('tickets')
      .find({ _id: { $in: ids } }, { projection: { startsAt: 1, place: 1 } })
      .toArray();
    const known = new Map(tickets.map((ticket) => [ticket._id.toHexString(), ticket]));
    return ids.map((id) => {
      const ticket = known.get(id.toHexString());
      if (ticket === undefined) return undefined;
      const { startsAt, place } = ticket;
      return {
        set: { termsKept: true, place, startsAt: startsAt === undefined ? undefined : new Date(startsAt) },
      };
    });
  },
};
