/** What is read of the documents of the three stores. They belong to their services; nothing here writes them. */
import type { CancelReason, OrderStatus, PaymentStatus } from '@ticketing/common/events';
import type { Money } from '@ticketing/common/money';
import { Types } from 'mongoose';

export interface TicketDocument {
  readonly id: string;
  readonly version: number;
  readonly userId: string;
  readonly title: string;
  readonly price: Money;
  readonly startsAt?: Date;
  readonly place?: string;
  readonly listed: boolean;
  readonly lock: {
    readonly state: 'free' | 'reserved' | 'sold';
    readonly orderId?: string;
    readonly until?: Date;
    readonly holdSequence: number;
    readonly orderVersion: number;
  };
}

export interface OrderDocument {
  readonly id: string;
  readonly version: number;
  readonly userId: string;
  readonly status: OrderStatus;
  readonly expiresAt: Date;
  readonly holdSequence: number;
  readonly paymentId?: string;
  readonly reason?: CancelReason;
  readonly ticket: { readonly id: string; readonly title: string; readonly price: Money };
  readonly startsAt?: Date;
  readonly place?: string;
  /** When it was changed last. */
  readonly savedAt: Date;
}

export interface PaymentDocument {
  readonly id: string;
  readonly version: number;
  readonly orderId: string;
  readonly status: PaymentStatus;
  /** Integer minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly startedAt: Date;
  readonly savedAt: Date;
  readonly intentId?: string;
  /** What payments has noted of refunds, in minor units. */
  readonly refunded?: number;
}

/** A consumer's copy of another service's state, as it is stored. */
export interface ReplicaDocument {
  readonly id: string;
  readonly version: number;
  readonly [field: string]: unknown;
}

const settled: readonly PaymentStatus[] = ['captured', 'canceled', 'failed'];

/** Nothing will change this attempt any more. */
export const isSettled = ({ status }: PaymentDocument): boolean => settled.includes(status);

/** When a document was made, by its id: the beginning of that second, in milliseconds since 1970. */
export const secondOf = (id: string): number => new Types.ObjectId(id).getTimestamp().getTime();
