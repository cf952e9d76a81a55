import { type NextRequest, NextResponse } from 'next/server';
import { serviceUrl } from './config.ts';
import { isRenewalDue } from './features/session/renewal.ts';
import { parseSetCookie, withCookies, withoutPadding } from './features/session/set-cookie.ts';
import { passedOn } from './shared/api/passed-on.ts';
import { isForeignWrite } from './shared/foreign-write.ts';
import { stripeTakesCards } from './shared/payments-settings.ts';
import { contentSecurityPolicy } from './shared/security-policy.ts';

/** Longest wait for auth before a page is rendered with the session as it is. */
const RENEWAL_MS = 3_000;

/** Before every page: renews the session, and says what the page may load. Who may see what, the services decide. */
export const proxy = async (request: NextRequest): Promise<NextResponse> => {
  if (isForeignWrite(request.method, request.headers)) return refuseForeign();
  const [stripe, setCookies] = await Promise.all([stripeTakesCards(), renewSession(request)]);
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64');
  const development = process.env.NODE_ENV === 'development';
  const policy = contentSecurityPolicy({ nonce, stripe, development });

  // For the render: Next puts the nonce of this policy on its own scripts.
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  headers.set('x-nonce', nonce);
  if (setCookies.length > 0) {
    const heard = setCookies.map(parseSetCookie);
    headers.set('cookie', withCookies(headers.get('cookie') ?? '', heard, new Date()));
  }

  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  response.headers.set('Referrer-Policy', 'same-origin');
  response.headers.set('X-Content-Type-Options', 'nosniff');
  response.headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  response.headers.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(self)');
  for (const line of setCookies) response.headers.append('Set-Cookie', line);
  return response;
};

/** As services say it. */
const refuseForeign = (): NextResponse =>
  NextResponse.json(
    { errors: [{ message: 'Requests from other sites are refused', code: 'cross_site' }] },
    { status: 403 },
  );

/** The `Set-Cookie` lines of auth's answer; none where nothing is due, or auth is away: then the page tries as it is. */
const renewSession = async (request: NextRequest): Promise<readonly string[]> => {
  if (!isRenewalDue((name) => request.cookies.get(name)?.value, new Date())) return [];
  try {
    const answer = await fetch(`${serviceUrl('auth')}/api/users/currentuser`, {
      headers: passedOn(request.headers),
      signal: AbortSignal.timeout(RENEWAL_MS),
      cache: 'no-store',
    });
    return answer.ok ? answer.headers.getSetCookie().map(withoutPadding) : [];
  } catch {
    return [];
  }
};

export const config = {
  matcher: [
    {
      // Not for what is the same for everybody, nor for what a browser fetches only because a link is in sight.
      source: '/((?!_next/|api/|healthz$|readyz$|icon|robots.txt).*)',
      missing: [{ type: 'header', key: 'next-router-prefetch' }],
    },
  ],
};
