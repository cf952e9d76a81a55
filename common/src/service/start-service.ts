import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import express, { type Express, type RequestHandler } from 'express';
import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../clock/index.ts';
import { deadLettersInMongo } from '../dead-letters/index.ts';
import { Unavailable } from '../errors/index.ts';
import type { CloudEvent } from '../events/index.ts';
import { answerErrors } from '../http/index.ts';
import { connectBus, type DeadLetterStore, type EventBus, type Reaction, react } from '../messaging/index.ts';
import { type Migration, migrating } from '../migrations/index.ts';
import { createRelay, type Relay } from '../outbox/index.ts';
import {
  buildIndexes,
  clientNameOf,
  connectMongo,
  isStoreAway,
  type Purpose,
  type StoreWatch,
  smallWrite,
  watchStore,
} from '../store/index.ts';
import { runInTrace, traceparentFrom } from '../tracing/index.ts';
import { ConfigError, type ServiceConfig } from './config.ts';
import { healthRoutes } from './health.ts';
import { listen } from './listen.ts';
import { type ServiceMetrics, serviceMetrics } from './metrics.ts';
import { type PeriodicJob, runPeriodically } from './periodic.ts';
import { textWithoutSecrets } from './without-secrets.ts';

/** What a service is built from. */
export interface ServiceDeps {
  /** Throws when asked for by a service without `MONGO_URL`. */
  readonly mongo: Connection;
  /** Whether the store answers; absent in a service without one. */
  readonly store?: StoreWatch | undefined;
  /** Throws when asked for by a service without `NATS_URL`; so does the relay, which publishes. */
  readonly bus: EventBus;
  readonly relay: Relay;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
}

/** What a service is. */
export interface ServiceParts {
  readonly app?: Express;
  readonly reactions?: readonly Reaction[];
  readonly jobs?: readonly PeriodicJob[];
  /** What brings documents of older versions into the form of this one, in order. For a service with Mongo. */
  readonly migrations?: readonly Migration[];
  /** Where a service without Mongo keeps its dead letters. */
  readonly deadLetters?: DeadLetterStore & { count(): Promise<number> };
  /** What else must be there before the service is ready: name → true or false. */
  readonly ready?: () => Readonly<Record<string, boolean>>;
  /** Begins work that is neither a request nor a reaction; after the store is there, before the service is ready. */
  readonly start?: () => Promise<void>;
  /** Ends it, before the bus and the store are closed. */
  readonly stop?: () => Promise<void>;
}

export interface RunningService {
  readonly port: number;
  readonly parts: ServiceParts;
  readonly deps: ServiceDeps;
  /** The graceful stop of the design. Idempotent, bounded by `STOP_SECONDS`. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** A bus made by a test; otherwise the configured broker. */
  readonly bus?: EventBus;
  build(deps: ServiceDeps): Promise<ServiceParts> | ServiceParts;
}

const MONGO_RETRY_MS = 1_000;

/** What no waiting can heal: the URL itself is wrong. */
const WRONG_URL =
  /^Mongo(Parse|InvalidArgument|API|MissingCredentials|MissingDependency|Compatibility)Error$/;

/**
 * Connects, and keeps trying while the database is away.
 * @throws {ConfigError} when the URL can never work
 */
const connectStore = async (
  { name, url }: { readonly name: string; readonly url: string },
  purpose: Purpose,
  logger: Logger,
): Promise<Connection> => {
  for (;;) {
    try {
      // The command `restored` knows by the name that a process of this service runs.
      return await connectMongo(url, purpose, { appName: clientNameOf(name, url) });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: 'unknown', message: String(error) };
      if (WRONG_URL.test(name)) throw new ConfigError(`MONGO_URL: ${textWithoutSecrets(message)}`);
      logger.warn({ reason: `${name}: ${message}` }, 'database not reached, trying again');
      await pause(MONGO_RETRY_MS);
    }
  }
};

