import { type BusLogger, type Delivery, EventTooLarge, type Subscription } from './event-bus.ts';

export const MAX_ATTEMPTS = 10;
export const MAX_IN_FLIGHT = 32;

/** Half of what a NATS server takes by default (`max_payload`); our largest event has a few kB. */
const MAX_EVENT_BYTES = 512 * 1024;

/**
 * One try of a message by its handler, with what every adapter does about a failure.
 *
 * @returns `settled` when the message may be acknowledged: its effect is durable, or it was given up and kept. `failed`
 *   when it must come again. Never rejects.
 */
export const attempt = async (
  subscription: Subscription,
  delivery: Delivery,
  logger: BusLogger,
): Promise<'settled' | 'failed'> => {
  const about = { queueGroup: subscription.queueGroup, type: delivery.type, attempt: delivery.attempt };
  try {
    await subscription.handle(delivery);
    return 'settled';
  } catch (error) {
    try {
      const hopeless = subscription.isPoison?.(error) ?? false;
      if (!hopeless && delivery.attempt < (subscription.maxAttempts ?? MAX_ATTEMPTS)) {
        logger.warn({ ...about, err: error }, 'an event failed and will be tried again');
        return 'failed';
      }
      await subscription.giveUp({ ...delivery, error });
      return 'settled';
    } catch (keeping) {
      // Acknowledging now would lose the message, so it comes again, beyond its number of tries.
      logger.error({ ...about, err: keeping }, 'a failed event could not be kept and will be tried again');
      return 'failed';
    }
  }
};

/** The event as the broker carries it. @throws {EventTooLarge} */
export const toText = (event: { id: string }): string => {
  const text = JSON.stringify(event);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES) {
    throw new EventTooLarge(`${event.id} has ${bytes} bytes, and ${MAX_EVENT_BYTES} is the most`);
  }
  return text;
};

/** Parsed JSON, or the text itself, which is then for the consumer's door to refuse. */
export const fromText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** @throws {TypeError} for a subscription no broker could serve; a mistake in a program, not a fault of the broker */
export const checkSubscription = ({ queueGroup, types }: Subscription): void => {
  if (!/^[\w-]+$/.test(queueGroup)) throw new TypeError(`not a name for a queue group: "${queueGroup}"`);
  if (types.length === 0)
    throw new TypeError(`queue group ${queueGroup} hears nothing: it names no event type`);
  for (const type of types) {
    if (!/^[\w:-]+$/.test(type)) throw new TypeError(`not a name for an event type: "${type}"`);
  }
  if (new Set(types).size < types.length) throw new TypeError(`queue group ${queueGroup} names a type twice`);
};
