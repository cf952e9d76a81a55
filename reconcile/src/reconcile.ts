import { setTimeout as pause } from 'node:timers/promises';
import { batchesOf } from '@ticketing/common/replica';
import type { Redis } from 'ioredis';
import type { IntentSource } from './intent.ts';
import { lettersInMongo, lettersInRedis } from './letters.ts';
import { openLooks } from './looks.ts';
import { type Ages, usualAges } from './order.ts';
import { others } from './others.ts';
import { type Invariant, invariants, type Report } from './report.ts';
import { aggregates, openStores, type Stores } from './stores.ts';
import { openSuspects } from './suspects.ts';

/** What is compared. The caller makes the connections, with `connectMongo` of common, and closes them. */
export interface Sources extends Stores {
  /** Where expiration keeps its dead letters; without it they are not looked at. */
  readonly expiration?: Redis | undefined;
  readonly stripe: IntentSource;
}

export interface ReconcileOptions {
  /** What was saved or made since is looked at; `new Date(0)` is all there is. What is open is, however old it is. */
  readonly since: Date;
  /** Milliseconds between the two looks. */
  readonly secondLookMs: number;
  readonly now?: () => Date;
  /** Ends it early: it then throws the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Told now and then how far it is. */
  readonly report?: (progress: string) => void;
  /** How old something must be to count; the usual ages where it is not given. */
  readonly ages?: Partial<Ages>;
}

const noneChecked = (): Record<Invariant, number> =>
  Object.fromEntries(invariants.map((name) => [name, 0])) as Record<Invariant, number>;

/**
 * Compares the stores of tickets, orders and payments with each other and with Stripe (docs/protocol.md, "Rule 7:
 * reconcile is the checker"). It only reads. What looks wrong in a batch is looked at again, alone and freshly, after
 * `secondLookMs`: only what is still wrong then counts, so what is under way does not.
 *
 * Its memory grows with what differs, and with the ids of the intents since `since`; not with tickets and orders.
 */
export const reconcile = (sources: Sources) => {
  const stores = openStores(sources);
  const { stripe, expiration } = sources;
  const letters = [
    ...(['tickets', 'orders', 'payments'] as const).map((name) => lettersInMongo(name, sources[name])),
    ...(expiration === undefined ? [] : [lettersInRedis('expiration', expiration)]),
  ];

  /**
   * @throws {StripeUnavailable} when Stripe does not answer, and the driver's errors when a store does not: what was
   *   found by then is not the whole
   */
  return async (options: ReconcileOptions): Promise<Report> => {
    const { since, secondLookMs, now = () => new Date(), signal, report = () => {} } = options;
    const ages = { ...usualAges, ...options.ages };
    const checked = noneChecked();
    const count = (by: number, ...names: readonly Invariant[]) => {
      for (const name of names) checked[name] += by;
    };
    const suspects = openSuspects();
    const look = openLooks({ stores, stripe, suspects, count, moment: () => ({ now: now(), ages }) });

    const inBatches = async <T>(
      what: string,
      all: AsyncIterable<T>,
      lookAt: (batch: T[]) => Promise<void>,
    ) => {
      let done = 0;
      for await (const batch of batchesOf(all)) {
        signal?.throwIfAborted();
        await lookAt(batch);
        done += batch.length;
        report(`${done} ${what}`);
      }
    };
    const otherTickets = others(stores.ticketsOfOthers(since), (ids) => stores.savedOf('ticket', ids, since));
    const otherOrders = others(stores.ordersOfOthers(since, now()), (ids) =>
      stores.savedOf('order', ids, since),
    );

    await inBatches('tickets', stores.ticketsSaved(since), look.tickets);
    await inBatches('tickets that others know', otherTickets, look.tickets);
    await inBatches('intents', stripe.list(since), look.intents);
    await inBatches('orders', stores.ordersSaved(since), look.orders);
    await inBatches('orders that others know', otherOrders, look.orders);
    for (const aggregate of aggregates) await look.outbox(aggregate);
    for (const service of letters) await look.letters(service);

    if (suspects.size() > 0) {
      report(`${suspects.size()} to be looked at again in ${secondLookMs / 1000} s`);
      await pause(secondLookMs, undefined, { signal });
    }
    return { checked, findings: await suspects.lookAgain(signal) };
  };
};
