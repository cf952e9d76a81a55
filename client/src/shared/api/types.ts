/** What the services answer (docs/http.md). Times are ISO 8601 in UTC, prices decimals in their currency. */

export interface User {
  readonly id: string;
  readonly email: string;
}

export type TicketStatus = 'on sale' | 'reserved' | 'sold' | 'withdrawn';

export interface Ticket {
  readonly id: string;
  readonly title: string;
  readonly price: number;
  readonly currency: string;
  /** Its seller. */
  readonly userId: string;
  readonly version: number;
  readonly status: TicketStatus;
  /** Of the order that holds it or has bought it. */
  readonly orderId?: string;
  /** When the hold of a reserved one ends, if nobody pays. */
  readonly reservedUntil?: string;
  readonly startsAt?: string;
  readonly place?: string;
}

export type OrderStatus = 'awaiting payment' | 'completed' | 'cancelled';

export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  readonly expiresAt: string;
  readonly version: number;
  /** Why it was cancelled. */
  readonly reason?: 'released' | 'expired' | 'payment_failed' | (string & {});
  readonly paymentId?: string;
  readonly receipt?: { readonly paymentId: string; readonly paidAt: string };
  readonly ticket: {
    readonly id: string;
    readonly title: string;
    readonly price: number;
    readonly currency: string;
    readonly startsAt?: string;
    readonly place?: string;
  };
}

export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly status: 'processing' | 'requires_action' | 'captured' | 'refused' | 'canceled' | 'failed';
  readonly amount: number;
  readonly currency: string;
  readonly clientSecret?: string;
  /** The bank's page, where it is one to go to. */
  readonly actionUrl?: string;
  readonly decline?: { readonly message: string; readonly code?: string; readonly declineCode?: string };
}

export interface PaymentsConfig {
  readonly publishableKey: string;
  readonly currency: string;
  /** Where the browser finds the stand-in for Stripe; absent where it is Stripe itself. */
  readonly stripeBase?: string;
}

/** Somebody, as their name stands beside what they wrote or sell. */
export interface Person {
  readonly userId: string;
  readonly handle: string;
  readonly name: string;
}

interface About extends Person {
  readonly about?: string;
  readonly city?: string;
  /** https */
  readonly links: readonly string[];
  readonly since: string;
}

/** Somebody's profile, as it is shown to the visitor. */
export interface Profile extends About {
  readonly followedByMe: boolean;
}

/** The visitor's own. */
export interface OwnProfile extends About {
  /** When the handle can be changed next; absent where it can be now. */
  readonly handleStaysUntil?: string;
  /** By an operator. */
  readonly hidden: boolean;
}

/** What people write. */
interface Written {
  readonly id: string;
  readonly author: Person;
  readonly text: string;
  readonly createdAt: string;
  readonly likes: number;
  readonly likedByMe: boolean;
}

export interface Post extends Written {
  /** What it is about; nobody has looked whether that is still there. */
  readonly ticketId?: string;
  readonly editedAt?: string;
  readonly comments: number;
}

export interface Comment extends Written {
  readonly postId: string;
}

/** What liking a post or a comment answers. */
export type Like = Pick<Written, 'likes' | 'likedByMe'>;

/** A page of a list; `next` is the cursor of the one after it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
