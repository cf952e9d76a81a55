import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { type Intent, type IntentSource, madeFor } from './intent.ts';
import { type Letter, type Letters, lettersInMongo, lettersInRedis } from './letters.ts';
import { type Ages, type OrderFacts, usualAges, wrongsOfOrder } from './order.ts';
import { type Finding, type Invariant, invariants, isStill, type Report, type Wrong } from './report.ts';
import { type Aggregate, aggregates, openStores, type Stores, type WaitingEvent } from './stores.ts';
import { wrongsOfTicket } from './ticket.ts';

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

/** Tickets, orders or intents that are read at once. */
const BATCH = 200;
/** How often one order is read again that changes while it is looked at. */
const TRIES = 3;

/** What looked wrong at the first look, and how it is looked at again. */
interface Suspect {
  readonly wrongs: Wrong[];
  again(): Promise<readonly Wrong[]>;
}

async function* batches<T>(all: AsyncIterable<T>): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const one of all) {
    batch.push(one);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Each one once, without those that are looked at anyway. Keeps what it gives, which is little. */
async function* others(
  all: AsyncIterable<string>,
  looked: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): AsyncIterable<string> {
  const given = new Set<string>();
  for await (const batch of batches(all)) {
    const known = await looked(batch);
    for (const id of batch) {
      if (known.has(id) || given.has(id)) continue;
      given.add(id);
      yield id;
    }
  }
}

const eventWrong = (about: Aggregate, id: string, event: WaitingEvent): Wrong => ({
  invariant: 'all published',
  about,
  id,
  detail: `${event.type} (${event.id}) waits in its outbox since ${event.time}`,
  mark: event.id,
});

const letterWrong = (service: string, { id, type, attempts, error }: Letter): Wrong => ({
  invariant: 'no dead letters',
  about: 'letter',
  id,
  detail: `${service} gave up ${type} after ${attempts} tries: ${error.split('\n', 1)[0]}`,
});

/** The same attempts and the same order, unchanged. */
const isSame = (one: Omit<OrderFacts, 'intents'>, other: Omit<OrderFacts, 'intents'>): boolean => {
  const versionsOf = ({ order, attempts }: Omit<OrderFacts, 'intents'>) =>
    [order, ...attempts].map((document) => `${document?.id}@${document?.version}`).join(' ');
  return versionsOf(one) === versionsOf(other);
};

const intentIdsOf = ({ attempts }: Omit<OrderFacts, 'intents'>): string[] =>
  attempts.flatMap(({ intentId }) => intentId ?? []);

/**
 * Compares the stores of tickets, orders and payments with each other and with Stripe (docs/protocol.md, "Rule 7:
 * reconcile is the checker"). It only reads. What looks wrong in a batch is looked at again, alone and freshly, after
 * `secondLookMs`: only what is still wrong then counts, so what is under way does not.
 *
 * Its memory grows with what differs, and with the ids of the intents since `since`; not with tickets and orders.
 */
export const reconcile = (sources: Sources) => {
  const stores = openStores(sources);
  const { stripe } = sources;
  const letters: readonly Letters[] = [
    ...(['tickets', 'orders', 'payments'] as const).map((name) => lettersInMongo(name, sources[name])),
    ...(sources.expiration === undefined ? [] : [lettersInRedis('expiration', sources.expiration)]),
  ];

  /**
   * @throws {StripeUnavailable} when Stripe does not answer, and the driver's errors when a store does not: what was found
   *   by then is not the whole
   */
  return async (options: ReconcileOptions): Promise<Report> => {
    const { since, secondLookMs, now = () => new Date(), signal, report = () => {} } = options;
    const ages = { ...usualAges, ...options.ages };
    const checked = Object.fromEntries(invariants.map((name) => [name, 0])) as Record<Invariant, number>;
    const count = (by: number, ...names: readonly Invariant[]) => {
      for (const name of names) checked[name] += by;
    };
    const suspects = new Map<string, Suspect>();
    const suspect = (key: string, wrongs: readonly Wrong[], again: Suspect['again']): void => {
      if (wrongs.length === 0) return;
      const known = suspects.get(key);
      if (known === undefined) suspects.set(key, { wrongs: [...wrongs], again });
      // An order is looked at with each batch of its intents.
      else known.wrongs.push(...wrongs.filter((wrong) => !known.wrongs.some((one) => isStill(one, wrong))));
    };
    /** Intents of the list that their attempts have stored: judged, and not asked for again. */
    const judged = new Set<string>();
    /** Intents of the list that no attempt has stored, by their orders, for the second look. Few. */
    const strays = new Map<string, Set<string>>();

    const lookAtTickets = async (ids: readonly string[]): Promise<void> => {
      for (const facts of await stores.factsOfTickets(ids)) {
        suspect(`ticket ${facts.id}`, wrongsOfTicket(facts), async () =>
          (await stores.factsOfTickets([facts.id])).flatMap(wrongsOfTicket),
        );
      }
      count(ids.length, 'one holder', 'sequences without gaps', 'holds in sequence');
      count(ids.length, 'replica is its source', 'lock is its order');
    };

    const ask = async (ids: Iterable<string>): Promise<Map<string, Intent | undefined>> => {
      const asked = new Map<string, Intent | undefined>();
      for (const id of new Set(ids)) asked.set(id, await stripe.retrieve(id));
      return asked;
    };

    /** One order alone: its attempts are the same before and after Stripe was asked. */
    const lookAtOrder = async (id: string): Promise<Wrong[]> => {
      const read = async () => (await stores.factsOfOrders([id]))[0];
      let before = await read();
      for (let tries = 0; tries < TRIES && before !== undefined; tries += 1) {
        const intents = await ask([...intentIdsOf(before), ...(strays.get(id) ?? [])]);
        const after = await read();
        if (after !== undefined && isSame(before, after))
          return wrongsOfOrder({ ...after, intents }, { now: now(), ages });
        before = after;
      }
      // What changes all the time is under way.
      return [];
    };
    const judge = (facts: OrderFacts): void =>
      suspect(`order ${facts.id}`, wrongsOfOrder(facts, { now: now(), ages }), () => lookAtOrder(facts.id));

    const lookAtIntents = async (intents: readonly Intent[]): Promise<void> => {
      const ofOrder = new Map<string, Map<string, Intent>>();
      for (const intent of intents) {
        const about = madeFor(intent);
        if (about === undefined) continue;
        const its = ofOrder.get(about.orderId) ?? new Map<string, Intent>();
        ofOrder.set(about.orderId, its.set(intent.id, intent));
      }
      for (const facts of await stores.factsOfOrders([...ofOrder.keys()])) {
        const its = ofOrder.get(facts.id) ?? new Map<string, Intent>();
        const stored = new Set(intentIdsOf(facts));
        for (const id of its.keys()) {
          if (stored.has(id)) judged.add(id);
          else strays.set(facts.id, (strays.get(facts.id) ?? new Set()).add(id));
        }
        count(its.size, 'money is its order', 'nothing open');
        judge({ ...facts, intents: its });
      }
    };

    const lookAtOrders = async (ids: readonly string[]): Promise<void> => {
      for (const facts of await stores.factsOfOrders(ids)) {
        const left = intentIdsOf(facts).filter((id) => !judged.has(id));
        judge({ ...facts, intents: await ask(left) });
        count(facts.attempts.length, 'nothing open');
      }
      count(ids.length, 'replica is its source', 'money is its order', 'every order ends');
    };

    const lookAtOutbox = async (about: Aggregate): Promise<void> => {
      for await (const { id, events } of stores.waiting(about)) {
        const wrongs = events.map((event) => eventWrong(about, id, event));
        suspect(`outbox ${about} ${id}`, wrongs, async () =>
          (await stores.waitingOf(about, id)).map((event) => eventWrong(about, id, event)),
        );
      }
      count(1, 'all published');
    };

    const lookAtLetters = async ({ service, all, find }: Letters): Promise<void> => {
      for await (const letter of all()) {
        suspect(`letter ${service} ${letter.id}`, [letterWrong(service, letter)], async () => {
          const kept = await find(letter.id);
          return kept === undefined ? [] : [letterWrong(service, kept)];
        });
      }
      count(1, 'no dead letters');
    };

    const inBatches = async <T>(what: string, all: AsyncIterable<T>, look: (batch: T[]) => Promise<void>) => {
      let done = 0;
      for await (const batch of batches(all)) {
        signal?.throwIfAborted();
        await look(batch);
        done += batch.length;
        report(`${done} ${what}`);
      }
    };

    const savedTickets = (ids: readonly string[]) => stores.savedOf('ticket', ids, since);
    const savedOrders = (ids: readonly string[]) => stores.savedOf('order', ids, since);

    await inBatches('tickets', stores.ticketsSaved(since), lookAtTickets);
    await inBatches(
      'tickets that others know',
      others(stores.ticketsOfOthers(since), savedTickets),
      lookAtTickets,
    );
    await inBatches('intents', stripe.list(since), lookAtIntents);
    await inBatches('orders', stores.ordersSaved(since), lookAtOrders);
    await inBatches(
      'orders that others know',
      others(stores.ordersOfOthers(since, now()), savedOrders),
      lookAtOrders,
    );
    for (const aggregate of aggregates) await lookAtOutbox(aggregate);
    for (const service of letters) await lookAtLetters(service);

    const findings: Finding[] = [];
    if (suspects.size > 0) {
      report(`${suspects.size} to be looked at again in ${secondLookMs / 1000} s`);
      await pause(secondLookMs, undefined, { signal });
    }
    for (const { wrongs, again } of suspects.values()) {
      signal?.throwIfAborted();
      for (const { invariant, about, id, detail, ...second } of await again()) {
        const isFound = wrongs.some((first) => isStill(first, { invariant, about, id, detail, ...second }));
        if (isFound) findings.push({ invariant, about, id, detail });
      }
    }
    const rank = ({ invariant }: Finding) => invariants.indexOf(invariant);
    return { checked, findings: findings.sort((a, b) => rank(a) - rank(b)) };
  };
};
