/** A small API to try the HTTP kit with, and what it wrote into its log. */
import { Registry } from 'prom-client';
import {
  answerPage,
  anyone,
  body,
  createApp,
  decodeCursor,
  del,
  get,
  httpMetrics,
  id,
  instant,
  limit,
  oneOf,
  optional,
  pathId,
  post,
  price,
  put,
  query,
  type Route,
  sessionVerifier,
  signedIn,
  text,
} from '../../src/http/index.ts';
import { createLogger } from '../../src/service/index.ts';
import { type TestSessions, testSessions } from '../../src/testing/index.ts';

export const thingBody = body({
  title: text('Title', { min: 1, max: 20 }),
  price: price('Price'),
  ticketId: optional(id('Ticket')),
  startsAt: optional(instant('startsAt')),
  place: optional(text('Place', { min: 2, max: 20 })),
});

export interface ShopOptions {
  readonly sessions?: TestSessions;
  readonly secureCookie?: boolean;
  readonly trustProxyHops?: number;
  readonly routes?: readonly Route[];
  readonly unguarded?: readonly Route[];
}

export const openShop = (options: ShopOptions = {}) => {
  const sessions = options.sessions ?? testSessions();
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('shop', 'debug', {
    write(line: string) {
      lines.push(JSON.parse(line));
    },
  });
  const registry = new Registry();
  const routes: Route[] = [
    get('/api/me', [anyone], ({ user }) => ({ user: user ?? null })),
    get(
      '/api/things',
      [query({ sort: optional(oneOf('sort', ['newest', 'price'])), limit: limit(24) })],
      (command) => command,
    ),
    get(
      '/api/pages',
      [query({ cursor: optional(text('cursor', { min: 1, max: 512 })), limit: limit(2) })],
      ({ cursor, limit: size }) => {
        const [after] = cursor === undefined ? [0] : decodeCursor(cursor, ['number']);
        const items = Array.from({ length: size }, (_, index) => Number(after) + index + 1).filter(
          (n) => n <= 5,
        );
        const last = items.at(-1) ?? 5;
        return { items, next: last < 5 ? [last] : undefined };
      },
      answerPage,
    ),
    post('/api/things', [signedIn, thingBody], (command) => command, 201),
    put('/api/things/:id', [signedIn, pathId('Thing'), thingBody], (command) => command),
    get('/api/things/:id', [pathId('Thing')], (command) => command),
    del('/api/things/:id', [signedIn, pathId('Thing')], () => undefined, 204),
    ...(options.routes ?? []),
  ];
  const app = createApp({
    routes,
    ...(options.unguarded === undefined ? {} : { unguarded: options.unguarded }),
    session: {
      verifier: sessionVerifier(sessions.jwks),
      secureCookie: options.secureCookie ?? false,
    },
    trustProxyHops: options.trustProxyHops ?? 0,
    logger,
    metrics: httpMetrics(registry),
  });
  const user = sessions.user();
  return { app, sessions, user, cookie: sessions.cookie(user), lines, registry };
};
