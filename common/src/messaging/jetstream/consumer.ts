import type { ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import { attempt, fromText, MAX_IN_FLIGHT } from '../attempt.ts';
import type { BusLogger, Subscription } from '../event-bus.ts';
import { growingPause, pause, RECONNECT_PAUSES, RETRY_PAUSES } from '../pause.ts';
import { Slots } from '../slots.ts';
import { ensureConsumer } from './stream.ts';

/**
 * Milliseconds a request for messages stays open. The server stops sending to a member that hangs after that, and the
 * client finds out that something is wrong within that.
 */
const PULL_EXPIRES_MS = 5_000;

export interface ConsumerSettings {
  readonly stream: string;
  readonly ackWaitMs: number;
}

/** One subscription of this member, over any number of connections. */
export class Consumer {
  readonly #subscription: Subscription;
  readonly #settings: ConsumerSettings;
  readonly #logger: BusLogger;
  readonly #slots: Slots;
  /** What is being handled, by type and sequence; each with its latest delivery, the one to acknowledge. */
  readonly #working = new Map<string, { message: JsMsg }>();
  readonly #stopped = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(subscription: Subscription, settings: ConsumerSettings, logger: BusLogger) {
    this.#subscription = subscription;
    this.#settings = settings;
    this.#logger = logger;
    this.#slots = new Slots(subscription.maxInFlight ?? MAX_IN_FLIGHT);
    // A handler may take longer than ackWait; a process that hangs sends no heartbeat, and loses its messages.
    this.#heartbeat = setInterval(() => {
      for (const { message } of this.#working.values()) unlessClosed(() => message.working());
    }, settings.ackWaitMs / 3);
  }

  /** Hears every type until the session ends. Resolves when all are active, or the session has ended. */
  async attach(jsm: JetStreamManager, session: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([session, this.#stopped.signal]);
    await Promise.all(
      this.#subscription.types.map(
        (type) => new Promise<void>((active) => void this.#hear(jsm, type, ended, active).finally(active)),
      ),
    );
  }

  /** Takes no more and waits for running handlers. What was delivered and not begun goes to other members. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#slots.end();
    clearInterval(this.#heartbeat);
  }

  /** Pulls messages of a type, and begins again when that fails: somebody deleted the consumer, the server is not ready. */
  async #hear(jsm: JetStreamManager, type: string, ended: AbortSignal, active: () => void): Promise<void> {
    const { queueGroup } = this.#subscription;
    for (let failures = 0; !ended.aborted; ) {
      try {
        const consumer = await ensureConsumer(jsm, { ...this.#settings, queueGroup, type });
        const messages = await consumer.consume({
          max_messages: this.#slots.size,
          expires: PULL_EXPIRES_MS,
          abort_on_missing_resource: true,
        });
        failures = 0;
        active();
        await this.#takeAll(type, messages, ended);
      } catch (error) {
        if (ended.aborted) return;
        failures += 1;
        this.#logger.warn({ queueGroup, type, err: error }, 'a subscription failed and will be made again');
        await pause(growingPause(failures, RECONNECT_PAUSES), ended);
      }
    }
  }

  /** Until the messages end. One is taken out of the client's buffer only when there is a slot to handle it. */
  async #takeAll(type: string, messages: ConsumerMessages, ended: AbortSignal): Promise<void> {
    const close = () => void messages.close();
    ended.addEventListener('abort', close, { once: true });
    if (ended.aborted) close();
    try {
      for await (const message of messages) {
        if (await this.#slots.take()) void this.#work(type, message).finally(() => this.#slots.give());
        else unlessClosed(() => message.nak());
      }
    } finally {
      ended.removeEventListener('abort', close);
    }
  }

  async #work(type: string, message: JsMsg): Promise<void> {
    const key = `${type} ${message.seq}`;
    const already = this.#working.get(key);
    if (already) {
      already.message = message;
      return;
    }
    const work = { message };
    this.#working.set(key, work);
    const tries = message.info.deliveryCount;
    const delivery = { type, message: fromText(message.string()), attempt: tries };
    const outcome = await attempt(this.#subscription, delivery, this.#logger);
    this.#working.delete(key);
    if (outcome === 'settled') unlessClosed(() => work.message.ack());
    else unlessClosed(() => work.message.nak(growingPause(tries, RETRY_PAUSES)));
  }
}

/** The server delivers again what we can no longer tell it about. */
const unlessClosed = (tell: () => void): void => {
  try {
    tell();
  } catch {
    // The connection is closed for good, and with it this member.
  }
};
