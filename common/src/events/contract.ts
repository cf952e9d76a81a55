import type { EventType } from './event-type.ts';

/**
 * What a service says. The outbox and the relay of a service are typed by its contract, so publishing anything else
 * does not compile.
 */
export interface Contract<E extends EventType = EventType> {
  /** The service, the `source` of its events. */
  readonly source: string;
  readonly events: readonly E[];
}

/** Declares what a service publishes: `publishes('orders', orderCreated, orderCancelled)`. */
export const publishes = <const E extends readonly EventType[]>(
  source: string,
  ...events: E
): Contract<E[number]> => ({ source, events });
