/**
 * One connection to NATS Streaming, from its opening to its loss. It is never mended: the client of NATS Streaming
 * cannot be used again once it has lost its server, so the bus opens another one.
 */
import { connect as connectNats, type Client as NatsClient } from 'nats';
import { connect as connectStan, type Message, type Stan, type Subscription } from 'node-nats-streaming';
import { BusUnavailable } from '../event-bus.ts';
import { type PublishLimits, PublishWindow } from '../publish-window.ts';

declare module 'node-nats-streaming' {
  interface Message {
    /** Exists, and is missing in the typings of 0.3.2: how often the server has sent this message again. */
    getRedeliveryCount(): number;
  }
}

export interface ConnectionSettings extends PublishLimits {
  readonly url: string;
  readonly clusterId: string;
  /** Unique among all who are connected. */
  readonly clientId: string;
  /** Milliseconds within which the server answers a request: to connect, to subscribe, to close. */
  readonly requestTimeoutMs: number;
  /** Milliseconds within which the server confirms an event. */
  readonly publishTimeoutMs: number;
  /** Seconds between two pings; after three without an answer the connection is lost. */
  readonly pingIntervalSeconds: number;
}

/** How the server is to deliver a channel to this member of a queue group. */
export interface ChannelSettings {
  readonly channel: string;
  readonly queueGroup: string;
  /** After so many seconds without acknowledgement the server delivers again. Whole: the server refuses a fraction. */
  readonly ackWaitSeconds: number;
  /** Most messages the server sends this member without acknowledgement. */
  readonly window: number;
}

/** A message as the server sent it. */
export interface Incoming {
  readonly channel: string;
  /** The same for every delivery of the same message, and no other message's. */
  readonly key: string;
  readonly text: string;
  /** 0 when it is sent for the first time, as far as the server remembers: it forgets when it restarts. */
  readonly redeliveries: number;
  /** Without effect when the connection is lost; the server will deliver again. */
  acknowledge(): void;
}

export class StreamingConnection {
  /** Resolves, with the reason, when nothing goes through it any more. */
  readonly lost: Promise<unknown>;
  readonly #nats: NatsClient;
  readonly #stan: Stan;
  readonly #publishing: PublishWindow;
  #alive = true;
  #lose: (reason: unknown) => void = () => {};

  private constructor(settings: ConnectionSettings) {
    this.#publishing = new PublishWindow(settings);
    this.lost = new Promise((resolve) => {
      this.#lose = (reason) => {
        this.#alive = false;
        this.#publishing.end('the connection was lost', reason);
        resolve(reason);
      };
    });

