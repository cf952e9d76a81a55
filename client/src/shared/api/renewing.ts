import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { ApiError } from './api-error.ts';
import type { User } from './types.ts';

export type Request = <T>(options: AxiosRequestConfig) => Promise<AxiosResponse<T>>;

/**
 * The same, on a page that is left open for longer than a token lives: where a service no longer knows who asks, auth is
 * asked once, which renews the cookie as long as the session lives (decision 3), and if it names somebody the question is
 * put again. Whoever is refused was refused before anything was done, so this is safe for a write too.
 */
export const renewing = (request: Request): Request => {
  let asking: Promise<boolean> | undefined;
  const isSomebodyHere = (): Promise<boolean> => {
    asking ??= request<{ currentUser: User | null }>({ url: '/api/users/currentuser' })
      .then(
        ({ data }) => data.currentUser !== null,
        () => false,
      )
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };

  return async (options) => {
    try {
      return await request(options);
    } catch (error) {
      const isUnknown = error instanceof ApiError && error.is('not_signed_in');
      if (!isUnknown || !(await isSomebodyHere())) throw error;
      return await request(options);
    }
  };
};
