import {
  type CloudEvent,
  type EventType,
  InvalidEvent,
  parseEvent,
  type Versioned,
} from '../events/index.ts';
import type { BusLogger, DeadLetter, EventBus } from './event-bus.ts';
import { silentLogger } from './silent-logger.ts';

/** A row of a service's table of reactions: an event, and the use case that answers. Made by `on`. */
export interface Reaction {
  readonly type: string;
  /** Checks a message at the door. @throws {InvalidEvent} */
  admit(message: unknown): { readonly event: CloudEvent; react(): Promise<unknown> };
}

/**
 * `on(ticketCreated, use.rememberTicket)`: the handler gets the state the event carries, typed by the event, and the
 * envelope. It resolves once its effect is durable; it may be called again with the same event, and with older ones.
 */
export const on = <T extends string, D extends Versioned>(
  eventType: EventType<T, D>,
  handle: (state: D, event: CloudEvent<T, D>) => Promise<unknown>,
): Reaction => ({
  type: eventType.type,
  admit(message) {
    const event = parseEvent(eventType, message);
    return { event, react: () => handle(event.data, event) };
  },
});

/** Runs a reaction inside something: its event's trace, a log with its ids. The service kit supplies it. */
export type Around = (event: CloudEvent, run: () => Promise<void>) => Promise<void>;

/** A message that a queue group could not handle. */
export interface FailedEvent extends DeadLetter {
  readonly queueGroup: string;
}

/** Where messages that were given up are kept, to be looked at and replayed. */
export interface DeadLetterStore {
  /** Resolves once it is durable; the broker forgets the message then. May be called twice with the same letter. */
  keep(letter: FailedEvent): Promise<void>;
}

/** What is counted. The service kit supplies it. */
export interface ReactionMetrics {
  /** An event took effect. */
  consumed(type: string, seconds: number): void;
  /** A try failed; it may be tried again. */
  failed(type: string): void;
  /** A message was kept as a dead letter. */
  givenUp(type: string): void;
}

export interface Reactions {
  readonly bus: EventBus;
  /** The service's name. */
  readonly queueGroup: string;
  readonly reactions: readonly Reaction[];
  readonly deadLetters: DeadLetterStore;
  readonly logger?: BusLogger;
  readonly metrics?: ReactionMetrics;
  readonly around?: Around;
  /** See `Subscription`. */
  readonly maxAttempts?: number;
  /** See `Subscription`. */
  readonly maxInFlight?: number;
}

/**
 * Lets a service react to events: one durable subscription for the whole table. A message that is not what its type
 * promises goes to the dead letters at once; one whose reaction keeps failing, after a bounded number of tries.
 * Resolves when the subscription is active (see `EventBus.subscribe`).
 *
 * @throws {TypeError} when two rows answer the same event
 */
export const react = async ({
  bus,
  queueGroup,
  reactions,
  deadLetters,
  logger = silentLogger,
  metrics,
  around = (_event, run) => run(),
  ...limits
}: Reactions): Promise<void> => {
  const table = new Map(reactions.map((reaction) => [reaction.type, reaction]));
  if (table.size < reactions.length)
    throw new TypeError(`${queueGroup} reacts to the same event in two rows`);

  await bus.subscribe({
    queueGroup,
    types: [...table.keys()],
    ...limits,
    async handle({ type, message }) {
      const started = performance.now();
      try {
        const reaction = table.get(type);
        if (!reaction) throw new InvalidEvent(`${queueGroup} does not react to ${type}`);
        const { event, react } = reaction.admit(message);
        await around(event, async () => {
          await react();
        });
      } catch (error) {
        metrics?.failed(type);
        throw error;
      }
      metrics?.consumed(type, (performance.now() - started) / 1000);
    },
    async giveUp(letter) {
      await deadLetters.keep({ ...letter, queueGroup });
      metrics?.givenUp(letter.type);
      logger.error(
        { queueGroup, type: letter.type, attempts: letter.attempt, err: letter.error },
        'an event was given up and is kept as a dead letter',
      );
    },
    isPoison: (error) => error instanceof InvalidEvent,
  });
};
