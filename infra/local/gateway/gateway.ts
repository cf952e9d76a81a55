import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'httpxy';
import { answerError, type ErrorAnswer, errorBody } from './answer.ts';
import { ConnectingAgent } from './connecting-agent.ts';
import { readPath } from './read-path.ts';
import { matchRoute, type Route } from './routes.ts';
import { upstreamHeaders } from './upstream-headers.ts';

export interface GatewayOptions {
  readonly routes: readonly Route[];
  /** Service → the addresses of its replicas, `http://127.0.0.1:4000`; they take turns. */
  readonly upstreams: Readonly<Record<string, readonly string[]>>;
  /** Services of the routes that do not run, and how to say so. */
  readonly absent?: Readonly<Record<string, ErrorAnswer>>;
  /** How visitors come: https only where something in front of us ends TLS (default http). */
  readonly proto?: 'http' | 'https';
  /** Lets WebSockets through, as `next dev` needs for its reloading (default: no; the product has none). */
  readonly sockets?: boolean;
  /** Longest silence of a service before we give up on it (default: that of ingress-nginx, 60 s). */
  readonly silenceMs?: number;
  /** How long a connection to a service is kept that nothing is asked on (default 55 s; services keep it for 95 s). */
  readonly idleMs?: number;
  /** Told once when a service stops answering, and once when it answers again. */
  readonly onChange?: (service: string, state: 'away' | 'back', why: string) => void;
}

export interface Gateway {
  /**
   * Listens on the loopback addresses, never on the network: demo accounts have a password that everybody knows.
   *
   * @param port 0 is any free one
   * @returns the port
   * @throws the error of `listen`, such as EADDRINUSE
   */
  listen(port: number): Promise<number>;
  /** Accepts no more, lets answers under way end, and cuts what is left after `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

/** As a service's own (common/service): so many connections may wait in the first second of a rush. */
const BACKLOG = 4_096;
/** Of one request line with its headers; nginx allows 4 × 8 KiB. */
const MAX_HEADER_BYTES = 16 * 1024;
/** A visitor who sends his headers byte by byte does not keep a connection for ever. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;
const KEEP_ALIVE_MS = 75_000;
const PORTS_TO_TRY = 20;

/** The `/` route would hand these on to whoever serves it; they are for probes and Prometheus. */
const PRIVATE_PATHS = new Set(['healthz', 'readyz', 'metrics']);

/**
 * A small reverse proxy, standing where ingress-nginx stands in a cluster. It routes by path, says who asks and
 * lets nobody else say it, streams bodies both ways, and answers in the services' words while one is away.
 */
export const createGateway = (options: GatewayOptions): Gateway => {
  const { routes, upstreams, absent = {}, proto = 'http', sockets = false } = options;
  const { silenceMs = 60_000, idleMs = 55_000 } = options;
  const agent = new ConnectingAgent(idleMs);
  const proxy = createProxyServer({ agent, proxyTimeout: silenceMs });
  const turns = new Map<string, number>();
  const away = new Set<string>();
  const underWay = new Set<ServerResponse>();
  const openSockets = new Set<Socket>();
  let stopping = false;

  proxy.on('proxyRes', (answer, _request, response) => {
    // The connection to the visitor is ours to keep or to end, not the service's.
    answer.headers.connection = response.shouldKeepAlive && !stopping ? 'keep-alive' : 'close';
    delete answer.headers['keep-alive'];
  });

  const note = (service: string, state: 'away' | 'back', why = '') => {
    if ((state === 'away') === away.has(service)) return;
    if (state === 'away') away.add(service);
    else away.delete(service);
    options.onChange?.(service, state, why);
  };

  /** The replicas of a service, each request beginning with the next one. */
  const inTurn = (service: string): readonly string[] => {
    const all = upstreams[service] ?? [];
    const turn = (turns.get(service) ?? 0) % Math.max(all.length, 1);
    turns.set(service, turn + 1);
    return [...all.slice(turn), ...all.slice(0, turn)];
  };

  const forward = async (service: string, request: IncomingMessage, response: ServerResponse) => {
    const repeatable = isRepeatable(request);
    request.headers = upstreamHeaders(request, proto);
    const [first, ...others] = inTurn(service);
    if (first === undefined) return answerError(response, absent[service] ?? notInThisRun(service));

    // A kept connection may have died a moment ago without our knowing, so a single replica is asked twice.
    for (const target of [first, ...(others.length === 0 ? [first] : others)]) {
      const asked = performance.now();
      try {
        await proxy.web(request, response, { target });
        // Without headers the visitor left before the service had said anything.
        if (response.headersSent) note(service, 'back');
        return;
      } catch (error) {
        // Begun answers are ended, or broken off, where they are piped; an upload that fails meanwhile changes nothing.
        if (response.headersSent || response.destroyed) return;
        note(service, 'away', messageOf(error));
        if (isRefused(error)) continue;
        if (performance.now() - asked >= silenceMs) return answerError(response, tooSlow(service));
        if (!repeatable) return answerError(response, brokenOff(service));
      }
    }
    answerError(response, notReached(service));
  };

  /** A request that asks to become something else: a WebSocket, as whoever answers it decides. */
  const upgrade = async (request: IncomingMessage, visitor: Duplex, head: Buffer): Promise<void> => {
    const socket = visitor as Socket;
    openSockets.add(socket);
    socket.on('error', () => {}).once('close', () => openSockets.delete(socket));
    const service = matchRoute(routes, readPath(request.url ?? '') ?? [''])?.service;
    const [target] = service === undefined ? [] : inTurn(service);
    if (target === undefined || stopping) {
      socket.destroy();
      return;
    }
    const { connection = '', upgrade: protocol = '' } = request.headers;
    request.headers = { ...upstreamHeaders(request, proto), connection, upgrade: protocol };
    await proxy.ws(request, socket, { target, agent: false }, head).catch(() => socket.destroy());
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (stopping) response.shouldKeepAlive = false;
    const elements = readPath(request.url ?? '');
    if (elements === undefined) {
      answerError(response, { status: 400, message: 'This path can be read in two ways' });
      return;
    }
    const [only = '', ...rest] = elements;
    const isPrivate = PRIVATE_PATHS.has(only) && rest.join('') === '';
    const route = isPrivate ? undefined : matchRoute(routes, elements);
    if (route === undefined) answerError(response, { status: 404, message: 'Not found', code: 'not_found' });
    else void forward(route.service, request, response);
  };

  const servers: Server[] = [];
  const listenOn = (host: string, port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = createServer(
        {
          maxHeaderSize: MAX_HEADER_BYTES,
          headersTimeout: HEADERS_MS,
          requestTimeout: REQUEST_MS,
          keepAliveTimeout: KEEP_ALIVE_MS,
        },
        handle,
      );
      // Without a listener, node answers such a request like any other.
      if (sockets) server.on('upgrade', (...asked) => void upgrade(...asked));
      server.on('clientError', answerClientError);
      server.once('error', reject);
      server.listen({ port, host, backlog: BACKLOG }, () => {
        server.off('error', reject);
        servers.push(server);
        resolve((server.address() as AddressInfo).port);
      });
    });

