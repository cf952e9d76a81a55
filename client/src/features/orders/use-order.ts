'use client';
import { useCallback, useEffect, useRef } from 'react';
import type { Order } from '../../shared/api/types.ts';
import { rememberOrders } from '../../shared/own-orders/own-orders.ts';
import { type Polling, usePolling } from '../../shared/polling/use-polling.ts';
import { askEvery } from './hold.ts';

export interface LiveOrder extends Pick<Polling<Order>, 'clock' | 'error' | 'refresh'> {
  readonly order: Order;
  /** While it is paid, its end is moments away. */
  hurry(isPaying: boolean): void;
}

/** An order that keeps itself up to date. @param asOf the server's clock when it was rendered */
export const useOrder = (rendered: Order, asOf: number): LiveOrder => {
  const isPaying = useRef(false);
  const { data, ...polling } = usePolling<Order>({
    url: `/api/orders/${rendered.id}`,
    initial: rendered,
    asOf,
    // Only so the clock is right from the beginning; what is rendered is fresh.
    immediately: rendered.status === 'awaiting payment',
    interval: (order, now) => askEvery(order, (Date.parse(order.expiresAt) - now) / 1000, isPaying.current),
  });
  useEffect(() => rememberOrders([data]), [data]);
  const { refresh } = polling;
  const hurry = useCallback(
    (paying: boolean) => {
      if (paying === isPaying.current) return;
      isPaying.current = paying;
      refresh();
    },
    [refresh],
  );
  return { ...polling, order: data, hurry };
};
