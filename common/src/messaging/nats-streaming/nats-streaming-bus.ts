import { randomUUID } from 'node:crypto';
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
import { type PublishLimits, publishLimits } from '../publish-window.ts';
import { silentLogger } from '../silent-logger.ts';
import { type ConnectionSettings, StreamingConnection } from './connection.ts';
import { Consumer } from './consumer.ts';

export interface NatsStreamingSettings extends Partial<PublishLimits> {
  /** `nats://host:port`, several separated by commas. */
  readonly url: string;
  readonly clusterId: string;
  /** Who connects: the service's name, seen in the server's monitoring. */
  readonly clientName: string;
  readonly logger?: BusLogger;
  /** Whole seconds after which the server delivers what was not acknowledged again; 30. */
  readonly ackWaitSeconds?: number;
  /** Milliseconds within which the server answers a request; 2,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds within which the server confirms an event; 10,000. */
  readonly publishTimeoutMs?: number;
  /** Seconds between two pings, three of which without an answer end the connection; 5. */
  readonly pingIntervalSeconds?: number;
}

interface Subscribed {
  readonly consumer: Consumer;
  /** Tells the caller that waits for the subscription to be active. */
  readonly settle: (error?: BusUnavailable) => void;
}

/**
 * The port to NATS Streaming. It opens one connection after the other, for ever: as soon as one is lost it tries to
 * open the next, and subscribes again on it.
 *
 * The client id is random and stays the same for the life of the bus. So two processes never refuse each other, and a
 * new connection takes the place of the lost one at once: the server finds that the old one no longer answers, ends it,
 * and hands over what it had not acknowledged, instead of sending it messages until its heartbeats have failed.
 */
export class NatsStreamingBus implements EventBus {
  readonly #connecting: ConnectionSettings;
  readonly #ackWaitSeconds: number;
  readonly #logger: BusLogger;
  readonly #closing = new AbortController();
  readonly #subscribed = new Set<Subscribed>();
  readonly #serving: Promise<void>;
  #connection: StreamingConnection | undefined;
  #stopped: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #firstTry: () => void = () => {};

  private constructor(settings: NatsStreamingSettings) {
    const { ackWaitSeconds = 30, logger = silentLogger } = settings;
    if (!Number.isInteger(ackWaitSeconds) || ackWaitSeconds < 1) {
      throw new RangeError(`ackWaitSeconds must be a whole number from 1, not ${ackWaitSeconds}`);
    }
    this.#ackWaitSeconds = ackWaitSeconds;
    this.#logger = logger;
    this.#connecting = {
      url: settings.url,
      clusterId: settings.clusterId,
      clientId: `${settings.clientName.replace(/[^\w-]/g, '_')}-${randomUUID()}`,
      requestTimeoutMs: settings.requestTimeoutMs ?? 2_000,
      publishTimeoutMs: settings.publishTimeoutMs ?? 10_000,
      pingIntervalSeconds: settings.pingIntervalSeconds ?? 5,
      ...publishLimits(settings),
    };
    this.#serving = this.#serve();
  }

  /** See `connectNatsStreaming`. */
  static async connect(settings: NatsStreamingSettings): Promise<NatsStreamingBus> {
    const bus = new NatsStreamingBus(settings);
    await new Promise<void>((resolve) => {
      bus.#firstTry = resolve;
    });
    return bus;
  }

  get state(): BusState {
    if (this.#closing.signal.aborted) return 'closed';
    return this.#connection ? 'connected' : 'disconnected';
  }

  async publish(event: CloudEvent): Promise<void> {
    const text = toText(event);
    if (!this.#connection) throw new BusUnavailable(`the bus is ${this.state}`);
    await this.#connection.publish(event.type, text);
  }

  async subscribe(subscription: Subscription): Promise<void> {
    checkSubscription(subscription);
    if (this.#stopped || this.#closed) throw new BusUnavailable('the bus takes no more messages');
    await new Promise<void>((resolve, reject) => {
      const subscribed: Subscribed = {
        consumer: new Consumer(subscription, this.#ackWaitSeconds, this.#logger),
        settle: (error) => (error ? reject(error) : resolve()),
      };
      this.#subscribed.add(subscribed);
      if (this.#connection) void this.#attach(subscribed, this.#connection);
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

  /** Connection after connection, until the bus is closed. */
  async #serve(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const connection = await StreamingConnection.open(this.#connecting, signal);
        this.#connection = connection;
        this.#logger.info({}, 'connected to NATS Streaming');
        this.#firstTry();
        const attached = [...this.#subscribed].map((subscribed) => this.#attach(subscribed, connection));
        // A server that takes connections and refuses subscriptions is not to be asked again at once.
        if ((await Promise.all(attached)).every(Boolean)) failures = 0;
        const reason = await connection.lost;
        this.#connection = undefined;
        if (signal.aborted) break;
        this.#logger.warn({ err: reason }, 'lost the connection to NATS Streaming');
      } catch (error) {
        if (signal.aborted) break;
        this.#logger.warn({ err: error, failures }, 'no connection to NATS Streaming yet');
      }
      this.#firstTry();
      failures += 1;
      await pause(growingPause(failures, RECONNECT_PAUSES), signal);
    }
    this.#firstTry();
  }

  /** @returns false if the server did not accept it; the connection is at its end then */
  async #attach(subscribed: Subscribed, connection: StreamingConnection): Promise<boolean> {
    try {
      await subscribed.consumer.attach(connection);
      subscribed.settle();
      return true;
    } catch (error) {
      this.#logger.warn({ err: error }, 'a subscription was not accepted; connecting anew');
      // A subscription half made cannot be acknowledged for, and the server may send it messages: begin again.
      connection.abandon(error);
      return false;
    }
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
    this.#closing.abort();
    // Not awaited: who wants running handlers to finish has called stopConsuming before.
    void this.stopConsuming();
    await connection?.close();
    await this.#serving;
  }
}
