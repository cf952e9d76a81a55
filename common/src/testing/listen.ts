import { randomBytes } from 'node:crypto';
import { type CloudEvent, type EventType, parseEvent } from '../events/index.ts';
import type { EventBus } from '../messaging/index.ts';

export interface Listener {
  /** What came, in the order in which it came; what came twice stands here twice. */
  readonly heard: readonly CloudEvent[];
  /** What came of one aggregate. */
  about(id: string): readonly CloudEvent[];
  /** Messages that are not what their type promises, with why. */
  readonly refused: readonly unknown[];
}

/** Hears events as another service would: from the oldest on, each checked with its schema at the door. */
export const listenTo = async (bus: EventBus, ...eventTypes: readonly EventType[]): Promise<Listener> => {
  const heard: CloudEvent[] = [];
  const refused: unknown[] = [];
  const types = new Map(eventTypes.map((eventType) => [eventType.type, eventType]));
  await bus.subscribe({
    queueGroup: `listener-${randomBytes(4).toString('hex')}`,
    types: [...types.keys()],
    async handle({ type, message }) {
      const eventType = types.get(type);
      if (eventType === undefined) throw new Error(`not subscribed to ${type}`);
      heard.push(parseEvent(eventType, message));
    },
    isPoison: () => true,
    async giveUp({ error }) {
      refused.push(error);
    },
  });
  return { heard, refused, about: (id) => heard.filter((event) => event.subject === id) };
};
