import { setMaxListeners } from 'node:events';
import { attempt, fromText, MAX_ATTEMPTS, MAX_IN_FLIGHT } from '../attempt.ts';
import type { BusLogger, Subscription } from '../event-bus.ts';
import { growingPause, pause, RETRY_PAUSES } from '../pause.ts';
import { Slots } from '../slots.ts';
import type { ChannelSettings, ChannelSubscription, Incoming, StreamingConnection } from './connection.ts';

/** Most messages whose tries are remembered while the broker has them. */
const MOST_REMEMBERED = 10_000;

/** A message being worked on. */
interface Work {
  /** Its latest delivery, the one to acknowledge. */
  incoming: Incoming;
  /** When the server delivers it again (`performance.now()`). */
  due: number;
}

/**
 * One subscription of this member, over any number of connections. NATS Streaming knows no "not now": a message is
 * acknowledged, or comes again after ackWait. So a handler that fails is tried again here, after pauses that grow, as
 * long as the server waits; then the server delivers again, to this member or another.
 */
export class Consumer {
  readonly #subscription: Subscription;
  readonly #ackWaitSeconds: number;
  readonly #logger: BusLogger;
  readonly #slots: Slots;
  readonly #working = new Map<string, Work>();
  /** What was left to the server to deliver again. */
  readonly #remembered = new Map<string, { tries: number; notBefore: number }>();
  readonly #stopped = new AbortController();
  /**
   * The server counts how often it delivered, also to members that were too busy to try. So that count alone brings a
   * message no further than to its last try but one: what fails here for the first time is tried again.
   */
  readonly #mostTriesElsewhere: number;
  #channels: ChannelSubscription[] = [];

  constructor(subscription: Subscription, ackWaitSeconds: number, logger: BusLogger) {
    this.#subscription = subscription;
    this.#ackWaitSeconds = ackWaitSeconds;
    this.#logger = logger;
    this.#slots = new Slots(subscription.maxInFlight ?? MAX_IN_FLIGHT);
    this.#mostTriesElsewhere = Math.max(0, (subscription.maxAttempts ?? MAX_ATTEMPTS) - 2);
    // Every message that waits for its next try listens; the window bounds them.
    setMaxListeners(0, this.#stopped.signal);
  }

  /** Resolves when every channel is active on this connection. @throws {BusUnavailable} */
  async attach(connection: Pick<StreamingConnection, 'subscribe'>): Promise<void> {
    this.#channels = await Promise.all(
      this.#subscription.types.map((channel) => {
        const settings: ChannelSettings = {
          channel,
          queueGroup: this.#subscription.queueGroup,
          ackWaitSeconds: this.#ackWaitSeconds,
          // As many again as may be handled, so that some can wait for their next try without stopping the rest.
          window: 2 * this.#slots.size,
        };
        return connection.subscribe(settings, (incoming) => this.#receive(incoming));
      }),
    );
    // Stopped meanwhile: what the server sends to a member that takes nothing would wait for ackWait, again and again.
    if (this.#stopped.signal.aborted) await this.#leave();
  }

  /** Takes no more, waits for running handlers, and leaves the group. What waits for a try goes to other members. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    // In this order: a handler that is running can acknowledge only while its channel is open.
    await this.#slots.end();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    await Promise.all(this.#channels.splice(0).map((channel) => channel.close()));
  }

  #receive(incoming: Incoming): void {
    if (this.#stopped.signal.aborted) return;
    const due = performance.now() + this.#ackWaitSeconds * 1000;
    const work = this.#working.get(incoming.key);
    if (work) {
      // Delivered again while we are at it: its handler is slow, or the connection is a new one. Once is enough.
      Object.assign(work, { incoming, due });
      return;
    }
    const begun = { incoming, due };
    this.#working.set(incoming.key, begun);
    void this.#work(begun).finally(() => this.#working.delete(incoming.key));
  }

  async #work(work: Work): Promise<void> {
    const { channel, key, text, redeliveries } = work.incoming;
    const before = this.#remembered.get(key);
    this.#remembered.delete(key);
    let tries = Math.max(before?.tries ?? 0, Math.min(redeliveries, this.#mostTriesElsewhere));
    if (before && !(await this.#pause(before.notBefore - performance.now()))) return;

    for (;;) {
      if (!(await this.#slots.take())) return;
      tries += 1;
      try {
        // It waited for a slot so long that the server has given it to another member.
        if (performance.now() > work.due) return;
        const delivery = { type: channel, message: fromText(text), attempt: tries };
        if ((await attempt(this.#subscription, delivery, this.#logger)) === 'settled') {
          work.incoming.acknowledge();
          return;
        }
      } finally {
        this.#slots.give();
      }
      const notBefore = performance.now() + growingPause(tries, RETRY_PAUSES);
      if (notBefore > work.due) {
        this.#remember(key, { tries, notBefore });
        return;
      }
      if (!(await this.#pause(notBefore - performance.now()))) return;
    }
  }

  /** False when stopped meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    return ms <= 0 || (await pause(ms, this.#stopped.signal));
  }

  #remember(key: string, failed: { tries: number; notBefore: number }): void {
    this.#remembered.set(key, failed);
    const [oldest] = this.#remembered.keys();
    // The server may have given it to another member, and we never hear of it again.
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
