import type { Consumer as JetStreamConsumer, JetStreamManager, JsMsg } from '@nats-io/jetstream';
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

/** Pulls of a type at once: while the answer to one is under way, the other asks for what has become free since. */
const PULLS = 2;

export interface ConsumerSettings {
  readonly stream: string;
  readonly ackWaitMs: number;
}

/** What its pulls know of a type in common. */
interface Line {
  readonly type: string;
  readonly consumer: JetStreamConsumer;
  /** Messages that are asked for and have not come. */
  asked: number;
  readonly over: AbortSignal;
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

  /** Hears a type, and begins again when that fails: somebody deleted the consumer, the server is not ready. */
  async #hear(jsm: JetStreamManager, type: string, ended: AbortSignal, active: () => void): Promise<void> {
    const { queueGroup } = this.#subscription;
    for (let failures = 0; !ended.aborted; ) {
      const failed = new AbortController();
      try {
        const consumer = await ensureConsumer(jsm, { ...this.#settings, queueGroup, type });
        active();
        const line: Line = { type, consumer, asked: 0, over: AbortSignal.any([ended, failed.signal]) };
        const worked = () => {
          failures = 0;
        };
        await Promise.all(Array.from({ length: PULLS }, () => this.#pull(line, worked)));
      } catch (error) {
        // The other pulls as well: what they asked for is asked for anew.
        failed.abort();
        if (ended.aborted) return;
        failures += 1;
        this.#logger.warn({ queueGroup, type, err: error }, 'a subscription failed and will be made again');
        await pause(growingPause(failures, RECONNECT_PAUSES), ended);
      }
    }
  }

  /** One pull after the other. Only what can be begun at once is asked for: the rest is for other members to begin. */
  async #pull(line: Line, worked: () => void): Promise<void> {
    while (!line.over.aborted) {
      const most = this.#slots.free - line.asked;
      if (most <= 0) {
        await this.#slots.given();
      } else {
        await this.#take(line, most);
        worked();
      }
    }
  }

  /** Asks for so many messages, and takes them until all have come, or the time for it is over. */
  async #take(line: Line, most: number): Promise<void> {
    let missing = most;
    line.asked += most;
    const messages = await line.consumer.fetch({ max_messages: most, expires: PULL_EXPIRES_MS });
    const close = () => void messages.close();
    line.over.addEventListener('abort', close, { once: true });
    if (line.over.aborted) close();
    try {
      for await (const message of messages) {
        missing -= 1;
        line.asked -= 1;
        void this.#work(line.type, message);
      }
    } finally {
      line.asked -= missing;
      line.over.removeEventListener('abort', close);
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
