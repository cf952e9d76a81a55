import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { CloudEvent } from '../../events/index.ts';
import { checkSubscription, toText } from '../attempt.ts';
import {
  type BusLogger,
  type BusState,
  BusUnavailable,
  type EventBus,
  type Subscription,
} from '../event-bus.ts';
import { growingPause, pause, RECONNECT_PAUSES } from '../pause.ts';
import { type PublishLimits, PublishWindow, publishLimits } from '../publish-window.ts';
import { silentLogger } from '../silent-logger.ts';
import { Consumer } from './consumer.ts';
import { serversOf } from './servers.ts';
import { ensureStream, subjectOf } from './stream.ts';

export interface JetStreamSettings extends Partial<PublishLimits> {
  /** `nats://host:port`, or `tls://`, which demands TLS; several of one cluster separated by commas. */
  readonly url: string;
  /** The stream of all events; made if it is not there. Letters, digits, `-` and `_`. */
  readonly stream: string;
  /** Servers of a cluster that keep each event; 1. Only for a stream that is not there yet. */
  readonly replicas?: number;
  /** Who connects: the service's name, seen in the server's monitoring. */
  readonly clientName: string;
  readonly logger?: BusLogger;
  /** Milliseconds after which the server gives the messages of a member that died or hangs to others; 10,000. */
  readonly ackWaitMs?: number;
  /** Milliseconds within which the server answers a request; 2,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds within which the server confirms an event; 10,000. */
  readonly publishTimeoutMs?: number;
  /** Milliseconds between two pings, two of which without an answer end a connection; 5,000. */
  readonly pingIntervalMs?: number;
}

interface Subscribed {
  readonly consumer: Consumer;
  /** Tells the caller that waits for the subscription to be active. */
  readonly settle: (error?: BusUnavailable) => void;
}

/** The time between coming to a server and losing it. */
interface Session {
  readonly jsm: JetStreamManager;
  readonly publishing: PublishWindow;
  readonly ended: AbortController;
}

/**
 * The port to JetStream. The client reconnects by itself; after each time the stream and the consumers are looked at
 * again, because the server may have come back without them.
 *
 * Events are published without a message id, so JetStream does not drop duplicates. It would by the event's id, for two
 * minutes, and that is just what must not be: a state that is published again on purpose, to heal a replica, has the
 * same id. Consumers refuse what they have seen by its version anyway.
 */
export class JetStreamBus implements EventBus {
  readonly #settings: Required<Omit<JetStreamSettings, keyof PublishLimits>> & PublishLimits;
  readonly #servers: ReturnType<typeof serversOf>;
  readonly #closing = new AbortController();
  readonly #subscribed = new Set<Subscribed>();
  readonly #serving: Promise<void>;
  #connection: NatsConnection | undefined;
  /** The one that publishers and consumers use. */
  #session: Session | undefined;
  /** The same, or the one that is about to begin. */
  #next: Session | undefined;
  /** Tries to reconnect since the last session, and the next one. */
  #dials = 1;
  #stopped: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #firstTry: () => void = () => {};

