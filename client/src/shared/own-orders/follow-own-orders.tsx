'use client';
import { useEffect } from 'react';
import type { Order } from '../api/types.ts';
import { usePolling } from '../polling/use-polling.ts';
import { rememberOrders } from './own-orders.ts';

/** Between two looks, in milliseconds. */
const LOOK_AGAIN_MS = 5_000;

/** Keeps what is known of the visitor's own orders up to date, for a page that shows one which may still change. */
export const FollowOwnOrders = () => {
  const { data } = usePolling<readonly Order[]>({
    url: '/api/orders',
    initial: none,
    interval: LOOK_AGAIN_MS,
  });
  useEffect(() => rememberOrders(data), [data]);
  return null;
};

const none: readonly Order[] = [];
