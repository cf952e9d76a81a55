import path from 'node:path';
import type {
  Charge,
  Delivery,
  HappenedEvent,
  Intent,
  KeptAnswer,
  PaymentMethod,
  Refund,
} from '../domain/records.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';

/** Everything that is kept, by kind. Records are never changed in place. */
export interface Records {
  readonly intents: Intent;
  readonly charges: Charge;
  readonly refunds: Refund;
  readonly paymentMethods: PaymentMethod;
  readonly events: HappenedEvent;
  readonly answers: KeptAnswer;
  readonly deliveries: Delivery;
}

export type Kind = keyof Records;

const kinds: readonly Kind[] = [
  'intents',
  'charges',
  'refunds',
  'paymentMethods',
  'events',
  'answers',
  'deliveries',
];

/** `null` removes. */
type Put = { [K in Kind]: [kind: K, id: string, record: Records[K] | null] }[Kind];

/** Reads what is there; a draft also sees what it has put itself. */
export interface Reader {
  find<K extends Kind>(kind: K, id: string): Records[K] | undefined;
}

/** Changes that take effect together, or not at all. */
export interface Draft extends Reader {
  put<K extends Kind>(kind: K, record: Records[K]): void;
  remove(kind: Kind, id: string): void;
}

export interface Ledger extends Reader {
  begin(): Draft;
  /** Takes effect at once for whoever reads, and is durable once `settled` resolves. */
  commit(draft: Draft): void;
  /** @throws {JournalFailed} when the disk does not take it */
  settled(): Promise<void>;
  newestFirst<K extends Kind>(kind: K, after?: string): Iterable<Records[K]>;
  oldestFirst<K extends Kind>(kind: K, after?: string): Iterable<Records[K]>;
  count(kind: Kind): number;
  close(): Promise<void>;
}

/** Records of one kind in the order in which they were first put. */
class Shelf<R> {
  readonly #byId = new Map<string, { readonly record: R; readonly place: number }>();
  readonly #order: (string | undefined)[] = [];
  /** Everything before it is removed: what is only kept for a while goes from the front. */
  #first = 0;

  get size(): number {
    return this.#byId.size;
  }

  find(id: string): R | undefined {
    return this.#byId.get(id)?.record;
  }

  put(id: string, record: R): void {
    const place = this.#byId.get(id)?.place ?? this.#order.push(id) - 1;
    this.#byId.set(id, { record, place });
  }

  remove(id: string): void {
    const found = this.#byId.get(id);
    if (found === undefined) return;
    this.#byId.delete(id);
    this.#order[found.place] = undefined;
    while (this.#first < this.#order.length && this.#order[this.#first] === undefined) this.#first += 1;
  }

  *walk(step: 1 | -1, after?: string): Iterable<R> {
    const start = step === 1 ? this.#first - 1 : this.#order.length;
    const from = after === undefined ? start : (this.#byId.get(after)?.place ?? start);
    for (let place = from + step; place >= this.#first && place < this.#order.length; place += step) {
      const id = this.#order[place];
      const found = id === undefined ? undefined : this.#byId.get(id);
      if (found !== undefined) yield found.record;
    }
  }
}

type Shelves = { readonly [K in Kind]: Shelf<Records[K]> };

const emptyShelves = (): Shelves => ({
  intents: new Shelf(),
  charges: new Shelf(),
  refunds: new Shelf(),
  paymentMethods: new Shelf(),
  events: new Shelf(),
  answers: new Shelf(),
  deliveries: new Shelf(),
});

class OpenDraft implements Draft {
  readonly puts: Put[] = [];
  readonly #shelves: Shelves;

  constructor(shelves: Shelves) {
    this.#shelves = shelves;
  }

  find<K extends Kind>(kind: K, id: string): Records[K] | undefined {
    const own = this.puts.findLast((put) => put[0] === kind && put[1] === id);
    return own === undefined
      ? this.#shelves[kind].find(id)
      : ((own[2] ?? undefined) as Records[K] | undefined);
  }

  put<K extends Kind>(kind: K, record: Records[K]): void {
    this.puts.push([kind, record.id, record] as unknown as Put);
  }

  remove(kind: Kind, id: string): void {
    this.puts.push([kind, id, null]);
  }
}

/**
 * The stand-in's books: all in memory, each commit one line of a journal. What a restart finds is exactly what was
 * answered, because an answer waits until the journal has settled.
 */
export const openLedger = async (
  folder: string,
  options: Pick<JournalOptions, 'compactAt'> = {},
): Promise<Ledger> => {
  const shelves = emptyShelves();

  const shelve = ([kind, id, record]: Put): void => {
    if (record === null) shelves[kind].remove(id);
    else (shelves[kind] as Shelf<Records[Kind]>).put(id, record);
  };

  /** Records are immutable, so references taken now stay true while they are written. */
  const snapshot = (): Iterable<string> => {
    const taken = kinds.map((kind) => [kind, [...shelves[kind].walk(1)]] as const);
    return (function* () {
      for (const [kind, records] of taken) {
        for (const record of records) yield JSON.stringify([[kind, record.id, record]]);
      }
    })();
  };

  const journal: Journal = await openJournal({
    file: path.join(folder, 'journal.jsonl'),
    replay: (line) => {
      for (const put of JSON.parse(line) as Put[]) shelve(put);
    },
    snapshot,
    ...options,
  });

  return {
    find: (kind, id) => shelves[kind].find(id),
    begin: () => new OpenDraft(shelves),
    commit(draft) {
      if (!(draft instanceof OpenDraft)) throw new TypeError('not a draft of this ledger');
      if (draft.puts.length === 0) return;
      journal.append(JSON.stringify(draft.puts));
      for (const put of draft.puts) shelve(put);
    },
    settled: () => journal.settled(),
    newestFirst: (kind, after) => shelves[kind].walk(-1, after),
    oldestFirst: (kind, after) => shelves[kind].walk(1, after),
    count: (kind) => shelves[kind].size,
    close: () => journal.close(),
  };
};
