import type { Request, RequestHandler } from 'express';
import { CrossSite } from '../errors/index.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_FETCH_SITES = new Set(['same-origin', 'none']);

/** Scheme, host and port are ours, as the browser sees them: behind a trusted proxy, what it was asked for. */
const isOwnOrigin = (origin: string, request: Request): boolean => {
  try {
    return new URL(origin).origin === new URL(`${request.protocol}://${request.host}`).origin;
  } catch {
    return false; // `null` (sandboxed frames, privacy redirects) or rubbish
  }
};

/**
 * Refuses writes that another site's page sends with our visitor's cookie: `Sec-Fetch-Site` must be `same-origin` or
 * `none`, and Origin, where it is sent, ours. Without both headers (curl, servers) a request passes: no browser sent
 * it, so nobody's cookie was borrowed.
 */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  if (SAFE_METHODS.has(request.method)) return next();
  const fetchSite = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const foreign =
    (fetchSite !== undefined && !OWN_FETCH_SITES.has(fetchSite)) ||
    (origin !== undefined && !isOwnOrigin(origin, request));
  next(foreign ? new CrossSite() : undefined);
};
