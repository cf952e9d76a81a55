import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Of this connection only (RFC 9110, section 7.6.1). Node writes what the next connection needs. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);

/** What says where a message ends, and whose it is, may not be dropped by naming it in `Connection`. */
const NEVER_DROPPED = new Set(['content-length', 'transfer-encoding', 'host']);

/** What proxies say about a request. Services believe it, so nobody but us may say it. */
const SAID_BY_PROXIES = /^(forwarded|via|x-forwarded-.*|x-original-.*|x-real-ip|x-scheme)$/;

/**
 * The headers that go on to a service: without those of the connection, and with what ingress-nginx would say of
 * where the request came from.
 *
 * @param proto how the visitor came, as far as we know
 */
export const upstreamHeaders = (request: IncomingMessage, proto: 'http' | 'https'): IncomingHttpHeaders => {
  const ofConnection = new Set(
    (request.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()),
  );
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (HOP_BY_HOP.has(name) || SAID_BY_PROXIES.test(name)) continue;
    if (ofConnection.has(name) && !NEVER_DROPPED.has(name)) continue;
    headers[name] = value;
  }
  const visitor = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown';
  return {
    ...headers,
    'x-real-ip': visitor,
    'x-forwarded-for': visitor,
    'x-forwarded-proto': proto,
    'x-forwarded-scheme': proto,
    'x-forwarded-port': String(request.socket.localPort ?? ''),
    ...(request.headers.host === undefined ? {} : { 'x-forwarded-host': request.headers.host }),
  };
};
