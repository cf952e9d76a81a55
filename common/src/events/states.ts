/**
 * The public state of each aggregate, once: from these schemas come the TypeScript types and the check at the
 * consumer's door. Every event carries the whole state (docs/architecture.md, "How a change travels"), so a consumer
 * can keep a replica that heals by itself. Unknown fields are let through, so a newer publisher does not break an older
 * consumer, and a replica keeps what its service does not know yet.
 */
import { z } from 'zod';

/** A Mongo ObjectId as 24 lower-case hexadecimal digits; its first 4 bytes are the second it was made. */
export const objectId = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 hexadecimal digits');

/** Version of an aggregate: 0 when it is made, one more with each saved change. */
export const version = z.int().min(0);

/** ISO 8601 in UTC, to the millisecond. */
export const instant = z.iso.datetime({ precision: 3 });

/** Integer minor units with a lower-case ISO 4217 code. */
export const money = z.object({
  amount: z.int().min(0),
  currency: z.string().regex(/^[a-z]{3}$/, 'must be a lower-case ISO 4217 code'),
});

export const ticketStatus = z.enum(['on sale', 'reserved', 'sold', 'withdrawn']);

export const ticketState = z.object({
  id: objectId,
  version,
  userId: objectId,
  title: z.string().min(1),
  price: money,
  /** The seller's own fact: put up for sale and not withdrawn. */
  listed: z.boolean(),
  /** Derived: sold, reserved, withdrawn, on sale, in this order. */
  status: ticketStatus,
  orderId: objectId.optional(),
  /** When the hold of a reserved one ends, if nobody pays. */
  reservedUntil: instant.optional(),
  startsAt: instant.optional(),
  place: z.string().optional(),
});

export const orderStatus = z.enum(['awaiting payment', 'completed', 'cancelled']);

/** Why an order was cancelled. */
export const cancelReason = z.enum(['released', 'expired', 'payment_failed']);

export const orderState = z.object({
  id: objectId,
  version,
  userId: objectId,
  status: orderStatus,
  expiresAt: instant,
  /** Fencing token of the ticket's lock (docs/protocol.md, "Ticket lock"): one more with each order of the ticket. */
  holdSequence: z.int().min(1),
  /** The payment that won, once completed. */
  paymentId: objectId.optional(),
  reason: cancelReason.optional(),
  /** The ticket as its buyer agreed to it; no date and no place where it had none, or the order is from before they were kept. */
  ticket: z.object({
    id: objectId,
    title: z.string().min(1),
    price: money,
    startsAt: instant.optional(),
    place: z.string().optional(),
  }),
});

export const paymentStatus = z.enum([
  'authorising',
  'requires_action',
  'authorized',
  'capturing',
  'captured',
  'cancelling',
  'canceled',
  'failed',
]);

export const paymentState = z.object({
  id: objectId,
  version,
  orderId: objectId,
  userId: objectId,
  status: paymentStatus,
  amount: money.shape.amount,
  currency: money.shape.currency,
});

/** What expiration says: only which order is due, and the version it knew. Orders decides. */
export const dueOrder = z.object({ id: objectId, version });

export type TicketState = z.infer<typeof ticketState>;
export type TicketStatus = z.infer<typeof ticketStatus>;
export type OrderState = z.infer<typeof orderState>;
export type OrderStatus = z.infer<typeof orderStatus>;
export type CancelReason = z.infer<typeof cancelReason>;
export type PaymentState = z.infer<typeof paymentState>;
export type PaymentStatus = z.infer<typeof paymentStatus>;
export type DueOrder = z.infer<typeof dueOrder>;
