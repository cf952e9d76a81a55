/** States and events with sensible values, where a test says only what it is about. */
import { Types } from 'mongoose';
import {
  type CloudEvent,
  type EventType,
  envelope,
  type OrderState,
  type PaymentState,
  type TicketState,
  type Versioned,
} from '../events/index.ts';

/** A new id, made now. */
export const newId = (): string => new Types.ObjectId().toHexString();

export const aTicketState = (given: Partial<TicketState> = {}): TicketState => ({
  id: newId(),
  version: 0,
  userId: newId(),
  title: 'Nils Frahm',
  price: { amount: 4_800, currency: 'usd' },
  listed: true,
  status: 'on sale',
  ...given,
});

export const anOrderState = (given: Partial<OrderState> = {}): OrderState => ({
  id: newId(),
  version: 0,
  userId: newId(),
  status: 'awaiting payment',
  expiresAt: new Date(Date.now() + 900_000).toISOString(),
  holdSequence: 1,
  ticket: { id: newId(), title: 'Nils Frahm', price: { amount: 4_800, currency: 'usd' } },
  ...given,
});

export const aPaymentState = (given: Partial<PaymentState> = {}): PaymentState => ({
  id: newId(),
  version: 0,
  orderId: newId(),
  userId: newId(),
  status: 'authorized',
  amount: 4_800,
  currency: 'usd',
  ...given,
});

/** The event that a service would publish for this state. */
export const eventOf = <T extends string, D extends Versioned>(
  eventType: EventType<T, D>,
  state: D,
  source = 'test',
): CloudEvent<T, D> => envelope(eventType, state, { source, time: new Date() });

/** Every order in which a few things can arrive: n! of them, so keep n small. */
export const everyOrder = <T>(things: readonly T[]): T[][] =>
  things.length <= 1
    ? [[...things]]
    : things.flatMap((thing, index) =>
        everyOrder(things.filter((_, other) => other !== index)).map((rest) => [thing, ...rest]),
      );
