/** What the broker has of some types of events, at one moment. */
export interface UnderWay {
  /**
   * What is still to be handled, a sentence each, for an operator: `payments has 3 of order:created to handle`. Empty:
   * nothing.
   */
  readonly waiting: readonly string[];
  /**
   * The sequence of the newest message of each type at the broker; 0 where there is none. It changes when one more is
   * published.
   */
  readonly newest: Readonly<Record<string, number>>;
}

/**
 * Tells an operator's command what the broker still has to hand over; it changes nothing there. Durable queue groups
 * are looked at, also those that have no member at the moment: their messages are kept for them.
 */
export interface BrokerWatch {
  /**
   * What was published in the last moment may be in `newest` and not yet in `waiting`. So nothing is under way once
   * two looks, with some time between them, find nothing that waits and the same `newest`.
   *
   * @throws {BusUnavailable} within a few seconds, when the broker, or its monitoring port, does not answer. A lost
   *   connection is not opened again: make another watch
   */
  look(types: readonly string[]): Promise<UnderWay>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** A sentence of `UnderWay.waiting`; none where there is nothing to handle. */
export const toHandle = (queueGroup: string, count: number, type: string): string[] =>
  count > 0 ? [`${queueGroup} has ${count} of ${type} to handle`] : [];