  private constructor(settings: JetStreamSettings) {
    this.#servers = serversOf(settings.url);
    this.#settings = {
      replicas: 1,
      logger: silentLogger,
      ackWaitMs: 10_000,
      requestTimeoutMs: 2_000,
      publishTimeoutMs: 10_000,
      pingIntervalMs: 5_000,
      ...settings,
      ...publishLimits(settings),
    };
    this.#serving = this.#serve();
  }

  /** See `connectJetStream`. */
  static async connect(settings: JetStreamSettings): Promise<JetStreamBus> {
    if (!/^[\w-]+$/.test(settings.stream))
      throw new TypeError(`not a name for a stream: "${settings.stream}"`);
    const bus = new JetStreamBus(settings);
    await new Promise<void>((resolve) => {
      bus.#firstTry = resolve;
    });
    return bus;
  }

  get state(): BusState {
    if (this.#closing.signal.aborted) return 'closed';
    return this.#session ? 'connected' : 'disconnected';
  }

  async publish(event: CloudEvent): Promise<void> {
    const text = toText(event);
    const session = this.#session;
    if (!session) throw new BusUnavailable(`the bus is ${this.state}`);
    const { stream, publishTimeoutMs } = this.#settings;
    await session.publishing.send(() =>
      session.jsm.jetstream().publish(subjectOf(stream, event.type), text, {
        timeout: publishTimeoutMs,
        expect: { streamName: stream },
      }),
    );
  }

  async subscribe(subscription: Subscription): Promise<void> {
    checkSubscription(subscription);
    if (this.#stopped || this.#closed) throw new BusUnavailable('the bus takes no more messages');
    await new Promise<void>((resolve, reject) => {
      const subscribed: Subscribed = {
        consumer: new Consumer(subscription, this.#settings, this.#settings.logger),
        settle: (error) => (error ? reject(error) : resolve()),
      };
      this.#subscribed.add(subscribed);
      if (this.#session) void this.#attach(subscribed, this.#session);
    });
  }

  stopConsuming(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Connects, and follows the connection until the bus is closed. */
  async #serve(): Promise<void> {
    const { signal } = this.#closing;
    const { logger } = this.#settings;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const connection = await this.#connect();
        failures = 0;
        this.#connection = connection;
        if (signal.aborted) await connection.close();
        else await this.#follow(connection);
        if (!signal.aborted) logger.warn({}, 'the connection to JetStream was closed');
      } catch (error) {
        if (!signal.aborted) logger.warn({ err: error, failures }, 'no connection to JetStream yet');
      }
      this.#firstTry();
      failures += 1;
      await pause(growingPause(failures, RECONNECT_PAUSES), signal);
    }
  }

  #connect(): Promise<NatsConnection> {
    const { clientName, requestTimeoutMs, pingIntervalMs } = this.#settings;
    return connect({
      ...this.#servers,
      name: clientName,
      timeout: requestTimeoutMs,
      pingInterval: pingIntervalMs,
      maxPingOut: 2,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      // Otherwise two stack traces are taken for each event, in case it fails.
      noAsyncTraces: true,
      // Asked again and again while it waits, so it must not grow by itself.
      reconnectDelayHandler: () => growingPause(this.#dials, RECONNECT_PAUSES),
    });
  }

  /** From session to session, until the connection is closed. */
  async #follow(connection: NatsConnection): Promise<void> {
    void this.#beginSession(connection);
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') {
        this.#settings.logger.warn({}, 'lost the connection to JetStream');
        this.#endSession('the connection was lost');
      } else if (type === 'reconnecting') {
        this.#dials += 1;
      } else if (type === 'reconnect') {
        void this.#beginSession(connection);
      }
    }
    this.#endSession('the connection was closed');
  }

  /** Looks for the stream until it is there, and lets publishers and consumers go on. */
  async #beginSession(connection: NatsConnection): Promise<void> {
    const { requestTimeoutMs, logger } = this.#settings;
    const session: Session = {
      jsm: await jetstreamManager(connection, { timeout: requestTimeoutMs, checkAPI: false }),
      publishing: new PublishWindow(this.#settings),
      ended: new AbortController(),
    };
    setMaxListeners(0, session.ended.signal);
    this.#next = session;
    for (let failures = 1; !session.ended.signal.aborted; failures += 1) {
      try {
        await ensureStream(session.jsm, this.#settings, logger);
        if (session.ended.signal.aborted) return;
        this.#dials = 1;
        this.#session = session;
        logger.info({}, 'connected to JetStream');
        this.#firstTry();
        for (const subscribed of this.#subscribed) void this.#attach(subscribed, session);
        return;
      } catch (error) {
        if (session.ended.signal.aborted) return;
        // A server that has just started takes connections before it has its streams.
        logger.warn({ err: error }, 'JetStream is not ready yet');
        this.#firstTry();
        await pause(growingPause(failures, RECONNECT_PAUSES), session.ended.signal);
      }
    }
  }

  #endSession(why: string): void {
    this.#session = undefined;
    this.#next?.ended.abort();
    this.#next?.publishing.end(why);
  }

  async #attach({ consumer, settle }: Subscribed, { jsm, ended }: Session): Promise<void> {
    await consumer.attach(jsm, ended.signal);
    // It ended first: the next session attaches again, and settles.
    if (!ended.signal.aborted) settle();
  }

  async #stop(): Promise<void> {
    const late = new BusUnavailable('the bus stopped before the subscription was active');
    await Promise.all(
      [...this.#subscribed].map(async (subscribed) => {
        this.#subscribed.delete(subscribed);
        subscribed.settle(late);
        await subscribed.consumer.stop();
      }),
    );
  }

  async #close(): Promise<void> {
    const connection = this.#connection;
    const isConnected = this.#session !== undefined;
    this.#closing.abort();
    // Not awaited: who wants running handlers to finish has called stopConsuming before.
    void this.stopConsuming();
    this.#endSession('the bus was closed');
    if (connection && !connection.isClosed()) {
      // Acknowledgements may still be on their way.
      if (isConnected)
        await Promise.race([
          connection.flush(),
          sleep(this.#settings.requestTimeoutMs, undefined, { ref: false }),
        ]);
      await connection.close();
    }
    await this.#serving;
  }
}
