/** Where signing in leads back to: a path of ours, and never another site's, whatever a link says. */
export const returnPath = (wanted: unknown): string => {
  if (typeof wanted !== 'string' || !wanted.startsWith('/')) return '/';
  // As a browser reads it: `//host` and `/\host` are other sites.
  const url = URL.canParse(wanted, ORIGIN) ? new URL(wanted, ORIGIN) : undefined;
  if (url === undefined || url.origin !== ORIGIN) return '/';
  // `/.//host` is a path of ours that comes out of the parser as `//host`.
  if (url.pathname.startsWith('//')) return '/';
  if (isSigningIn(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
};

const ORIGIN = 'http://ours.invalid';

/** Whether a path is one of these, which would lead whoever has just signed in around in a circle. */
export const isSigningIn = (path: string): boolean => path === '/signin' || path === '/signup';

export const signInPath = (back: string): string => withNext('/signin', back);
export const signUpPath = (back: string): string => withNext('/signup', back);

const withNext = (path: string, back: string): string =>
  back === '/' ? path : `${path}?${new URLSearchParams({ next: back })}`;
