'use client';
import { useSyncExternalStore } from 'react';
import { ApiError } from '../api/api-error.ts';
import { request } from '../api/browser.ts';
import type { Order } from '../api/types.ts';
import { newestOf } from './newest.ts';

/** Where orders takes longer, a page goes on with what it knows. */
const PATIENCE_MS = 2_000;

/**
 * What this tab knows of its visitor's own orders, by the ticket. With it a ticket of theirs is shown as theirs at once: on
 * the way back to a page that was rendered before, and before tickets has heard of the order.
 */
let known: ReadonlyMap<string, Order> = new Map();
const nothing: ReadonlyMap<string, Order> = new Map();
const listeners = new Set<() => void>();

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Takes what an answer has told; what is older than what is known changes nothing. */
export const rememberOrders = (orders: readonly Order[]): void => {
  const next = new Map(known);
  for (const order of orders) {
    const before = next.get(order.ticket.id);
    // An order of another user, who was signed in here before, gives way.
    const newest = before?.userId === order.userId ? newestOf(before, order) : order;
    if (newest !== undefined) next.set(order.ticket.id, newest);
  }
  if ([...next].every(([ticketId, order]) => known.get(ticketId) === order)) return;
  known = next;
  for (const listener of listeners) listener();
};

/** Asks orders for the newest ones of a visitor who is signed in. Where there is no answer, what was known stays. */
export const lookUpOwnOrders = async (visitorId: string | undefined): Promise<void> => {
  if (visitorId === undefined) return;
  try {
    rememberOrders((await request<Order[]>({ url: '/api/orders', timeout: PATIENCE_MS })).data);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
};

/** The visitor's newest order of a ticket, in any state. */
export type OwnOrders = (ticketId: string) => Order | undefined;

/** What is known, rendered again as soon as more is. On the server nothing: it asks orders itself. */
export const useOwnOrders = (visitorId: string | undefined): OwnOrders => {
  const orders = useSyncExternalStore(
    subscribe,
    () => known,
    () => nothing,
  );
  return (ticketId) => {
    const order = orders.get(ticketId);
    return order?.userId === visitorId ? order : undefined;
  };
};
