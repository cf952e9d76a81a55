/** What reconciliation checks, and how it tells what differs (docs/operations.md, "Money and tickets compared"). */

/** What must be true of the stores and of Stripe, each by the name that it has in the report. */
export const invariants = [
  'one holder',
  'sequences without gaps',
  'holds in sequence',
  'replica is its source',
  'lock is its order',
  'money is its order',
  'nothing open',
  'every order ends',
  'all published',
  'no dead letters',
] as const;

export type Invariant = (typeof invariants)[number];

export interface Finding {
  readonly invariant: Invariant;
  readonly about: 'ticket' | 'order' | 'payment' | 'intent' | 'letter';
  readonly id: string;
  /** A sentence that names what differs, with both values. */
  readonly detail: string;
}

export interface Report {
  /** How many tickets, orders, payments and intents were looked at; of the last two, how many stores. */
  readonly checked: Readonly<Record<Invariant, number>>;
  readonly findings: readonly Finding[];
}

/** A finding of one look, with what another look needs to know whether it finds the same. */
export interface Wrong extends Finding {
  /** Tells apart what can be wrong about one id, one thing after the other. Both looks must see the same. */
  readonly mark?: string;
  /** Of a copy that is behind: the version that it has, and the one that it should have. */
  readonly behind?: { readonly has: Version; readonly needs: Version };
}

/** Versions are compared number by number; that of a lock is its `holdSequence` and its order's version. */
export type Version = readonly number[];

export const isBefore = (one: Version, other: Version): boolean => {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
};

/**
 * Whether the second look still finds what the first one found. A copy that has since caught up with what its source
 * was at the first look is not behind, however often its source has changed again.
 */
export const isStill = (first: Wrong, second: Wrong): boolean =>
  first.invariant === second.invariant &&
  first.about === second.about &&
  first.id === second.id &&
  first.mark === second.mark &&
  (first.behind === undefined ||
    second.behind === undefined ||
    isBefore(second.behind.has, first.behind.needs));
