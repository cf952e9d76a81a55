/** What a ticket is to the one who looks at it. Pure. */
import type { Order, Ticket, User } from '../../shared/api/types.ts';

export type Situation =
  | { readonly kind: 'on sale' }
  /** The visitor's order awaits payment. */
  | { readonly kind: 'held by you'; readonly order: Order }
  | { readonly kind: 'yours'; readonly order: Order }
  /** The visitor is its seller; `status` says the rest. */
  | { readonly kind: 'your own' }
  | { readonly kind: 'reserved' }
  | { readonly kind: 'sold' }
  | { readonly kind: 'begun' }
  | { readonly kind: 'withdrawn' };

/** An order that holds its ticket, or has bought it. */
export type Claim = Order & { readonly status: 'awaiting payment' | 'completed' };

export const isClaim = (order: Order | undefined): order is Claim =>
  order?.status === 'awaiting payment' || order?.status === 'completed';

export interface Seen {
  readonly ticket: Ticket;
  readonly visitor: Pick<User, 'id'> | null;
  /** The visitor's newest order of this ticket. */
  readonly order: Order | undefined;
  readonly now: Date;
}

export const situationOf = ({ ticket, visitor, order, now }: Seen): Situation => {
  if (order?.status === 'awaiting payment') return { kind: 'held by you', order };
  if (order?.status === 'completed') return { kind: 'yours', order };
  if (visitor !== null && visitor.id === ticket.userId) return { kind: 'your own' };
  // The service calls it withdrawn as well; but nobody took it back.
  if (ticket.startsAt !== undefined && new Date(ticket.startsAt) <= now && ticket.status !== 'sold')
    return { kind: 'begun' };
  // Orders knows it before the ticket does.
  if (order?.status === 'cancelled' && order.id === ticket.orderId) return { kind: 'on sale' };
  return { kind: ticket.status };
};
