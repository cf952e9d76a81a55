/** The whole service, or several replicas of it, with what its tests say to it and hear from it. */
import type { Clock } from '@ticketing/common/clock';
import {
  type CloudEvent,
  type EventType,
  type OrderState,
  orderCancelled,
  orderCompleted,
  orderCreated,
  type StateOf,
  type TicketState,
  ticketCreated,
} from '@ticketing/common/events';
import type { SessionUser } from '@ticketing/common/http';
import { connectMemory, MemoryBroker } from '@ticketing/common/messaging/memory';
import type { PeriodicJob, ServiceDeps } from '@ticketing/common/service';
import {
  aTicketState,
  eventOf,
  eventually,
  listenTo,
  type Stored,
  startTestService,
  testDatabaseUrl,
  testSessions,
} from '@ticketing/common/testing';
import { Types } from 'mongoose';
import type { OrderAnswer } from '../src/answer.ts';
import { orders } from '../src/app.ts';
import { type OrderStore, openOrderStore } from '../src/store/orders.ts';
import { openTicketReplica } from '../src/store/tickets.ts';

export interface BoxOfficeOptions {
  /** Replicas of the service, on one database and one broker. */
  readonly replicas?: number;
  readonly holdSeconds?: number;
  /** Limits of one buyer's holds; off unless a test is about them. */
  readonly limited?: boolean;
  readonly clock?: Clock;
  /** Without it nobody cancels what is overdue but who is told to, so that a test can tell them apart. */
  readonly sweeper?: boolean;
  /** What a version before has left in the database. */
  readonly stored?: Stored;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

interface Errors {
  readonly errors: readonly { readonly message: string; readonly code?: string; readonly field?: string }[];
}

const isSweeper = ({ name }: PeriodicJob): boolean => name === 'cancel overdue orders';

/** A clock that a test can move. */
export const movableClock = () => {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    advance(seconds: number) {
      ahead += seconds * 1000;
    },
  };
};

export const openBoxOffice = async (options: BoxOfficeOptions = {}) => {
  const { replicas = 1, holdSeconds = 900, limited = false, sweeper = false } = options;
  const sessions = testSessions();
  const broker = new MemoryBroker();
  const config = { MONGO_URL: testDatabaseUrl() };
  const settings = {
    SESSION_PUBLIC_KEYS: sessions.jwks,
    COOKIE_SECURE: false,
    TRUST_PROXY_HOPS: 0,
    RATE_LIMITS: limited,
    ORDER_HOLD_SECONDS: holdSeconds,
  };
  const sweepers: (() => Promise<unknown>)[] = [];
  const build = (deps: ServiceDeps) => {
    const parts = orders(deps, settings);
    const jobs = parts.jobs ?? [];
    sweepers.push(...jobs.filter(isSweeper).map(({ run }) => run));
    const left = jobs.filter((job) => sweeper || !isSweeper(job));
    return { ...parts, jobs: left };
  };
  const clock = options.clock === undefined ? {} : { clock: options.clock };
  const start = (more: { stored?: Stored } = {}) =>
    startTestService('orders', build, { broker, config, ...clock, ...more });
  const services = [await start(options.stored === undefined ? {} : { stored: options.stored })];
  const [first] = services;
  if (first === undefined) throw new Error('no replica');
  for (let more = 1; more < replicas; more += 1) services.push(await start());

  const bus = connectMemory({ broker });
  let published = 0;
  const publish = async (event: CloudEvent): Promise<void> => {
    await bus.publish(event);
    published += 1;
  };
  const listener = await listenTo(bus, orderCreated, orderCancelled, orderCompleted);

  let turn = 0;
  /** A request to the next replica in turn. */
  const ask = async <T = OrderAnswer & Errors>(
    user: SessionUser | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> => {
    const service = services[turn++ % services.length] ?? first;
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: {
        ...(user === undefined ? {} : { cookie: sessions.cookie(user) }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as T,
      headers: response.headers,
    };
  };

  const { mongo } = first.deps;
  const collection = () => mongo.collection('orders');
  /** Stored orders by themselves, beside the service. */
  const inStore = (filter: Record<string, unknown>) => collection().find(filter).toArray();
  /** The same store without a service around it: its events stay in the outbox until the service's relay looks. */
  const openStore = (): OrderStore => openOrderStore(first.deps, openTicketReplica(first.deps));
  /** The same, of each replica. */
  const openStores = (): OrderStore[] =>
    services.map(({ deps }) => openOrderStore(deps, openTicketReplica(deps)));

  return {
    sessions,
    broker,
    services,
    mongo,
    /** The states of orders that were said, in the order in which they came; some may come twice. */
    heard: (): OrderState[] => listener.heard.map(({ data }) => data as OrderState),
    deadLetters: (): Promise<number> => mongo.collection('dead_letters').countDocuments(),
    /** The sweeper of each replica, to be run by a test: tells how many orders it cancelled. */
    sweepers,
    ask,
    collection,
    inStore,
    openStore,
    openStores,
    buyer: () => sessions.user(),

    /** Says an event as another service would. */
    say: <E extends EventType>(eventType: E, state: StateOf<E>): Promise<void> =>
      publish(eventOf(eventType, state)),

    /** Resolves once everything that was said to the replicas has taken effect. */
    async handled(): Promise<void> {
      await eventually(async () => {
        const consumed = await Promise.all(services.map((service) => service.consumed()));
        const all = consumed.reduce((sum, count) => sum + count, 0);
        if (all < published) throw new Error(`${all} of ${published} events have taken effect`);
      });
    },

    /** Puts tickets on sale and waits until this service knows them. */
    async putUp(...tickets: TicketState[]): Promise<void> {
      for (const ticket of tickets) await publish(eventOf(ticketCreated, ticket));
      await this.knows(...tickets);
    },
    async aTicket(given: Partial<TicketState> = {}): Promise<TicketState> {
      const ticket = aTicketState(given);
      await this.putUp(ticket);
      return ticket;
    },
    async knows(...tickets: TicketState[]): Promise<void> {
      await eventually(async () => {
        for (const { id, version } of tickets) {
          const known = await mongo.collection('tickets').findOne({ _id: new Types.ObjectId(id) });
          if (known === null || known.version < version)
            throw new Error(`ticket ${id}@${version} is not known`);
        }
      });
    },

    reserve: (user: SessionUser | undefined, ticketId: string) =>
      ask(user, 'POST', '/api/orders', { ticketId }),
    show: (user: SessionUser | undefined, id: string) => ask(user, 'GET', `/api/orders/${id}`),
    cancel: (user: SessionUser | undefined, id: string) => ask(user, 'DELETE', `/api/orders/${id}`),

    /** What was said of an order, in the order of its versions. */
    said: (id: string): string[] => [
      ...new Set(
        [...listener.about(id)].sort((a, b) => a.data.version - b.data.version).map(({ type }) => type),
      ),
    ],

    async end(): Promise<void> {
      await bus.close();
      for (const service of services.slice(1)) await service.stop();
      await first.end();
    },
  };
};

export type BoxOffice = Awaited<ReturnType<typeof openBoxOffice>>;
