import type { TicketState } from '@ticketing/common/events';
import { toDecimal } from '@ticketing/common/money';
import { isOnSale, type Ticket, toPublic } from './ticket.ts';

/** A ticket as the HTTP API tells it: the price a decimal, and no longer on sale once it has begun. */
export interface TicketAnswer extends Omit<TicketState, 'price' | 'listed'> {
  /** With at most two decimals, in `currency`. */
  readonly price: number;
  readonly currency: string;
}

/**
 * Tells a ticket as it is at this moment. The only thing that an answer knows better than the state in events is that
 * time has passed: what has begun is `withdrawn` here and still `on sale` there, as nothing was written when it began
 * (docs/decisions/0004-search.md).
 */
export const toAnswer = (ticket: Ticket, now: Date): TicketAnswer => {
  const { price, listed: _listed, ...state } = toPublic(ticket);
  const begun = state.status === 'on sale' && !isOnSale(ticket, now);
  return {
    ...state,
    status: begun ? 'withdrawn' : state.status,
    price: toDecimal(price.amount),
    currency: price.currency,
  };
};
