/**
 * What a visitor sees of the list, and how it follows what is heard of it: what is taken leaves its place, what is new
 * waits until it is asked for, and nothing that somebody reads is pushed away. Pure.
 */
import type { Page, Ticket } from '../../shared/api/types.ts';
import type { Sort } from './query.ts';

export interface Entry {
  readonly ticket: Ticket;
  /** With which page it came. */
  readonly page: number;
  /** Somebody has it, or its seller took it back: its place is empty until the list closes up. */
  readonly gone: boolean;
}

export interface Shown {
  readonly sort: Sort;
  readonly entries: readonly Entry[];
  /** The cursor at which each page begins; the first needs none. */
  readonly starts: readonly (string | undefined)[];
  /** Where the next page begins, and the last ticket before it. Undefined where the list ends. */
  readonly next: { readonly cursor: string; readonly after: Ticket } | undefined;
  /** On sale by now, in their order, with the page whose answer told of them; not shown yet. */
  readonly fresh: readonly Omit<Entry, 'gone'>[];
  /** There are so many new ones that those here no longer follow them: the list as it begins by now. */
  readonly anew: Page<Ticket> | undefined;
}

type Order = (one: Ticket, other: Ticket) => number;

const byId: Order = (one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

/** The orders of the service's lists; equal prices are told apart by the id. */
const orders: Record<Sort, Order> = {
  newest: (one, other) => byId(other, one),
  price: (one, other) => one.price - other.price || byId(other, one),
  '-price': (one, other) => other.price - one.price || byId(one, other),
};

const nextOf = ({ items, next }: Page<Ticket>): Shown['next'] => {
  const after = items.at(-1);
  return next === undefined || after === undefined ? undefined : { cursor: next, after };
};

const entriesOf = ({ items }: Page<Ticket>, page: number): Entry[] =>
  items.map((ticket) => ({ ticket, page, gone: false }));

/** The list as its first page has it. @param start the cursor it begins at */
export const begin = (sort: Sort, first: Page<Ticket>, start?: string): Shown => ({
  sort,
  entries: entriesOf(first, 0),
  starts: [start],
  next: nextOf(first),
  fresh: [],
  anew: undefined,
});

/** One page more at its end. */
export const goOn = (shown: Shown, page: Page<Ticket>): Shown => {
  if (shown.next === undefined) return shown;
  const known = new Set(shown.entries.map(({ ticket }) => ticket.id));
  const added = entriesOf(page, shown.starts.length).filter(({ ticket }) => !known.has(ticket.id));
  return {
    ...shown,
    entries: [...shown.entries, ...added],
    starts: [...shown.starts, shown.next.cursor],
    next: nextOf(page),
    fresh: shown.fresh.filter(({ ticket }) => !added.some((entry) => entry.ticket.id === ticket.id)),
  };
};

/** What a page's cursor is answered with by now. */
export const hear = (shown: Shown, page: number, answer: Page<Ticket>): Shown => {
  const order = orders[shown.sort];
  const heard = new Map(answer.items.map((ticket) => [ticket.id, ticket]));
  const last = answer.items.at(-1);
  /** Whether the answer would name a ticket at this place if it were on sale. */
  const covers = (ticket: Ticket): boolean =>
    answer.next === undefined || (last !== undefined && order(ticket, last) <= 0);

  const entries = shown.entries.map((entry): Entry => {
    const now = heard.get(entry.ticket.id);
    if (now !== undefined) return { ...entry, ticket: newerOf(entry.ticket, now), gone: false };
    return entry.page >= page && covers(entry.ticket) ? { ...entry, gone: true } : entry;
  });

  const known = new Set(entries.map(({ ticket }) => ticket.id));
  const isBeforeTheEnd = (ticket: Ticket): boolean =>
    shown.next === undefined || order(ticket, shown.next.after) <= 0;
  const isUnknown = (ticket: Ticket): boolean => !known.has(ticket.id) && isBeforeTheEnd(ticket);
  const fresh = [
    ...shown.fresh.filter((entry) => entry.page !== page && !heard.has(entry.ticket.id)),
    ...answer.items.filter(isUnknown).map((ticket) => ({ ticket, page })),
  ].sort((one, other) => order(one.ticket, other.ticket));

  const isAllNew = answer.items.length > 0 && answer.items.every(isUnknown);
  const isApart = page === 0 && answer.next !== undefined && isAllNew;
  return { ...shown, entries, fresh, anew: isApart ? answer : page === 0 ? undefined : shown.anew };
};

const newerOf = (one: Ticket, other: Ticket): Ticket => (other.version >= one.version ? other : one);

/** Whether the visitor holds or has bought a ticket. It is off sale then too, but stays in its place. */
export type IsOwn = (ticket: Ticket) => boolean;

/** Whether a ticket left the sale between the two that is not known to be the visitor's own: it may have become theirs. */
export const hasLost = (before: Shown, after: Shown, isOwn: IsOwn): boolean =>
  after.entries.some(({ ticket, gone }, at) => gone && before.entries[at]?.gone === false && !isOwn(ticket));

/** Puts the new ones where they belong; everything moves, so the places of those that are gone close as well. */
export const showFresh = (shown: Shown, isOwn: IsOwn): Shown => {
  if (shown.anew !== undefined) return begin(shown.sort, shown.anew, shown.starts[0]);
  const order = orders[shown.sort];
  const entries = [
    ...shown.entries.filter(stays(isOwn)),
    ...shown.fresh.map((entry) => ({ ...entry, gone: false })),
  ].sort((one, other) => order(one.ticket, other.ticket));
  return { ...shown, entries, fresh: [] };
};

/** Closes the places of those that are gone. */
export const closeUp = (shown: Shown, isOwn: IsOwn): Shown =>
  shown.entries.every(stays(isOwn)) ? shown : { ...shown, entries: shown.entries.filter(stays(isOwn)) };

const stays =
  (isOwn: IsOwn) =>
  ({ gone, ticket }: Entry): boolean =>
    !gone || isOwn(ticket);
