import { setImmediate as soon } from 'node:timers/promises';
import type { CloudEvent } from '../../events/index.ts';
import { attempt, checkSubscription, fromText, MAX_IN_FLIGHT, toText } from '../attempt.ts';
import {
  type BusLogger,
  type BusState,
  BusUnavailable,
  type EventBus,
  type Subscription,
} from '../event-bus.ts';
import { growingPause, RETRY_PAUSES } from '../pause.ts';
import { silentLogger } from '../silent-logger.ts';
import { Slots } from '../slots.ts';
import type { Membership, MemoryBroker, MemoryDelivery } from './memory-broker.ts';

export interface MemoryBusSettings {
  readonly broker: MemoryBroker;
  readonly logger?: BusLogger;
}

interface Subscribed {
  readonly subscription: Subscription;
  readonly slots: Slots;
  membership: Membership | undefined;
  /** Tells the caller that waits for the subscription to be active. */
  readonly settle: (error?: BusUnavailable) => void;
}

class MemoryBus implements EventBus {
  readonly #broker: MemoryBroker;
  readonly #logger: BusLogger;
  readonly #subscribed = new Set<Subscribed>();
  readonly #disconnect: () => void;
  #state: BusState = 'disconnected';
  /** Of the connection: one that was lost in between is not the same. */
  #connection = 0;
  #stopped: Promise<void> | undefined;

  constructor({ broker, logger = silentLogger }: MemoryBusSettings) {
    this.#broker = broker;
    this.#logger = logger;
    this.#disconnect = broker.connect({
      connected: () => this.#connected(),
      disconnected: () => this.#disconnected(),
    });
  }

  get state(): BusState {
    return this.#state;
  }

  async publish(event: CloudEvent): Promise<void> {
    const text = toText(event);
    const connection = this.#connection;
    if (this.#state !== 'connected') throw new BusUnavailable(`the bus is ${this.#state}`);
    await soon();
    if (this.#connection !== connection) throw new BusUnavailable('the connection was lost');
    this.#broker.store(event.type, text);
  }

  async subscribe(subscription: Subscription): Promise<void> {
    checkSubscription(subscription);
    if (this.#stopped) throw new BusUnavailable('the bus takes no more messages');
    await new Promise<void>((resolve, reject) => {
      const subscribed: Subscribed = {
        subscription,
        slots: new Slots(subscription.maxInFlight ?? MAX_IN_FLIGHT),
        membership: undefined,
        settle: (error) => (error ? reject(error) : resolve()),
      };
      this.#subscribed.add(subscribed);
      if (this.#state === 'connected') this.#join(subscribed);
    });
  }

  stopConsuming(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#disconnect();
    this.#disconnected();
    this.#state = 'closed';
    // Not awaited: who wants running handlers to finish has called stopConsuming before.
    void this.stopConsuming();
  }

  #connected(): void {
    this.#state = 'connected';
    for (const subscribed of this.#subscribed) this.#join(subscribed);
  }

  #disconnected(): void {
    this.#state = 'disconnected';
    this.#connection += 1;
    for (const { membership } of this.#subscribed) membership?.leave();
  }

  #join(subscribed: Subscribed): void {
    const { subscription, slots } = subscribed;
    const { queueGroup, types } = subscription;
    subscribed.membership = this.#broker.join({
      queueGroup,
      types,
      maxInFlight: slots.size,
      receive: (delivery) => void this.#work(subscribed, delivery),
    });
    subscribed.settle();
  }

  async #work({ subscription, slots }: Subscribed, delivery: MemoryDelivery): Promise<void> {
    if (!(await slots.take())) return;
    try {
      const { type, text, attempt: tries } = delivery;
      const outcome = await attempt(
        subscription,
        { type, message: fromText(text), attempt: tries },
        this.#logger,
      );
      if (outcome === 'settled') delivery.acknowledge();
      else delivery.deliverAgain(growingPause(tries, RETRY_PAUSES));
    } finally {
      slots.give();
    }
  }

  async #stop(): Promise<void> {
    const late = new BusUnavailable('the bus stopped before the subscription was active');
    await Promise.all(
      [...this.#subscribed].map(async (subscribed) => {
        subscribed.settle(late);
        subscribed.membership?.takeNoMore();
        // In this order: what is being handled can be acknowledged only by a member.
        await subscribed.slots.end();
        subscribed.membership?.leave();
        this.#subscribed.delete(subscribed);
      }),
    );
  }
}

/** Connects to a broker in memory; for tests. */
export const connectMemory = (settings: MemoryBusSettings): EventBus => new MemoryBus(settings);
