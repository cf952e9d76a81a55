'use client';
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import { ApiError, toApiError } from './api-error.ts';
import { toPage } from './pages.ts';
import { type Request, renewing } from './renewing.ts';
import type { Page } from './types.ts';

/** Longer than any answer of ours takes: a payment is answered in at most 10 s. */
const TIMEOUT_MS = 15_000;

let client: Promise<AxiosInstance> | undefined;

/** Comes with the first question and not with the page, which a phone has to read and to bring to life first. */
const load = (): Promise<AxiosInstance> => {
  client ??= import('axios').then(
    ({ default: axios }) => axios.create({ timeout: TIMEOUT_MS, headers: { Accept: 'application/json' } }),
    () => {
      client = undefined;
      throw new ApiError(0, [{ message: 'The shop could not be reached', code: 'unavailable' }]);
    },
  );
  return client;
};

const requestAsItIs = async <T>(options: AxiosRequestConfig): Promise<AxiosResponse<T>> => {
  const axios = await load();
  try {
    return await axios.request<T>(options);
  } catch (error) {
    throw toApiError(error);
  }
};

/**
 * Asks our own origin from the browser; the session's cookie goes along by itself, and is renewed where it has to be.
 * @throws {ApiError} for every answer that is not a 2xx, and for none
 */
export const request: Request = renewing(requestAsItIs);

/** A page of a list. @throws {ApiError} */
export const requestPage = async <T>(url: string): Promise<Page<T>> => toPage(await request<T[]>({ url }));