  return {
    async listen(wanted) {
      for (let attempt = 1; ; attempt += 1) {
        const port = await listenOn('127.0.0.1', wanted);
        try {
          // `localhost` is this one too, and first on many machines.
          await listenOn('::1', port);
          return port;
        } catch (error) {
          if (codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT') return port;
          await Promise.all(servers.splice(0).map(closed));
          if (wanted !== 0 || attempt === PORTS_TO_TRY) throw error;
        }
      }
    },
    async stop(withinMs) {
      stopping = true;
      const allClosed = Promise.all(servers.map(closed));
      for (const response of underWay) {
        // A stream of events has no end of its own.
        if (/^text\/event-stream/.test(String(response.getHeader('content-type')))) response.destroy();
      }
      for (const socket of openSockets) socket.destroy();
      const closeIdle = () => {
        for (const server of servers) server.closeIdleConnections();
      };
      const idle = setInterval(closeIdle, 50);
      const deadline = setTimeout(() => {
        for (const server of servers) server.closeAllConnections();
      }, withinMs);
      closeIdle();
      await allClosed;
      clearInterval(idle);
      clearTimeout(deadline);
      agent.destroy();
    },
  };
};

const notInThisRun = (service: string): ErrorAnswer => ({
  status: 503,
  message: `${service} is not part of this run`,
  code: 'unavailable',
  retryAfter: 60,
});
const notReached = (service: string): ErrorAnswer => ({
  status: 503,
  message: `${service} is away, try again in a moment`,
  code: 'unavailable',
  retryAfter: 1,
});
const brokenOff = (service: string): ErrorAnswer => ({
  status: 502,
  message: `${service} broke off before it answered`,
  code: 'unavailable',
});
const tooSlow = (service: string): ErrorAnswer => ({
  status: 504,
  message: `${service} did not answer in time`,
  code: 'unavailable',
});

/** Nothing happens when it is done twice, and there is no body that was read already. */
const isRepeatable = ({ method, headers }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0;

/** No connection came about, so the service knows nothing of the request. */
const isRefused = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'syscall' in error && error.syscall === 'connect';

const CLIENT_ERRORS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What node cannot read as a request never becomes one; its sender learns why in our words. */
const answerClientError = (error: Error, socket: Socket): void => {
  // After an earlier answer on this connection, nobody knows whether another one is half written.
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const status = CLIENT_ERRORS[codeOf(error)] ?? 400;
  const reason = STATUS_CODES[status] ?? '';
  const body = errorBody(reason);
  socket.end(
    [
      `HTTP/1.1 ${status} ${reason}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
