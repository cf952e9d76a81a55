export * from './catalogue.ts';
export { type Contract, publishes } from './contract.ts';
export {
  type CloudEvent,
  defineEvent,
  type EventOf,
  type EventType,
  envelope,
  eventId,
  InvalidEvent,
  parseEvent,
  type StateOf,
  type Versioned,
} from './event-type.ts';
export { type EveryField, everyField } from './every-field.ts';
export type {
  CancelReason,
  DueOrder,
  OrderState,
  OrderStatus,
  PaymentState,
  PaymentStatus,
  TicketState,
  TicketStatus,
} from './states.ts';
