/** Every event of the system. How to add one: README, "Developing". */
import { defineEvent } from './event-type.ts';
import { dueOrder, orderState, paymentState, ticketState } from './states.ts';

export const ticketCreated = defineEvent('ticket:created', 'ticket', ticketState);
export const ticketUpdated = defineEvent('ticket:updated', 'ticket', ticketState);

export const orderCreated = defineEvent('order:created', 'order', orderState);
export const orderCancelled = defineEvent('order:cancelled', 'order', orderState);
export const orderCompleted = defineEvent('order:completed', 'order', orderState);

/** The order's hold is over by expiration's clock; orders decides by its own. */
export const expirationComplete = defineEvent('expiration:complete', 'expiration', dueOrder);

/** The card is authorised: orders completes the order, or not. */
export const paymentAuthorized = defineEvent('payment:authorized', 'payment', paymentState);
/** Captured: the receipt. */
export const paymentCreated = defineEvent('payment:created', 'payment', paymentState);
/** A capture that can never succeed. */
export const paymentFailed = defineEvent('payment:failed', 'payment', paymentState);
