/** The first look, a batch at a time: what it finds wrong is only suspected. */
import { type Intent, type IntentSource, madeFor } from './intent.ts';
import type { Letter, Letters } from './letters.ts';
import { type Judged, type OrderFacts, wrongsOfOrder } from './order.ts';
import type { Invariant, Wrong } from './report.ts';
import type { Aggregate, OpenStores, WaitingEvent } from './stores.ts';
import type { Suspects } from './suspects.ts';
import { wrongsOfTicket } from './ticket.ts';

export interface Looking {
  readonly stores: OpenStores;
  readonly stripe: IntentSource;
  readonly suspects: Suspects;
  /** Counts what was looked at. */
  count(by: number, ...names: readonly Invariant[]): void;
  moment(): Judged;
}

/** How often one order is read again that changes while it is looked at. */
const TRIES = 3;

type StoredFacts = Omit<OrderFacts, 'intents'>;

/** The same attempts and the same order, unchanged. */
const isSame = (one: StoredFacts, other: StoredFacts): boolean => {
  const versionsOf = ({ order, attempts }: StoredFacts) =>
    [order, ...attempts].map((document) => `${document?.id}@${document?.version}`).join(' ');
  return versionsOf(one) === versionsOf(other);
};

const intentIdsOf = ({ attempts }: StoredFacts): string[] =>
  attempts.flatMap(({ intentId }) => intentId ?? []);

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

/** By their orders. Those that do not say that they are ours are left out. */
const byOrder = (intents: readonly Intent[]): Map<string, Map<string, Intent>> => {
  const ofOrder = new Map<string, Map<string, Intent>>();
  for (const intent of intents) {
    const about = madeFor(intent);
    if (about === undefined) continue;
    const its = ofOrder.get(about.orderId) ?? new Map<string, Intent>();
    ofOrder.set(about.orderId, its.set(intent.id, intent));
  }
  return ofOrder;
};

/** The looks at one thing each; intents are looked at before orders. */
export const openLooks = ({ stores, stripe, suspects, count, moment }: Looking) => {
  /** Intents of the list that their attempts have stored: judged, and not asked for again. */
  const judged = new Set<string>();
  /** Intents of the list that no attempt has stored, by their orders, for the second look. Few. */
  const strays = new Map<string, Set<string>>();

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
      if (after !== undefined && isSame(before, after)) return wrongsOfOrder({ ...after, intents }, moment());
      before = after;
    }
    // What changes all the time is under way.
    return [];
  };
  const judge = (facts: OrderFacts): void =>
    suspects.add(`order ${facts.id}`, wrongsOfOrder(facts, moment()), () => lookAtOrder(facts.id));

  return {
    async tickets(ids: readonly string[]): Promise<void> {
      for (const facts of await stores.factsOfTickets(ids)) {
        suspects.add(`ticket ${facts.id}`, wrongsOfTicket(facts), async () =>
          (await stores.factsOfTickets([facts.id])).flatMap(wrongsOfTicket),
        );
      }
      count(ids.length, 'one holder', 'sequences without gaps', 'holds in sequence');
      count(ids.length, 'replica is its source', 'lock is its order');
    },

    async intents(intents: readonly Intent[]): Promise<void> {
      const ofOrder = byOrder(intents);
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
    },

    async orders(ids: readonly string[]): Promise<void> {
      for (const facts of await stores.factsOfOrders(ids)) {
        const left = intentIdsOf(facts).filter((id) => !judged.has(id));
        judge({ ...facts, intents: await ask(left) });
        count(facts.attempts.length, 'nothing open');
      }
      count(ids.length, 'replica is its source', 'money is its order', 'every order ends');
    },

    async outbox(about: Aggregate): Promise<void> {
      for await (const { id, events } of stores.waiting(about)) {
        const wrongs = events.map((event) => eventWrong(about, id, event));
        suspects.add(`outbox ${about} ${id}`, wrongs, async () =>
          (await stores.waitingOf(about, id)).map((event) => eventWrong(about, id, event)),
        );
      }
      count(1, 'all published');
    },

    async letters({ service, all, find }: Letters): Promise<void> {
      for await (const letter of all()) {
        suspects.add(`letter ${service} ${letter.id}`, [letterWrong(service, letter)], async () => {
          const kept = await find(letter.id);
          return kept === undefined ? [] : [letterWrong(service, kept)];
        });
      }
      count(1, 'no dead letters');
    },
  };
};
