import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createGateway, type Gateway, type GatewayOptions } from '../gateway/gateway.ts';
import type { Route } from '../gateway/routes.ts';
import { accepts } from './accepts.ts';
import { eventually } from './eventually.ts';

const routes: readonly Route[] = [
  { path: '/api/users', pathType: 'Prefix', service: 'auth' },
  { path: '/api/tickets', pathType: 'Prefix', service: 'tickets' },
  { path: '/', pathType: 'Prefix', service: 'client' },
];

interface Received {
  service: string;
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

interface FakeService {
  url: string;
  received: Received[];
  server: Server;
  /** Ends it as a crash would, for its clients. */
  die(): Promise<void>;
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const startService = async (
  service: string,
  answer: (request: IncomingMessage, response: ServerResponse, received: Received) => void = (
    _request,
    response,
    { body },
  ) => response.setHeader('X-Service', service).end(body),
  port = 0,
): Promise<FakeService> => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const one: Received = { service, method, url, headers, body: '' };
    received.push(one);
    if (url !== '/api/tickets/stream') one.body = await text(request).catch(() => 'broken off');
    answer(request, response, one);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const die = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  ends.push(die);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, server, die };
};

const startGateway = async (
  options: Partial<GatewayOptions>,
): Promise<{ port: number; gateway: Gateway }> => {
  const gateway = createGateway({ routes, upstreams: {}, ...options });
  const port = await gateway.listen(0);
  ends.push(() => gateway.stop(0));
  return { port, gateway };
};

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** As it is: `fetch` would tidy the path up, and keep some headers to itself. */
const ask = async (port: number, path: string, options: RequestOptions = {}, body = ''): Promise<Answer> => {
  const request = httpRequest({ host: '127.0.0.1', port, path, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  // Answered early, we may still be sending when the gateway of the test stops.
  request.on('error', () => {});
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};

/** Bytes in, bytes out, until the gateway closes the connection. */
const say = async (port: number, words: string): Promise<string> => {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(words);
  return text(socket);
};

describe('the gateway', () => {
  it('brings requests to their service and answers back, with body, status, cookies and query', async () => {
    const tickets = await startService('tickets', (_request, response, { body }) => {
      response.statusCode = 201;
      response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2; HttpOnly']);
      response.setHeader('Link', '</api/tickets?cursor=x>; rel="next"');
      response.end(`sold: ${body}`);
    });
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const answer = await ask(port, '/api/tickets?q=a%20b&q=c', { method: 'POST' }, '{"title":"Nils Frahm"}');
    expect(answer.status).toBe(201);
    expect(answer.body).toBe('sold: {"title":"Nils Frahm"}');
    expect(answer.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; HttpOnly']);
    expect(answer.headers.link).toBe('</api/tickets?cursor=x>; rel="next"');
    expect(tickets.received).toMatchObject([{ method: 'POST', url: '/api/tickets?q=a%20b&q=c' }]);
  });

  it('answers on every loopback address, and on no other', async () => {
    const tickets = await startService('tickets');
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const answer = await fetch(`http://localhost:${port}/api/tickets`);
    expect(answer.status).toBe(200);
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    for (const { address, internal, family } of addresses) {
      // An address of one link only says nothing without its link.
      if (family === 'IPv6' && address.startsWith('fe80:')) continue;
      expect([address, await accepts(address, port)]).toEqual([address, internal]);
    }
    expect(await accepts('127.0.0.2', port)).toBe(false);
  });

  it('says itself where a request came from, whatever the request says', async () => {
    const auth = await startService('auth');
    const { port } = await startGateway({ upstreams: { auth: [auth.url] } });
    await ask(port, '/api/users/signin', {
      method: 'POST',
      headers: {
        Host: 'ticketing.dev',
        'X-Forwarded-For': '6.6.6.6, 7.7.7.7',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'evil.example',
        'X-Forwarded-Port': '1',
        'X-Forwarded-Prefix': '/evil',
        Forwarded: 'for=6.6.6.6',
        'X-Real-IP': '6.6.6.6',
        'X-Original-URL': '/metrics',
        Cookie: 'session=mine',
        // Dropping what the proxy has set is the trick here.
        Connection: 'close, X-Forwarded-For, X-Real-IP, Content-Length',
      },
    });
    const headers = auth.received[0]?.headers ?? {};
    expect(headers).toMatchObject({
      host: 'ticketing.dev',
      cookie: 'session=mine',
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'ticketing.dev',
      'x-forwarded-port': String(port),
    });
    expect(JSON.stringify(headers)).not.toMatch(/evil|6\.6\.6\.6|7\.7\.7\.7|"forwarded"|x-original/);
  });

  it('says https where something in front of it ends TLS', async () => {
    const auth = await startService('auth');
    const { port } = await startGateway({ upstreams: { auth: [auth.url] }, proto: 'https' });
    await ask(port, '/api/users/currentuser');
    expect(auth.received[0]?.headers['x-forwarded-proto']).toBe('https');
  });

  it.each([
    '/metrics',
    '/healthz',
    '/readyz',
    '/metrics/',
    '/%6Detrics',
    '/metrics?x',
    '//metrics',
    '/./metrics',
    '/api/tickets/../../metrics',
    '/api/tickets/%2e%2e/%2E%2e/metrics',
    '/api/tickets/..%2f..%2fmetrics',
    '/api/users/../tickets',
    '/api/tickets\\..\\..\\metrics',
    'http://127.0.0.1/metrics',
    '*',
  ])('lets no %s through to a service', async (path) => {
    const services = await Promise.all(['auth', 'tickets', 'client'].map((name) => startService(name)));
    const [auth = '', tickets = '', client = ''] = services.map((service) => service.url);
    const { port } = await startGateway({
      upstreams: { auth: [auth], tickets: [tickets], client: [client] },
    });
    const answer = await ask(port, path);
    expect([400, 404]).toContain(answer.status);
    expect(JSON.parse(answer.body)).toEqual({
      errors: [expect.objectContaining({ message: expect.any(String) })],
    });
    expect(services.flatMap((service) => service.received)).toEqual([]);
  });

  it('lets nobody smuggle a second request in the body of the first', async () => {
    const tickets = await startService('tickets');
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const smuggled = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n';
    const answer = await say(
      port,
      `POST /api/tickets HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length + 5}\r\n` +
        `Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    // A GET with a body: whoever frames it otherwise than we do sees a second request.
    const quiet = await ask(
      port,
      '/api/tickets',
      { headers: { 'Transfer-Encoding': 'chunked', Connection: 'close, Transfer-Encoding' } },
      smuggled,
    );
    expect(quiet.body).toBe(smuggled);
    expect(tickets.received.map(({ url }) => url)).toEqual(['/api/tickets']);
  });

  it('streams both ways: an answer may begin while the request is still being sent', async () => {
    const tickets = await startService('tickets', (request, response) => request.pipe(response));
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const request = httpRequest({ host: '127.0.0.1', port, path: '/api/tickets/stream', method: 'POST' });
    const sequence: string[] = [];
    request.write('first');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    for await (const chunk of response) {
      sequence.push(String(chunk));
      if (sequence.length === 1) request.write('second');
      if (sequence.length === 2) request.end('third');
    }
    expect(sequence).toEqual(['first', 'second', 'third']);
  });

  it('keeps its connections to a service', async () => {
    const tickets = await startService('tickets');
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    let connections = 0;
    tickets.server.on('connection', () => {
      connections += 1;
    });
    for (let i = 0; i < 5; i += 1) await ask(port, '/api/tickets', { agent: false });
    expect(tickets.received).toHaveLength(5);
    expect(connections).toBe(1);
  });

  it('lets go of a connection that nobody needs, before the service closes it under a request', async () => {
    const tickets = await startService('tickets');
    // By itself it would never close one.
    tickets.server.keepAliveTimeout = 0;
    const closed = new Promise((resolve) => {
      tickets.server.once('connection', (socket) => socket.once('close', resolve));
    });
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] }, idleMs: 100 });
    expect((await ask(port, '/api/tickets')).status).toBe(200);
    await closed;
    expect((await ask(port, '/api/tickets')).status).toBe(200);
  });

  it('waits for an answer that takes longer than a connection is kept', async () => {
    const tickets = await startService('tickets', (_request, response) => {
      setTimeout(() => response.end('sold'), 250);
    });
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] }, idleMs: 50 });
    expect((await ask(port, '/api/tickets', { method: 'POST' })).body).toBe('sold');
  });

  it('ends the request to the service when the visitor leaves', async () => {
    let left = false;
    const tickets = await startService('tickets', (_request, response) => {
      response.write('a beginning');
      response.once('close', () => {
        left = true;
      });
    });
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const request = httpRequest({ host: '127.0.0.1', port, path: '/api/tickets' }).end();
    await once(request, 'response');
    request.on('error', () => {});
    request.destroy();
    await eventually('the service hears of it', () => left);
  });

  it('says 503 and when to come again while a service is away, and finds it again by itself', async () => {
    const changes: string[] = [];
    const before = await startService('tickets');
    const { port } = await startGateway({
      upstreams: { tickets: [before.url] },
      onChange: (service, state) => changes.push(`${service} ${state}`),
    });
    expect((await ask(port, '/api/tickets')).status).toBe(200);
    await before.die();
    for (const method of ['GET', 'POST']) {
      const answer = await ask(port, '/api/tickets', { method });
      expect(answer.status).toBe(503);
      expect(answer.headers).toMatchObject({
        'retry-after': '1',
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      expect(JSON.parse(answer.body)).toEqual({
        errors: [{ message: 'tickets is away, try again in a moment', code: 'unavailable' }],
      });
    }
    await startService('tickets', undefined, Number(new URL(before.url).port));
    expect((await ask(port, '/api/tickets')).status).toBe(200);
    await eventually('the change is told', () => changes.length === 2);
    expect(changes).toEqual(['tickets away', 'tickets back']);
  });

  it('says which services are not part of the run', async () => {
    const { port } = await startGateway({
      absent: { client: { status: 404, message: 'The client is not part of this run', code: 'not_found' } },
    });
    expect(await ask(port, '/')).toMatchObject({
      status: 404,
      body: '{"errors":[{"message":"The client is not part of this run","code":"not_found"}]}',
    });
    const answer = await ask(port, '/api/tickets');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('60');
  });

  it('lets replicas take turns, and goes past those that are away, body and all', async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map((n) => startService(`tickets ${n}`)));
    const all = [one, two, three].map((service) => service?.url ?? '');
    const { port } = await startGateway({ upstreams: { tickets: all } });
    const body = 'x'.repeat(300_000);
    const post = async () => {
      const answer = await ask(port, '/api/tickets', { method: 'POST' }, body);
      expect(answer.status).toBe(200);
      expect(answer.body === body).toBe(true);
      return answer.headers['x-service'];
    };
    const turns: unknown[] = [];
    for (let i = 0; i < 6; i += 1) turns.push(await post());
    expect(turns).toEqual(['tickets 1', 'tickets 2', 'tickets 3', 'tickets 1', 'tickets 2', 'tickets 3']);
    await one?.die();
    await two?.die();
    // A write on a kept connection that has just died is not repeated; reads are, and find the dead ones out.
    for (let i = 0; i < 3; i += 1) await ask(port, '/api/tickets');
    for (let i = 0; i < 4; i += 1) expect(await post()).toBe('tickets 3');
  });

  it('says 502 to a write whose service died over it, and does not repeat it', async () => {
    const tickets = await startService('tickets', (request) => request.socket.destroy());
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const answer = await ask(port, '/api/tickets', { method: 'POST' }, '{}');
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({ errors: [{ code: 'unavailable' }] });
    expect(tickets.received).toHaveLength(1);
  });

  it('repeats a read whose kept connection had died', async () => {
    let asked = 0;
    const tickets = await startService('tickets', (request, response) => {
      asked += 1;
      if (asked === 1) request.socket.destroy();
      else response.end('here you are');
    });
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    expect(await ask(port, '/api/tickets')).toMatchObject({ status: 200, body: 'here you are' });
  });

  it('breaks the answer off where the service broke it off, instead of calling it complete', async () => {
    const tickets = await startService('tickets', (request, response) => {
      response.writeHead(200).write('half');
      response.once('drain', () => {});
      setImmediate(() => request.socket.destroy());
    });
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    await expect(ask(port, '/api/tickets')).rejects.toThrow(/aborted|hang up|terminated/);
  });

  it('says 504 for a service that is silent for too long', async () => {
    const tickets = await startService('tickets', () => {});
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] }, silenceMs: 200 });
    expect((await ask(port, '/api/tickets')).status).toBe(504);
    expect(tickets.received).toHaveLength(1);
  });

  it('refuses headers that are too large, in the shape of every error', async () => {
    const tickets = await startService('tickets');
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const answer = await say(
      port,
      `GET /api/tickets HTTP/1.1\r\nHost: a\r\nCookie: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toMatch(/\{"errors":\[\{"message":"Request Header Fields Too Large"\}\]\}$/);
    expect(await say(port, 'no request at all\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*\{"errors":/s);
    expect(tickets.received).toEqual([]);
  });

  it('passes on what a service says to a body that it does not want to read', async () => {
    const tickets = await startService('tickets', (_request, response) => {
      response.writeHead(413).end('too large');
    });
    const { port } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const answer = await ask(port, '/api/tickets/stream', { method: 'POST' }, 'x'.repeat(5_000_000));
    expect(answer).toMatchObject({ status: 413, body: 'too large' });
  });

  it('lets an answer under way end when it stops, and accepts nobody new', async () => {
    let finish = () => {};
    const tickets = await startService('tickets', (_request, response) => {
      finish = () => response.end('done');
    });
    const { port, gateway } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const answer = ask(port, '/api/tickets');
    await eventually('the request has arrived', () => tickets.received.length === 1);
    const stopped = gateway.stop(20_000);
    await eventually('nobody is accepted', async () => !(await accepts('127.0.0.1', port)));
    finish();
    expect(await answer).toMatchObject({ status: 200, body: 'done', headers: { connection: 'close' } });
    await stopped;
  });

  it('does not wait for a stream of events, which would never end', async () => {
    const tickets = await startService('tickets', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
    });
    const { port, gateway } = await startGateway({ upstreams: { tickets: [tickets.url] } });
    const request = httpRequest({ host: '127.0.0.1', port, path: '/api/tickets' }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    const ended = new Promise((resolve) => response.once('close', resolve));
    await gateway.stop(60_000);
    await ended;
    expect(response.complete).toBe(false);
  });

  it('says so when its port is taken', async () => {
    const { port } = await startGateway({});
    await expect(createGateway({ routes, upstreams: {} }).listen(port)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

describe('WebSockets', () => {
  /** A client that answers them, echoing what it is told, and other requests with `no socket`. */
  const startEcho = async () => {
    const client = await startService('client', (_request, response) => response.end('no socket'));
    const asked: IncomingHttpHeaders[] = [];
    client.server.on('upgrade', (request, socket) => {
      asked.push(request.headers);
      ends.push(() => socket.destroy());
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.pipe(socket);
    });
    return { url: client.url, asked };
  };
  const openSocket = (port: number) =>
    httpRequest({
      ...{ host: '127.0.0.1', port, path: '/_next/hmr?id=1' },
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'X-Forwarded-For': '1.2.3.4' },
    }).end();

  it('go through under npm run dev, and end with the gateway', async () => {
    const client = await startEcho();
    const { port, gateway } = await startGateway({ upstreams: { client: [client.url] }, sockets: true });
    const request = openSocket(port);
    const [answer, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket];
    expect([answer.statusCode, answer.headers.upgrade]).toEqual([101, 'websocket']);
    socket.write('reload?');
    const [echoed] = (await once(socket, 'data')) as [Buffer];
    expect(echoed.toString()).toBe('reload?');
    expect(client.asked).toMatchObject([{ upgrade: 'websocket', 'x-forwarded-for': '127.0.0.1' }]);

    const closed = once(socket, 'close');
    await gateway.stop(60_000);
    await closed;
  });

  it('are nothing else than requests otherwise', async () => {
    const client = await startEcho();
    const { port } = await startGateway({ upstreams: { client: [client.url] } });
    const [answer] = (await once(openSocket(port), 'response')) as [IncomingMessage];
    expect([answer.statusCode, await text(answer)]).toEqual([200, 'no socket']);
    expect(client.asked).toEqual([]);
  });

  it('are closed where nobody is there to answer', async () => {
    const { port } = await startGateway({ sockets: true });
    const [error] = await once(openSocket(port), 'error');
    expect(error.code).toBe('ECONNRESET');
    const gone = await startEcho();
    ends.pop()?.();
    const other = await startGateway({ upstreams: { client: [gone.url] }, sockets: true });
    const [refused] = await once(openSocket(other.port), 'error');
    expect(refused.code).toBe('ECONNRESET');
  });
});