/** Does what needs the store and can be repeated, and does it again where the store went away meanwhile. */
const onceThere = async <T>(logger: Logger, work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isStoreAway(error)) throw error;
      logger.warn({ reason: String(error) }, 'the database went away at the start, trying again');
      await pause(MONGO_RETRY_MS);
    }
  }
};

/** The broker of the configuration, where there is one: a service without events needs none. */
const connectConfiguredBus = async (
  name: string,
  config: ServiceConfig,
  logger: Logger,
): Promise<EventBus | undefined> =>
  config.NATS_URL === undefined
    ? undefined
    : connectBus({
        transport: config.TRANSPORT,
        url: config.NATS_URL,
        clusterId: config.NATS_CLUSTER_ID,
        clientName: name,
        logger,
      });

const given = <T>(value: T | undefined, missing: string): T => {
  if (value === undefined) throw new Error(missing);
  return value;
};

/** The part of the time for a stop that each step may take at most. */
const STOP_SHARES = { answers: 0.35, handlers: 0.25, parts: 0.1, outbox: 0.15, closing: 0.05 };

/** Waits for `work`, but no longer than `ms`. @returns false when the time was over first */
const within = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  const deadline = new AbortController();
  const late = pause(ms, false, { signal: deadline.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    deadline.abort();
  }
};

/** What a request is told that comes before the service can answer it. */
const notYet: RequestHandler = (_request, response) => {
  response
    .status(503)
    .set({ 'Retry-After': '1', 'Cache-Control': 'no-store' })
    .json({ errors: new Unavailable().lines });
};

/**
 * Starts a service: HTTP, which says that it is not ready → store → bus → migrations → indexes → relay → reactions →
 * ready. It starts, and answers, while its broker is away; it waits for its store, alive and not ready, so that nobody
 * restarts it for that.
 * @throws the error of `listen`; what `build` throws; {ConfigError} for a URL that can never work
 */
