import 'server-only';
import type { AxiosResponse } from 'axios';
import { toPage } from '../../shared/api/pages.ts';
import { ask } from '../../shared/api/server.ts';
import type { Order, Page } from '../../shared/api/types.ts';
import { serviceTime } from '../../shared/clock/server-clock.ts';

/** What a service knew, and when: `asOf` is its clock then, in milliseconds since 1970. */
export interface AsOf<T> {
  readonly known: T;
  readonly asOf: number;
}

const asOf = ({ headers }: AxiosResponse): number => serviceTime(String(headers.date ?? ''));

/** @throws {ApiError} */
export const findOrder = async (id: string): Promise<AsOf<Order>> => {
  const answer = await ask<Order>('orders', 'get', `/api/orders/${encodeURIComponent(id)}`);
  return { known: answer.data, asOf: asOf(answer) };
};

/** The visitor's own orders, newest first. @throws {ApiError} */
export const findOrders = async (cursor: string | undefined): Promise<AsOf<Page<Order>>> => {
  const answer = await ask<Order[]>('orders', 'get', '/api/orders', { params: { cursor } });
  return { known: toPage(answer), asOf: asOf(answer) };
};
