import { describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { ApiError } from './api-error.ts';
import { type Request, renewing } from './renewing.ts';

const signedOut = new ApiError(401, [{ message: 'Not signed in', code: 'not_signed_in' }]);
const away = new ApiError(503, [{ message: 'Busy', code: 'unavailable' }]);

/** Services whose token has run out, and an auth that answers so. */
const shop = (auth: { id: string } | null | ApiError) => {
  const asked: (string | undefined)[] = [];
  let isRenewed = false;
  const answer = (data: unknown) => ({ data }) as AxiosResponse;
  const request: Request = async <T>({ url }: AxiosRequestConfig): Promise<AxiosResponse<T>> => {
    asked.push(url);
    if (url === '/api/users/currentuser') {
      if (auth instanceof ApiError) throw auth;
      isRenewed = auth !== null;
      return answer({ currentUser: auth });
    }
    if (url === '/api/away') throw away;
    if (!isRenewed) throw signedOut;
    return answer('the orders');
  };
  return { request: renewing(request), asked };
};

describe('on a page that was left open for longer than a token lives', () => {
  it('what is asked is answered, since auth renews the session in between', async () => {
    const { request, asked } = shop({ id: 'ada' });
    expect((await request({ url: '/api/orders' })).data).toBe('the orders');
    expect(asked).toEqual(['/api/orders', '/api/users/currentuser', '/api/orders']);
  });

  it('auth is asked once for everything that is refused at the same moment', async () => {
    const { request, asked } = shop({ id: 'ada' });
    await Promise.all([request({ url: '/api/orders' }), request({ url: '/api/orders' })]);
    expect(asked.filter((url) => url === '/api/users/currentuser')).toHaveLength(1);
  });

  it.each([
    ['has ended', null],
    ['cannot be asked about', away],
  ])('a session that %s is not asked for again and again', async (_, auth) => {
    const { request, asked } = shop(auth);
    await expect(request({ url: '/api/orders' })).rejects.toBe(signedOut);
    expect(asked).toEqual(['/api/orders', '/api/users/currentuser']);
  });

  it('any other refusal is none of auth’s business', async () => {
    const { request, asked } = shop({ id: 'ada' });
    await expect(request({ url: '/api/away' })).rejects.toBe(away);
    expect(asked).toEqual(['/api/away']);
  });
});
