import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';

/** Whether a service can answer now. Each check is named in the answer. */
export type ReadyCheck = () => { readonly ready: boolean; readonly checks: Readonly<Record<string, string>> };

/** `/healthz` (the process runs its event loop), `/readyz` (it can answer), `/metrics`. The ingress routes none. */
export const healthRoutes = (ready: ReadyCheck, registry: Registry): RequestHandler => {
  return async (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    switch (request.path) {
      case '/healthz':
        response.status(200).json({ status: 'ok' });
        return;
      case '/readyz': {
        const { ready: isReady, checks } = ready();
        response.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : 'not ready', checks });
        return;
      }
      case '/metrics':
        response.set('Content-Type', registry.contentType).send(await registry.metrics());
        return;
      default:
        next();
    }
  };
};
