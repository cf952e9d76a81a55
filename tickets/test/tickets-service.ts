/** The tickets service as its tests meet it: whole, over HTTP and the bus, by people who are signed in or not. */
import { randomInt } from 'node:crypto';
import { type OrderState, orderCancelled, orderCompleted, orderCreated } from '@ticketing/common/events';
import type { SessionUser } from '@ticketing/common/http';
import { connectMemory } from '@ticketing/common/messaging/memory';
import { anOrderState, eventOf, eventually, startTestService, testSessions } from '@ticketing/common/testing';
import request, { type Test } from 'supertest';
import type { TicketAnswer } from '../src/answer.ts';
import { tickets } from '../src/app.ts';
import type { TicketsConfig } from '../src/config.ts';

export const sessions = testSessions();

export const ticketsConfig: TicketsConfig = {
  SESSION_PUBLIC_KEYS: sessions.jwks,
  COOKIE_SECURE: false,
  TRUST_PROXY_HOPS: 0,
  RATE_LIMITS: false,
  CURRENCY: 'usd',
};

/** What a seller sends. */
export const anOffer = (given: object = {}) => ({ title: 'Nils Frahm', price: 48, ...given });

/** Somebody at a service's HTTP API: signed in as `user`, or a visitor. */
export const person = (url: string, user?: SessionUser) => {
  const cookie = user === undefined ? {} : { Cookie: sessions.cookie(user) };
  const send =
    (method: 'get' | 'post' | 'put' | 'delete') =>
    (path: string, json?: unknown): Test => {
      const asked = request(url)[method](path).set(cookie);
      return json === undefined ? asked : asked.send(json as object);
    };
  const post = send('post');
  return {
    id: user?.id ?? '',
    get: send('get'),
    post,
    put: send('put'),
    delete: send('delete'),
    /** Puts a ticket up for sale. */
    async sells(offer: object = {}): Promise<TicketAnswer> {
      const { status, body } = await post('/api/tickets', anOffer(offer));
      if (status !== 201) throw new Error(`expected a ticket, but got ${status} ${JSON.stringify(body)}`);
      return body;
    },
  };
};

export type Person = ReturnType<typeof person>;

/** What orders says of an order: the event for its state. */
export const orderEvent = (order: OrderState) => {
  const types = {
    'awaiting payment': orderCreated,
    completed: orderCompleted,
    cancelled: orderCancelled,
  } as const;
  return eventOf(types[order.status], order, 'orders');
};

/** An order of a ticket, awaiting payment, and what becomes of it. */
export const anOrderOf = (ticketId: string, given: Partial<OrderState> = {}) => {
  const reserved = anOrderState({ ...given, ticket: { ...anOrderState().ticket, id: ticketId } });
  return {
    reserved,
    cancelled: { ...reserved, status: 'cancelled', version: 1, reason: 'expired' } as const,
    completed: { ...reserved, status: 'completed', version: 1 } as const,
    /** A capture that can never succeed gives the ticket back. */
    refused: { ...reserved, status: 'cancelled', version: 2, reason: 'payment_failed' } as const,
  };
};

export const shuffled = <T>(things: readonly T[]): T[] => {
  const left = [...things];
  return things.flatMap(() => left.splice(randomInt(left.length), 1));
};

/**
 * Starts the service, whole, on a database of its own.
 * @param options `broker` is shared with other services and replicas; `config.MONGO_URL` with replicas
 * @param settings of its own, where it is about them
 */
export const startTickets = async (
  options: Parameters<typeof startTestService>[2] = {},
  settings: Partial<TicketsConfig> = {},
) => {
  const config = { ...ticketsConfig, ...settings };
  const service = await startTestService('tickets', (deps) => tickets(deps, config), options);
  const bus = connectMemory({ broker: service.broker });
  return {
    ...service,
    /** Another service's connection to the broker. */
    bus,
    visitor: person(service.url),
    /** Somebody new who is signed in. */
    somebody: () => person(service.url, sessions.user()),
    /** Tells it what orders says, all at once, and waits until it has heard. */
    async hears(...orders: readonly OrderState[]): Promise<void> {
      const before = await service.consumed();
      await Promise.all(orders.map((order) => bus.publish(orderEvent(order))));
      await eventually(async () => {
        const heard = (await service.consumed()) - before;
        if (heard < orders.length) throw new Error(`heard ${heard} of ${orders.length} events`);
      });
    },
    async end() {
      await bus.close();
      await service.end();
    },
  };
};

export type TicketsService = Awaited<ReturnType<typeof startTickets>>;
