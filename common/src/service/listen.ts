import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Listening {
  readonly port: number;
  /**
   * Accepts no more, ends connections without a request at once and the others as they are answered; resolves when
   * every request has been answered, or its connection cut at the deadline.
   */
  stop(withinMs: number): Promise<void>;
}

/**
 * Longer than a proxy in front of us keeps an idle connection (ingress-nginx 60 s, Traefik 90 s, the local gateway 55 s),
 * so it is never we who close it under a request.
 */
const KEEP_ALIVE_MS = 95_000;
/**
 * For the whole request, and its headers. A proxy hands them on at once; but it counts from the connection, and in a rush
 * a connection may wait long until a busy process reads what has come over it. To cut it then would refuse a buyer unheard.
 */
const REQUEST_MS = 120_000;
const HEADERS_MS = 60_000;
const CHECK_MS = 5_000;
/**
 * Connections that wait to be accepted; the kernel may allow fewer (net.core.somaxconn). Node's own 511 are too few for
 * the first second of a rush: who finds no room is cut off without an answer.
 */
const BACKLOG = 4_096;

/** Ends a connection with this answer, and says so in it, so that nobody sends the next request on it. */
const isLastOf = (answer: ServerResponse): void => {
  if (!answer.headersSent) answer.setHeader('Connection', 'close');
};

/** @throws the error of `listen`, such as EADDRINUSE */
export const listen = async (app: RequestListener, host: string, port: number): Promise<Listening> => {
  let stopping = false;
  /** Open connections, and the answers that each of them waits for. */
  const connections = new Map<Socket, Set<ServerResponse>>();

  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => {
      const { socket } = request;
      const answers = connections.get(socket);
      answers?.add(response);
      response.once('close', () => {
        answers?.delete(response);
        // Of an answer that had begun before the stop; the others end their connections themselves.
        if (stopping && answers?.size === 0) socket.destroySoon();
      });
      if (stopping) isLastOf(response);
      app(request, response);
    },
  );
  server.on('connection', (socket) => {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    port: (server.address() as AddressInfo).port,
    async stop(withinMs) {
      stopping = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const [socket, answers] of connections) {
        // Not `closeIdleConnections`: it leaves those alone that never sent anything, and `close` would wait for them.
        if (answers.size === 0) socket.destroy();
        for (const answer of answers) isLastOf(answer);
      }
      const deadline = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearTimeout(deadline);
    },
  };
};
