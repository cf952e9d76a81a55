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

export interface Seen {
  readonly ticket: Ticket;
  readonly visitor: User | null;
  /** Of the visitor, on this ticket. */
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
  return { kind: ticket.status };
};