    this.#nats = connectNats({
      servers: settings.url.split(','),
      encoding: 'binary',
      name: settings.clientId,
      // What was sent while it was away would be lost or sent late, and the server may have forgotten us: a new one.
      reconnect: false,
      timeout: settings.requestTimeoutMs,
    });
    // Ours comes before the streaming client's: that one then calls back every pending publish *without* an error.
    this.#nats.on('close', () => this.#lose(new Error('the server closed the connection')));
    this.#stan = connectStan(settings.clusterId, settings.clientId, {
      nc: this.#nats,
      connectTimeout: settings.requestTimeoutMs,
      ackTimeout: settings.publishTimeoutMs,
      stanPingInterval: settings.pingIntervalSeconds * 1000,
      stanMaxPingOut: 3,
    });
    this.#stan.on('error', this.#lose);
    this.#stan.on('connection_lost', this.#lose);
    this.#stan.on('close', this.#lose);
    void this.lost.then(() => this.#cleanUp());
  }

  /** @throws {BusUnavailable} when there is no server, it does not want us, or the signal aborts first */
  static async open(settings: ConnectionSettings, signal: AbortSignal): Promise<StreamingConnection> {
    const connection = new StreamingConnection(settings);
    const connected = new Promise<'connected'>((resolve) => {
      connection.#stan.on('connect', () => resolve('connected'));
    });
    const abandon = () => connection.abandon(signal.reason);
    signal.addEventListener('abort', abandon, { once: true });
    const first = await Promise.race([connected, connection.lost]);
    signal.removeEventListener('abort', abandon);
    if (first !== 'connected') throw new BusUnavailable('no connection to the server', { cause: first });
    return connection;
  }

  /** Resolves when the server has stored it. @throws {BusUnavailable} */
  publish(channel: string, text: string): Promise<void> {
    return this.#publishing.send(
      () =>
        new Promise<void>((resolve, reject) => {
          this.#stan.publish(channel, text, (error) => (error ? reject(error) : resolve()));
        }),
    );
  }

  /**
   * Hears a channel as a member of a durable queue group, from the oldest message on if the group is new.
   *
   * @returns when the server has accepted it; messages may come before
   * @throws {BusUnavailable} when it did not, and the connection is then of no more use: the server may hold a
   *   subscription that nobody can acknowledge for
   */
  async subscribe(
    settings: ChannelSettings,
    receive: (incoming: Incoming) => void,
  ): Promise<ChannelSubscription> {
    if (!this.#alive) throw new BusUnavailable('the connection was lost');
    const options = this.#stan
      .subscriptionOptions()
      .setDeliverAllAvailable()
      .setDurableName(settings.queueGroup)
      .setManualAckMode(true)
      .setAckWait(settings.ackWaitSeconds * 1000)
      .setMaxInFlight(settings.window);
    const subscription = this.#stan.subscribe(settings.channel, settings.queueGroup, options);

    let ready = false;
    // What a handler finished before the server's answer told us where to acknowledge.
    const early: Message[] = [];
    const acknowledge = (message: Message) => {
      if (!this.#alive) return;
      if (ready) message.ack();
      else early.push(message);
    };
    subscription.on('message', (message: Message) => {
      const key = `${settings.channel} ${message.getSequence()} ${message.getTimestampRaw()}`;
      receive({
        channel: settings.channel,
        key,
        text: String(message.getData()),
        redeliveries: message.getRedeliveryCount(),
        acknowledge: () => acknowledge(message),
      });
    });
    const answer = await Promise.race([
      new Promise<'ready'>((resolve) => {
        subscription.once('ready', () => resolve('ready'));
      }),
      new Promise<unknown>((resolve) => {
        subscription.on('timeout', resolve);
        subscription.on('error', resolve);
      }),
      this.lost,
    ]);
    if (answer !== 'ready')
      throw new BusUnavailable(`no subscription to ${settings.channel}`, { cause: answer });
    ready = true;
    for (const message of early) acknowledge(message);
    return { close: () => this.#closeSubscription(subscription) };
  }

  /**
   * Ends the connection with the server's knowledge, so that what was delivered and not acknowledged goes to other
   * members at once. Never rejects.
   */
  async close(): Promise<void> {
    if (this.#alive) {
      this.#publishing.end('the bus was closed');
      this.#stan.close();
    }
    await this.lost;
  }

  /** Ends the connection, not waiting for the server. */
  abandon(reason: unknown): void {
    this.#lose(reason);
  }

  /** Frees the timers and the socket. */
  #cleanUp(): void {
    // Its ping timer would go on, and throw on the closed socket, unless it is closed first, whoever lost whom.
    this.#stan.close();
    // After what it has sent, its goodbye, was flushed.
    setImmediate(() =>
      setImmediate(() => {
        // Again: the server may have accepted us meanwhile, and that starts the ping timer. Closing the socket would not
        // stop it, because the client below takes everybody's listeners away before it closes.
        this.#stan.close();
        this.#nats.close();
      }),
    );
  }

  /** Tells the server that this member takes no more. Never `unsubscribe`: by the last member it ends the group. */
  async #closeSubscription(subscription: Subscription): Promise<void> {
    if (!this.#alive) return;
    const closed = new Promise<void>((resolve) => {
      for (const end of ['closed', 'timeout', 'error']) subscription.once(end, () => resolve());
    });
    subscription.close();
    await Promise.race([closed, this.lost]);
  }
}

export interface ChannelSubscription {
  /** Takes no more messages; the server keeps the group. Never rejects. */
  close(): Promise<void>;
}