export const startService = async (options: ServiceOptions): Promise<RunningService> => {
  const { name, config, logger, build } = options;
  const clock = options.clock ?? systemClock;
  const metrics = serviceMetrics(name);
  let mongo: Connection | undefined;
  let longWork: Connection | undefined;
  let store: StoreWatch | undefined;
  let bus: EventBus | undefined;
  let parts: ServiceParts | undefined;
  let app: RequestHandler = notYet;
  let stopping: Promise<void> | undefined;
  let isMigrating = false;

  // The broker is shown and is no condition: without it a service still answers, and its events wait in the outbox.
  const ready = () => {
    const needed: Record<string, boolean> = {
      ...(config.MONGO_URL === undefined ? {} : { mongo: store?.isWell() ?? false }),
      ...parts?.ready?.(),
    };
    const starting = isMigrating ? 'migrating' : 'starting';
    const state = stopping !== undefined ? 'stopping' : app === notYet ? starting : 'running';
    return {
      ready: state === 'running' && Object.values(needed).every(Boolean),
      checks: {
        ...Object.fromEntries(
          Object.entries(needed).map(([what, is]) => [what, is ? 'connected' : 'disconnected']),
        ),
        ...(bus === undefined ? {} : { bus: bus.state }),
        state,
      },
    };
  };
  const root = express();
  root.disable('x-powered-by');
  root.use(healthRoutes(ready, metrics.registry), (request, response, next) => app(request, response, next));
  root.use(answerErrors(logger));
  const server = await listen(root, config.HOST, config.PORT);

  const closeConnections = async () => {
    await bus?.close();
    store?.stop();
    await Promise.all([mongo?.close(), longWork?.close()]);
  };

  try {
    if (config.MONGO_URL !== undefined) {
      const own = { name, url: config.MONGO_URL };
      mongo = await connectStore(own, 'requests', logger);
      longWork = await connectStore(own, 'long work', logger);
      store = watchStore(smallWrite(longWork));
      await store.answered;
    }
    bus = options.bus ?? (await connectConfiguredBus(name, config, logger));
    const relay =
      bus &&
      createRelay({
        bus,
        clock,
        onPublished: (event) => metrics.published(event.type),
        onFailed(error, again) {
          metrics.publishFailed();
          logger[again ? 'debug' : 'warn'](
            { err: error },
            'events could not be published and stay in the outbox',
          );
        },
      });
    const deps: ServiceDeps = {
      get mongo() {
        return given(mongo, `${name} has no MONGO_URL`);
      },
      store,
      get bus() {
        return given(bus, `${name} has no NATS_URL`);
      },
      get relay() {
        return given(relay, `${name} has no NATS_URL`);
      },
      clock,
      logger,
      metrics,
    };

    const built = await build(deps);
    parts = built;
    const reactions = built.reactions ?? [];
    const deadLetters =
      built.deadLetters ??
      (mongo === undefined || bus === undefined ? undefined : deadLettersInMongo(mongo, clock));
    const jobs = [...(built.jobs ?? [])];
    if (built.migrations !== undefined) {
      const store = given(longWork, `${name} has migrations and no MONGO_URL`);
      const migrations = migrating({ migrations: built.migrations, longWork: store, clock, logger });
      isMigrating = true;
      await onceThere(logger, () => migrations.beforeReady());
      isMigrating = false;
      jobs.push(migrations.job);
    }
    const [models, forIndexes] = [mongo, longWork];
    if (models !== undefined && forIndexes !== undefined) {
      await onceThere(logger, () => buildIndexes(models, forIndexes));
      if (relay !== undefined) metrics.watchOutboxes(() => relay.depths());
    }
    if (deadLetters !== undefined) {
      const help = 'Messages given up, waiting for somebody to look at them.';
      metrics.watch('dead_letters', help, () => deadLetters.count());
    }
    await built.start?.();

    if (reactions.length > 0) {
      const around = (event: CloudEvent, run: () => Promise<void>) =>
        runInTrace({ traceparent: traceparentFrom(event.traceparent), eventId: event.id }, run);
      const listening = react({
        bus: given(bus, `${name} reacts to events and has no NATS_URL`),
        queueGroup: name,
        reactions,
        deadLetters: given(deadLetters, `${name} reacts to events and has no place for dead letters`),
        logger,
        metrics,
        around,
      }).then(
        () => logger.info('listening to events'),
        (error: unknown) => {
          if (stopping === undefined) throw error;
        },
      );
      // While the broker is away it waits, and so must not we; a table that can never work is told of at once.
      await Promise.race([listening, nextTurn()]);
      listening.catch((error: unknown) => logger.error({ err: error }, 'could not subscribe to events'));
    }
    relay?.start();
    const periodic = runPeriodically(jobs, logger);
    app = built.app ?? ((_request, _response, next) => next());
    logger.info({ port: server.port }, 'ready');

    const totalMs = config.STOP_SECONDS * 1000;
    /** One step of the stop: neither its failure nor its slowness keeps the next ones from being done. */
    const step = async (share: number, late: string, work: () => Promise<unknown> | undefined) => {
      try {
        if (!(await within(totalMs * share, Promise.resolve(work())))) logger.warn(late);
      } catch (error) {
        logger.error({ err: error }, late);
      }
    };
    const stop = async (): Promise<void> => {
      logger.info('stopping');
      await server.stop(totalMs * STOP_SHARES.answers);
      await step(
        STOP_SHARES.handlers,
        'some reactions or jobs did not finish in time; their events come again',
        () => Promise.all([bus?.stopConsuming(), periodic.stop()]),
      );
      await step(STOP_SHARES.parts, 'the service did not end its own work in time', async () =>
        built.stop?.(),
      );
      if (relay !== undefined && !(await relay.drain(totalMs * STOP_SHARES.outbox))) {
        logger.warn('some events could not be published; they stay in the outbox');
      }
      await step(STOP_SHARES.closing, 'the connections did not close in time', closeConnections);
      logger.info('stopped');
    };
    return {
      port: server.port,
      parts: built,
      deps,
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    // Nothing of it stays: whoever called may try again in the same process, as tests do.
    await server.stop(0);
    await Promise.allSettled([parts?.stop?.()]);
    await closeConnections();
    throw error;
  }
};
