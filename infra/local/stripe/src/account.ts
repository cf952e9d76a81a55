import type { Clock } from '@ticketing/common/clock';
import { newId } from './domain/identifier.ts';
import type { Step } from './domain/payment-intent.ts';
import type { Delivery, EventType, HappenedEvent, Seconds } from './domain/records.ts';
import type { Scene } from './present/present.ts';
import { type Shown, show } from './present/show.ts';
import type { Draft, Kind, Ledger, Reader } from './store/ledger.ts';

/** The request that causes a change; null for what happens by itself. */
export interface Cause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

export const byItself: Cause = { requestId: null, idempotencyKey: null };

/** A change being made. */
export interface Books extends Draft {
  readonly now: Seconds;
  readonly scene: Scene;
  /** Puts what a decision has changed, and tells of it. */
  apply(step: Step): void;
  tell<K extends Shown>(type: EventType, kind: K, id: string): void;
}

export interface Account {
  readonly scene: Scene;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /**
   * Makes a change: all that `work` puts, the events of it and their deliveries, in one write. What `work` throws
   * leaves everything as it was. It is durable once `ledger.settled()` resolves.
   */
  change<T>(cause: Cause, work: (books: Books) => T): T;
}

export interface AccountOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Asked each time, because the port may be known only after listening. */
  readonly publicBase: () => string;
  /** How an event will be delivered. */
  readonly deliveriesOf: (event: HappenedEvent) => readonly Delivery[];
  /** Called after a change with events. */
  readonly onEvents: () => void;
  /** Most events and answers under idempotency keys that are kept. */
  readonly most?: { readonly events: number; readonly answers: number };
}

/** Stripe keeps events for 30 days and answers for a day; beyond these numbers we keep the newest. */
const MOST = { events: 20_000, answers: 50_000 };
const ANSWER_SECONDS = 24 * 60 * 60;

export const secondsOf = (clock: Clock): Seconds => Math.floor(clock.now().getTime() / 1000);

/** Is the answer of that time still under its key? */
export const isKept = (created: Seconds, now: Seconds): boolean => now - created < ANSWER_SECONDS;

/** The one account that everybody with a test key shares. */
export const openAccount = (options: AccountOptions): Account => {
  const { ledger, clock, publicBase, deliveriesOf, onEvents, most = MOST } = options;

  const sceneOf = (reader: Reader): Scene => ({
    reader,
    get publicBase() {
      return publicBase();
    },
    isPending: (eventId) => reader.find('deliveries', eventId) !== undefined,
  });

  /** So that a stand-in that runs for months does not grow for ever. At most a few a change. */
  const forgetOld = (draft: Draft, now: Seconds): void => {
    const forget = (kind: Kind & ('answers' | 'events'), isOld: (created: Seconds) => boolean): void => {
      let looked = 0;
      for (const { id, created } of ledger.oldestFirst(kind)) {
        looked += 1;
        const tooMany = ledger.count(kind) - looked >= most[kind];
        if (looked > 8 || !(tooMany || isOld(created))) return;
        draft.remove(kind, id);
      }
    };
    forget('answers', (created) => !isKept(created, now));
    forget('events', () => false);
  };

  return {
    scene: sceneOf(ledger),
    ledger,
    clock,
    change(cause, work) {
      const draft = ledger.begin();
      const now = secondsOf(clock);
      const scene = sceneOf(draft);
      let told = 0;

      const tell: Books['tell'] = (type, kind, id) => {
        const record = draft.find(kind, id);
        if (record === undefined) throw new Error(`${type} is about ${id}, which is not there`);
        const event: HappenedEvent = {
          id: newId('evt'),
          created: now,
          type,
          object: show(kind, record, scene),
          request: { id: cause.requestId, idempotencyKey: cause.idempotencyKey },
        };
        draft.put('events', event);
        for (const delivery of deliveriesOf(event)) draft.put('deliveries', delivery);
        told += 1;
      };

      const apply = ({ intent, charge, paymentMethod, refund, events }: Step): void => {
        if (paymentMethod !== undefined) draft.put('paymentMethods', paymentMethod);
        if (charge !== undefined) draft.put('charges', charge);
        draft.put('intents', intent);
        if (refund !== undefined) draft.put('refunds', refund);
        for (const type of events) {
          if (type.startsWith('payment_intent.')) tell(type, 'intents', intent.id);
          else if (type.startsWith('charge.') && charge !== undefined) tell(type, 'charges', charge.id);
          else if (refund !== undefined) tell(type, 'refunds', refund.id);
        }
      };

      const result = work({
        now,
        scene,
        tell,
        apply,
        find: (kind, id) => draft.find(kind, id),
        put: (kind, record) => draft.put(kind, record),
        remove: (kind, id) => draft.remove(kind, id),
      });
      forgetOld(draft, now);
      ledger.commit(draft);
      if (told > 0) onEvents();
      return result;
    },
  };
};
