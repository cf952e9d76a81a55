import type { OrderState } from '@ticketing/common/events';
import { toDecimal } from '@ticketing/common/money';
import { type Order, toPublic } from './order.ts';

/** An order as the HTTP API tells it: the price a decimal, and its receipt once it is paid. */
export interface OrderAnswer extends Omit<OrderState, 'ticket' | 'holdSequence'> {
  readonly ticket: Omit<OrderState['ticket'], 'price'> & {
    /** With at most two decimals, in `currency`. */
    readonly price: number;
    readonly currency: string;
  };
  readonly receipt?: { readonly paymentId: string; readonly paidAt: string };
}

export const toAnswer = (order: Order): OrderAnswer => {
  const { ticket, holdSequence: _holdSequence, ...state } = toPublic(order);
  const { price, ...terms } = ticket;
  const { receipt } = order;
  return {
    ...state,
    ticket: { ...terms, price: toDecimal(price.amount), currency: price.currency },
    ...(receipt === undefined
      ? {}
      : { receipt: { paymentId: receipt.paymentId, paidAt: receipt.paidAt.toISOString() } }),
  };
};
