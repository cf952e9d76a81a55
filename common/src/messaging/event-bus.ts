import type { CloudEvent } from '../events/index.ts';

/** What the broker handed over, before anybody has checked it. */
export interface Delivery {
  /** The channel it came from: the event type it should be. */
  readonly type: string;
  /** Parsed JSON, or the raw text where it is not JSON. Never trusted: see `parseEvent`. */
  readonly message: unknown;
  /** 1 for the first try of this message by this queue group, as far as the broker and this member know. */
  readonly attempt: number;
}

/** A message that was given up, and the error of its last try. */
export interface DeadLetter extends Delivery {
  readonly error: unknown;
}

export interface Subscription {
  /**
   * One queue group per service: each message goes to one of its members. Durable: it starts with the oldest message
   * the broker has, and goes on where it stopped. Letters, digits, `-` and `_`.
   */
  readonly queueGroup: string;
  /** Event types to hear. */
  readonly types: readonly string[];
  /** Resolves once the effect is durable; then, and only then, the message is acknowledged. */
  handle(delivery: Delivery): Promise<void>;
  /**
   * Keeps a message that failed `maxAttempts` times, or at once if `isPoison(error)`. The message is acknowledged after
   * this has resolved; if it rejects, the message is delivered again.
   */
  giveUp(letter: DeadLetter): Promise<void>;
  /** Errors that can never succeed, so that trying again is idle. */
  isPoison?(error: unknown): boolean;
  /** Tries before `giveUp`; 10, which is 51 seconds with the usual pauses, outlasts the election of a new primary. */
  readonly maxAttempts?: number;
  /** Most handlers running at once in this member; 32. */
  readonly maxInFlight?: number;
}

/** `disconnected` is a state that heals by itself; `closed` is final. */
export type BusState = 'connected' | 'disconnected' | 'closed';

/**
 * The port to a broker. What every adapter promises is stated, sentence by sentence, by the conformance suite
 * (`test/messaging/conformance.ts`), and shown as a table in the README of this package:
 *
 * - `publish` resolves only when the server has stored the message, and rejects when that is not known: while the
 *   connection is down, lost, or closed on the way. A caller that keeps what it could not publish loses nothing.
 * - Each message reaches every queue group at least once, one member of it at a time, also if the member, the
 *   service or the server was restarted meanwhile. Order is not promised.
 * - A handler that fails is tried again after a growing pause; the messages behind it do not wait for it.
 * - After a bounded number of tries the message is handed to `giveUp`, and acknowledged once that resolved.
 * - After a lost connection everything resumes by itself.
 */
export interface EventBus {
  /**
   * @throws {BusUnavailable} when the broker did not confirm it. It may have been stored all the same, so consumers
   *   see an event at least once.
   * @throws {EventTooLarge} when no broker of ours would take it; trying again is idle
   */
  publish(event: CloudEvent): Promise<void>;
  /**
   * Resolves when the subscription is active: what is published from then on reaches the queue group. While the broker
   * is away it waits, so a service that starts without its broker does not await this before it serves.
   *
   * @throws {BusUnavailable} when the bus is, or gets, closed or stopped before that
   */
  subscribe(subscription: Subscription): Promise<void>;
  /** Takes no more messages and waits until running handlers have finished. Publishing still works. Idempotent. */
  stopConsuming(): Promise<void>;
  /** Ends the connection; publishes still pending reject. The durable subscriptions stay at the broker. Idempotent. */
  close(): Promise<void>;
  readonly state: BusState;
}

/** The broker has not confirmed: it is away, or the connection ended while waiting. Trying again later is right. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
}

/** More than a broker takes. A connection that sends it would be cut off, and every other publish with it. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
}

/** What an adapter writes its log with; a pino logger is one. */
export interface BusLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
