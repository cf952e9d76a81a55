import {
  expirationComplete,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
  ticketCreated,
  ticketUpdated,
} from '@ticketing/common/events';
import { on, type Reaction } from '@ticketing/common/messaging';
import type { UseCases } from './use-cases/index.ts';

/** What it hears, and the use case that answers. */
export const reactions = (use: UseCases): Reaction[] => [
  on(ticketCreated, use.rememberTicket),
  on(ticketUpdated, use.rememberTicket),
  on(expirationComplete, use.expireOrder),
  on(paymentAuthorized, use.completeOrder),
  on(paymentFailed, use.cancelUnpayableOrder),
  on(paymentCreated, use.noteReceipt),
];
