import 'server-only';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { headers } from 'next/headers';
import { type Service, serviceUrl } from '../../config.ts';
import { toApiError } from './api-error.ts';
import { onceMore } from './once-more.ts';
import { passedOn } from './passed-on.ts';

/** Longer than any answer of ours takes (a payment: 10 s), shorter than the gateway's patience. */
const WRITE_MS = 15_000;
/**
 * What is only read is there at once, or waits for at most 2 s for what is on its way (docs/http.md); a page should
 * not.
 */
const READ_MS = 5_000;

/** One for each service, with its connections kept. */
const clients = new Map<Service, AxiosInstance>();
const clientOf = (service: Service): AxiosInstance => {
  const known = clients.get(service);
  if (known !== undefined) return known;
  // Not through a proxy of the machine's, whatever its environment says: services are next door.
  const client = axios.create({ baseURL: serviceUrl(service), proxy: false });
  clients.set(service, client);
  return client;
};

export interface Ask {
  readonly params?: Record<string, string | number | undefined>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** In milliseconds, where a page can do without the answer and does not wait for it. */
  readonly timeout?: number;
}

/**
 * Asks a service on behalf of the visitor whose request is being answered.
 * @param path of the public API, `/api/tickets`
 * @throws {ApiError} for every answer that is not a 2xx, and for none
 */
export const ask = async <T>(
  service: Service,
  method: 'get' | 'post' | 'put' | 'delete',
  path: string,
  { params, body, headers: extra, timeout = method === 'get' ? READ_MS : WRITE_MS }: Ask = {},
): Promise<AxiosResponse<T>> => {
  const visitor = passedOn(await headers());
  const send = () =>
    clientOf(service).request<T>({
      method,
      url: path,
      timeout,
      params,
      data: body,
      headers: { Accept: 'application/json', ...visitor, ...extra },
    });
  try {
    return await onceMore(method, send);
  } catch (error) {
    throw toApiError(error);
  }
};
