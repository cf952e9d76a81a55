import 'server-only';
import type { AxiosResponse } from 'axios';
import { cookies } from 'next/headers';
import { parseSetCookie } from './set-cookie.ts';

/** Hands the cookies of a service's answer on to the visitor, as that service set them. Only in server actions and route handlers. */
export const takeCookies = async ({ headers }: AxiosResponse): Promise<void> => {
  const jar = await cookies();
  for (const line of headers['set-cookie'] ?? []) {
    const { name, value, path, httpOnly, secure, expires } = parseSetCookie(line);
    jar.set(name, value, {
      path,
      httpOnly,
      secure,
      sameSite: 'lax',
      ...(expires === undefined ? {} : { expires }),
    });
  }
};
