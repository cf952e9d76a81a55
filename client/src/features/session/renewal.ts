/**
 * Renews the session before a page is rendered (docs/http.md, "Sessions"): a server component cannot set a cookie,
 * proxy.ts can. Only whether to ask is decided here, without trusting what the token says; auth decides everything
 * else.
 */

/** The session's cookie: behind TLS, and on plain http. */
export const SESSION_COOKIES = ['__Host-session', 'session'];
/** Half of a token's hour, as auth has it: a younger one would not be renewed anyway. */
const DUE_AFTER_SECONDS = 30 * 60;

/** Whether the visitor brings a session that auth may renew or end by now. */
export const isRenewalDue = (cookie: (name: string) => string | undefined, now: Date): boolean => {
  const value = SESSION_COOKIES.map(cookie).find((each) => each !== undefined && each !== '');
  if (value === undefined) return false;
  const issuedAt = issuedAtOf(value);
  return issuedAt === undefined || now.getTime() / 1000 - issuedAt >= DUE_AFTER_SECONDS;
};

/** Seconds since 1970; undefined where it cannot be read, which auth will judge. */
const issuedAtOf = (value: string): number | undefined => {
  try {
    const { jwt } = JSON.parse(atob(value));
    const [, claims = ''] = String(jwt).split('.');
    const { iat } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof iat === 'number' ? iat : undefined;
  } catch {
    return undefined;
  }
};
