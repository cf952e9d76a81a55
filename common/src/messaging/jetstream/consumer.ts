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
  /** What is being handled or waits for a slot, by type and sequence; each with its latest delivery, to acknowledge. */
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
    }, settings.ackWaitMs / 3).unref();
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
        active();
        for (;;) {
          // Only what can be begun at once is asked for: what would lie here is for another member to begin.
          const free = await this.#slots.untilFree();
          if (free === 0 || ended.aborted) return;
          const pull = await consumer.fetch({ max_messages: free, expires: PULL_EXPIRES_MS });
          await this.#takeAll(type, pull, ended);
          failures = 0;
        }
      } catch (error) {
        if (ended.aborted) return;
        failures += 1;
        this.#logger.warn({ queueGroup, type, err: error }, 'a subscription failed and will be made again');
        await pause(growingPause(failures, RECONNECT_PAUSES), ended);
      }
    }
  }

  /** Until everything asked for has come, or the time for it is over. */
  async #takeAll(type: string, messages: ConsumerMessages, ended: AbortSignal): Promise<void> {
    const close = () => void messages.close();
    ended.addEventListener('abort', close, { once: true });
    if (ended.aborted) close();
    try {
      for await (const message of messages) void this.#work(type, message);
    } finally {
      ended.removeEventListener('abort', close);
    }
  }

  /** The heartbeat keeps it from here on: messages of other types, asked for at the same time, may have the slots. */
  async #work(type: string, message: JsMsg): Promise<void> {
    const key = `${type} ${message.seq}`;
    const already = this.#working.get(key);
    if (already) {
      already.message = message;
      return;
    }
    const work = { message };
    this.#working.set(key, work);
    const taken = await this.#slots.take();
    try {
      if (taken) await this.#handle(type, work);
      else unlessClosed(() => work.message.nak());
    } finally {
      this.#working.delete(key);
      if (taken) this.#slots.give();
    }
  }

  async #handle(type: string, work: { message: JsMsg }): Promise<void> {
    const { message } = work;
    const tries = message.info.deliveryCount;
    const delivery = { type, message: fromText(message.string()), attempt: tries };
    const outcome = await attempt(this.#subscription, delivery, this.#logger);
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
