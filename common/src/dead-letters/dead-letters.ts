import { createHash } from 'node:crypto';
import { type CloudEvent, InvalidEvent } from '../events/index.ts';
import { type DeadLetterStore, type EventBus, EventTooLarge, type FailedEvent } from '../messaging/index.ts';

/** A message that a queue group gave up, as it is kept. */
export interface KeptLetter {
  readonly id: string;
  readonly queueGroup: string;
  /** The channel it came from. */
  readonly type: string;
  /** As it came: parsed JSON, or text. */
  readonly message: unknown;
  /** What the last try threw, with its stack. */
  readonly error: string;
  readonly attempts: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** The dead letters of a service, to be looked at, replayed and dropped. */
export interface DeadLetters extends DeadLetterStore {
  count(): Promise<number>;
  /** The oldest first. */
  list(limit: number): Promise<KeptLetter[]>;
  /** Of all that are kept now, the oldest first; one that is given up again while they are read does not come again. */
  ids(): AsyncIterable<string>;
  find(id: string): Promise<KeptLetter | undefined>;
  /**
   * @param lastAt only if it was not given up again since
   * @returns false if there is no such letter
   */
  drop(id: string, lastAt?: Date): Promise<boolean>;
}

/** The same message given up twice by the same group is one letter. */
export const letterId = ({ queueGroup, type, message }: FailedEvent): string =>
  createHash('sha256')
    .update(JSON.stringify([queueGroup, type, message]))
    .digest('hex')
    .slice(0, 24);

export const describeError = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

const isEvent = (message: unknown, type: string): message is CloudEvent =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === type &&
  'id' in message;

/**
 * Publishes a letter's event again and drops the letter once the broker has it. Every consumer of that event hears it
 * again, which is harmless, twice too, as they apply only what is newer; if the reaction fails again, it is kept again.
 * @returns false if there is no such letter
 * @throws {InvalidEvent} when the message is not an event: it can never succeed, only be dropped
 * @throws {BusUnavailable} when the broker is away; the letter stays
 */
export const replay = async (
  letters: DeadLetters,
  bus: Pick<EventBus, 'publish'>,
  id: string,
): Promise<boolean> => {
  const letter = await letters.find(id);
  if (letter === undefined) return false;
  const { message, type, lastAt } = letter;
  if (!isEvent(message, type)) {
    throw new InvalidEvent(`${id} is no ${type} event and can never succeed: look at it, then drop it`);
  }
  await bus.publish(message);
  await letters.drop(id, lastAt);
  return true;
};

/** What became of one letter of several. */
export interface Replayed {
  readonly id: string;
  /** Why it was not published; undefined when it was. */
  readonly refused?: string;
}

/**
 * Replays one letter after the other, past those that can never succeed or are gone.
 * @param ids all of them, unless given
 * @throws {BusUnavailable} when the broker is away; this letter and those behind it stay
 */
export async function* replayAll(
  letters: DeadLetters,
  bus: Pick<EventBus, 'publish'>,
  ids: AsyncIterable<string> | Iterable<string> = letters.ids(),
): AsyncGenerator<Replayed> {
  for await (const id of ids) {
    const refused = await replay(letters, bus, id).then(
      (wasThere) => (wasThere ? undefined : `${id} is no dead letter`),
      (error: unknown) => {
        if (error instanceof InvalidEvent || error instanceof EventTooLarge) return error.message;
        throw error;
      },
    );
    yield refused === undefined ? { id } : { id, refused };
  }
}
