import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * The same session, brought by a token that was signed so many seconds ago: time that a test need not wait for. Auth's
 * own key signs it, so this is for a system of the test's own.
 * @param cookie `session=…`, as auth has set it
 * @param privateKeys the file of auth's keys
 */
export const agedSession = (cookie: string, privateKeys: string, seconds: number): string => {
  const at = cookie.indexOf('=');
  const { jwt } = fromBase64(cookie.slice(at + 1), 'base64') as { jwt: string };
  const [header = '', claims = ''] = jwt.split('.');
  const { kid } = fromBase64(header, 'base64url') as { kid: string };
  const { iat, exp, ...rest } = fromBase64(claims, 'base64url') as { iat: number; exp: number };
  const payload = toBase64({ ...rest, iat: iat - seconds, exp: exp - seconds }, 'base64url');
  const { keys } = JSON.parse(readFileSync(privateKeys, 'utf8')) as { keys: { kid: string }[] };
  const key = keys.find((each) => each.kid === kid);
  if (key === undefined) throw new Error(`auth has no key ${kid}`);
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), {
    key: createPrivateKey({ key, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
  const aged = `${header}.${payload}.${signature.toString('base64url')}`;
  return `${cookie.slice(0, at)}=${toBase64({ jwt: aged }, 'base64')}`;
};

const fromBase64 = (text: string, how: 'base64' | 'base64url'): unknown =>
  JSON.parse(Buffer.from(text, how).toString('utf8'));

const toBase64 = (value: unknown, how: 'base64' | 'base64url'): string =>
  Buffer.from(JSON.stringify(value)).toString(how);
