import { ApiError } from './api-error.ts';

export type KeyKind = 'publishable' | 'secret';

const TEST_KEY = /^(sk|rk|pk)_test_\w{1,240}$/;

const unauthorised = (message: string): ApiError =>
  new ApiError(401, { type: 'invalid_request_error', message });

/** Bearer, or Basic with the key as the user, as `curl -u sk_test_…:` sends it. */
const keyInHeader = (authorization: string): string => {
  const [scheme = '', credentials = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'basic') return credentials;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] ?? '';
};

/** `sk_live_****4242`, as Stripe repeats a wrong key. */
const masked = (key: string): string =>
  `${/^(sk|rk|pk)_(live|test)_/.exec(key)?.[0] ?? ''}****${key.slice(-4)}`;

/**
 * The kind of key a request came with. Every test key is right: there is one account.
 * @param parameter the `key` parameter, where a browser may put its publishable key
 * @throws {ApiError} 401
 */
export const readKey = (authorization: string | undefined, parameter: unknown): KeyKind => {
  const key =
    authorization !== undefined
      ? keyInHeader(authorization)
      : typeof parameter === 'string' && parameter.startsWith('pk_')
        ? parameter
        : '';
  if (key === '') {
    throw unauthorised(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    );
  }
  const kind = TEST_KEY.exec(key)?.[1];
  if (kind === undefined) throw unauthorised(`Invalid API Key provided: ${masked(key)}`);
  return kind === 'pk' ? 'publishable' : 'secret';
};

/** @throws {ApiError} 403 */
export const assertSecret = (kind: KeyKind): void => {
  if (kind === 'secret') return;
  throw new ApiError(403, {
    type: 'invalid_request_error',
    code: 'secret_key_required',
    message:
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
  });
};

/** @throws {ApiError} 403 */
export const assertPublishable = (kind: KeyKind): void => {
  if (kind === 'publishable') return;
  throw new ApiError(403, {
    type: 'invalid_request_error',
    message:
      'This address is for browsers, with a publishable API key. Keep your secret API key on your server.',
  });
};
