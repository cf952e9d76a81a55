/**
 * The checker: compares what the crowd was told with the stores and with Stripe. What the stores and Stripe say of each
 * other is for `reconcile` (docs/protocol.md, rule 7); its findings become rows of the same table.
 */
import type { Report } from '@ticketing/reconcile';
import type { ListedPayment } from '@ticketing/stripe-stand-in';
import type { ObjectId } from 'mongodb';
import { type Entry, isDone, isUnknown, toldIn } from './history.ts';
import type { Uptime } from './uptime.ts';

export interface Violation {
  readonly detail: string;
  /** Of what it is about: tickets, orders, payments. */
  readonly ids: readonly string[];
}

/** A row of the report: what must hold, how often it was looked at, and where it did not. */
export interface Row {
  readonly invariant: string;
  readonly checked: number;
  readonly violations: readonly Violation[];
}

/** Documents, as far as the checker reads them. */
export interface StoredTicket {
  readonly _id: ObjectId;
  readonly title: string;
  readonly version: number;
  readonly listed: boolean;
  readonly lock: { readonly state: string; readonly orderId?: string };
}

export interface StoredOrder {
  readonly _id: ObjectId;
  readonly userId: string;
  readonly status: string;
  readonly version: number;
  readonly expiresAt: Date;
  readonly savedAt: Date;
  readonly paymentId?: string;
  readonly ticket: { readonly id: string; readonly price: { readonly amount: number } };
}

export interface StoredPayment {
  readonly _id: ObjectId;
  readonly orderId: string;
  readonly status: string;
  readonly intentId?: string;
}

/** All there is to judge by, once nothing moves any more. */
export interface Evidence {
  readonly entries: readonly Entry[];
  readonly tickets: readonly StoredTicket[];
  readonly orders: readonly StoredOrder[];
  readonly payments: readonly StoredPayment[];
  /** All payments at Stripe. */
  readonly charged: readonly ListedPayment[];
  /** Of `orders` and its database. */
  readonly uptime: Uptime;
}

/** How long after the end of its hold an order may be open, of the time in which `orders` is up (invariant 4). */
const GRACE_MS = 5_000;
/**
 * So old must a ticket or an order be for a 404 of another service to count. Rule 6, which answers 503 for a younger one
 * while the service cannot hear of it, is not built yet.
 */
const HEARD_MS = 60_000;

const HONEST = [502, 503, 504];

const byId = <T extends { readonly _id: ObjectId }>(all: readonly T[]) =>
  new Map(all.map((one) => [String(one._id), one] as const));

const groupBy = <T>(all: readonly T[], keyOf: (one: T) => string | undefined): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
};

/** A row from what is looked at, each with what is wrong with it, if anything. */
export const row = <T>(
  invariant: string,
  lookedAt: readonly T[],
  wrongOf: (one: T) => string | undefined,
  idsOf: (one: T) => readonly (string | undefined)[],
): Row => ({
  invariant,
  checked: lookedAt.length,
  violations: lookedAt.flatMap((one) => {
    const detail = wrongOf(one);
    return detail === undefined ? [] : [{ detail, ids: idsOf(one).filter((id) => id !== undefined) }];
  }),
});

const said = ({ who, what, about, status, body }: Entry): string =>
  `${who}: ${what}${about === undefined ? '' : ` ${about}`} was answered ${status} ${JSON.stringify(body)}`;

const idsIn = (entry: Entry) => [entry.about, toldIn(entry).id];

/** Statuses of answers: what cannot be done now is 502, 503 or 504, and nothing else is a 5xx. */
const honestAnswers = ({ entries }: Evidence): Row =>
  row(
    'no 5xx but 502, 503 and 504',
    entries.filter(({ status }) => status !== undefined),
    (entry) =>
      entry.status !== undefined && entry.status >= 500 && !HONEST.includes(entry.status)
        ? said(entry)
        : undefined,
    idsIn,
  );

/** Who makes what; the others hear of it. */
const owned: Partial<Record<Entry['what'], boolean>> = {
  'see ticket': true,
  edit: true,
  withdraw: true,
  'see order': true,
  release: true,
  'see payment': true,
  confirm: true,
  reserve: false,
  pay: false,
};

const nothingIsForgotten = ({ entries }: Evidence): Row => {
  const madeAt = new Map<string, number>();
  const withdrawnAt = new Map<string, number>();
  for (const entry of entries) {
    const { id } = toldIn(entry);
    if (isDone(entry) && id !== undefined) {
      madeAt.set(id, Math.min(entry.answeredAt, madeAt.get(id) ?? Number.POSITIVE_INFINITY));
    }
    if (entry.what === 'withdraw' && entry.about !== undefined && (isDone(entry) || isUnknown(entry))) {
      withdrawnAt.set(
        entry.about,
        Math.min(entry.askedAt, withdrawnAt.get(entry.about) ?? Number.POSITIVE_INFINITY),
      );
    }
  }
  const mustBeThere = ({ what, about = '', askedAt, answeredAt }: Entry): boolean => {
    const isOwn = owned[what];
    const made = madeAt.get(about);
    if (isOwn === undefined || made === undefined) return false;
    if ((withdrawnAt.get(about) ?? Number.POSITIVE_INFINITY) < answeredAt) return false;
    return made + (isOwn ? 0 : HEARD_MS) < askedAt;
  };
  return row(
    `no 404 for what exists (of another service, for ${HEARD_MS / 1000} s: rule 6 is not built)`,
    entries.filter(mustBeThere),
    (entry) => (entry.status === 404 ? said(entry) : undefined),
    idsIn,
  );
};

/** Who asked for the same under the same key was told of one and the same. */
const oneForAKey = ({ entries }: Evidence): Row =>
  row(
    'one key, one effect',
    [...groupBy(entries.filter(isDone), ({ key }) => key).entries()],
    ([key, same]) => {
      const ids = new Set(same.map((entry) => toldIn(entry).id));
      return ids.size > 1 ? `key ${key} has made ${[...ids].join(' and ')}` : undefined;
    },
    ([, same]) => same.flatMap(idsIn),
  );

/** What was answered with 2xx is in its store (invariant 6). */
const acknowledgedIsStored = ({ entries, ...stored }: Evidence): Row => {
  const tickets = byId(stored.tickets);
  const orders = byId(stored.orders);
  const payments = byId(stored.payments);
  const wrongOf = (entry: Entry): string | undefined => {
    const { what, about = '' } = entry;
    const { id = '', version = 0 } = toldIn(entry);
    switch (what) {
      case 'sell':
        return tickets.has(id) ? undefined : `ticket ${id} is not in the store`;
      case 'edit': {
        const found = tickets.get(about)?.version ?? -1;
        return found >= version
          ? undefined
          : `ticket ${about} was told at version ${version}, and is at ${found}`;
      }
      case 'withdraw':
        return tickets.get(about)?.listed === false ? undefined : `ticket ${about} is offered still`;
      case 'reserve':
        return orders.get(id)?.ticket.id === about ? undefined : `order ${id} is not in the store`;
      case 'release':
        return orders.get(about)?.status === 'cancelled' ? undefined : `order ${about} is not cancelled`;
      case 'pay':
        return payments.get(id)?.orderId === about ? undefined : `payment ${id} is not in the store`;
      default:
        return undefined;
    }
  };
  const changes: readonly Entry['what'][] = ['sell', 'edit', 'withdraw', 'reserve', 'release', 'pay'];
  return row(
    'what was answered with 2xx is in a store',
    entries.filter((entry) => changes.includes(entry.what) && isDone(entry)),
    (entry) => {
      const wrong = wrongOf(entry);
      return wrong === undefined ? undefined : `${wrong}; ${said(entry)}`;
    },
    idsIn,
  );
};

/** The newest edit that was acknowledged stands, or one whose outcome is unknown. */
const newestEditStands = ({ entries, tickets }: Evidence): Row => {
  const titleOf = ({ sent }: Entry) => (sent as { readonly title: string }).title;
  const changes = entries.filter(({ what }) => what === 'sell' || what === 'edit');
  const ofTicket = groupBy(
    changes.filter((entry) => isDone(entry) || entry.about !== undefined),
    (entry) => entry.about ?? toldIn(entry).id,
  );
  return row(
    'the newest edit stands',
    tickets.filter(({ _id }) => ofTicket.has(String(_id))),
    ({ _id, title }) => {
      const all = ofTicket.get(String(_id)) ?? [];
      const newest = all
        .filter(isDone)
        .sort((a, b) => (toldIn(b).version ?? 0) - (toldIn(a).version ?? 0))[0];
      const possible = [...(newest === undefined ? [] : [newest]), ...all.filter(isUnknown)].map(titleOf);
      return possible.includes(title)
        ? undefined
        : `ticket ${_id} is called “${title}”, and should be ${possible.map((each) => `“${each}”`).join(' or ')}`;
    },
    ({ _id }) => [String(_id)],
  );
};

/** Payments and orders by what was said of them to their buyers. */
const toldCaptured = ({ entries, orders, tickets }: Evidence): Row => {
  const known = byId(orders);
  const locks = byId(tickets);
  const paid = entries.filter(
    (entry) => ['pay', 'confirm', 'see payment'].includes(entry.what) && toldIn(entry).status === 'captured',
  );
  return row(
    'told captured: has the ticket',
    [...groupBy(paid, (entry) => (entry.body as { readonly orderId?: string }).orderId).entries()],
    ([orderId, told]) => {
      const order = known.get(orderId);
      const lock = order === undefined ? undefined : locks.get(order.ticket.id)?.lock;
      const by = order?.paymentId;
      const isRight =
        order?.status === 'completed' &&
        told.every((entry) => toldIn(entry).id === by) &&
        lock?.state === 'sold' &&
        lock.orderId === orderId;
      return isRight
        ? undefined
        : `order ${orderId} is ${order?.status} by ${by}, its ticket ${lock?.state}; ${told.map(said).join('; ')}`;
    },
    ([orderId, told]) => [orderId, ...told.flatMap(idsIn)],
  );
};

const REFUSED = ['refused', 'canceled', 'failed'];

/** A buyer who has heard nothing but refusals of an order was not charged for it; no payment that was called refused is captured. */
const toldRefused = ({ entries, orders, payments, charged }: Evidence): Row => {
  const known = byId(orders);
  const attempts = byId(payments);
  const takenBy = groupBy(
    charged.filter(({ amount_received: received, amount_refunded: back }) => received > back),
    ({ amount }) => String(amount),
  );
  const isRefusal = (entry: Entry): boolean =>
    !isUnknown(entry) && (!isDone(entry) || REFUSED.includes(toldIn(entry).status ?? ''));
  const asked = entries.filter(({ what }) => what === 'pay');
  const refusedOnly = [...groupBy(asked, ({ about }) => about).entries()].filter(([, told]) =>
    told.every(isRefusal),
  );
  const charges = row(
    'told refused: was not charged',
    refusedOnly,
    ([orderId, told]) => {
      const order = known.get(orderId);
      if (order === undefined) return undefined;
      // Another order of the same ticket may have paid this price.
      const isOthers = orders.some(
        (other) =>
          other.status === 'completed' &&
          other._id !== order._id &&
          other.ticket.price.amount === order.ticket.price.amount,
      );
      const isCharged =
        order.status === 'completed' || (takenBy.has(String(order.ticket.price.amount)) && !isOthers);
      return isCharged
        ? `order ${orderId} is ${order.status} and charged; ${told.map(said).join('; ')}`
        : undefined;
    },
    ([orderId]) => [orderId],
  );
  const called = entries.filter(
    (entry) =>
      ['confirm', 'see payment', 'pay'].includes(entry.what) && REFUSED.includes(toldIn(entry).status ?? ''),
  );
  const captured = row(
    charges.invariant,
    called,
    (entry) => {
      const status = attempts.get(toldIn(entry).id ?? '')?.status;
      return status === 'captured' ? `it is captured; ${said(entry)}` : undefined;
    },
    idsIn,
  );
  return {
    invariant: charges.invariant,
    checked: charges.checked + captured.checked,
    violations: [...charges.violations, ...captured.violations],
  };
};

/** Each ticket, and each edit of one, has a price of its own: so the money itself says for what it was taken. */
const moneyByPrice = ({ orders, charged }: Evidence): Row => {
  const completed = groupBy(
    orders.filter(({ status }) => status === 'completed'),
    ({ ticket }) => String(ticket.price.amount),
  );
  const taken = groupBy(charged, ({ amount }) => String(amount));
  return row(
    'net money is the price of what is completed',
    [...new Set([...completed.keys(), ...taken.keys()])],
    (amount) => {
      const net = (taken.get(amount) ?? []).reduce(
        (sum, { amount_received: received, amount_refunded: back }) => sum + received - back,
        0,
      );
      const due = (completed.get(amount) ?? []).length * Number(amount);
      return net === due ? undefined : `at the price ${amount}, ${net} was taken and ${due} is due`;
    },
    (amount) => (completed.get(amount) ?? []).map(({ _id }) => String(_id)),
  );
};

const oneBuyer = ({ orders }: Evidence): Row =>
  row(
    'one completed order a ticket',
    [...groupBy(orders, ({ ticket }) => ticket.id).entries()],
    ([ticketId, all]) => {
      const completed = all.filter(({ status }) => status === 'completed');
      return completed.length > 1
        ? `ticket ${ticketId} was sold to ${completed.map(({ _id }) => `order ${_id}`).join(' and ')}`
        : undefined;
    },
    ([ticketId, all]) => [ticketId, ...all.map(({ _id }) => String(_id))],
  );

export const endsInTime = ({ orders, uptime }: Pick<Evidence, 'orders' | 'uptime'>): Row =>
  row(
    'every order ends within its hold and 5 s of uptime',
    orders,
    ({ _id, status, expiresAt, savedAt }) => {
      if (status === 'awaiting payment') return `order ${_id} awaits payment still`;
      const up = uptime.between(expiresAt.getTime(), savedAt.getTime());
      return up > GRACE_MS
        ? `order ${_id} was ${status} ${savedAt.getTime() - expiresAt.getTime()} ms after its end, ${up} ms of them up`
        : undefined;
    },
    ({ _id, ticket }) => [String(_id), ticket.id],
  );

/** Judges what the crowd was told. Pure. */
export const check = (evidence: Evidence): Row[] => [
  oneBuyer(evidence),
  moneyByPrice(evidence),
  toldCaptured(evidence),
  toldRefused(evidence),
  acknowledgedIsStored(evidence),
  newestEditStands(evidence),
  oneForAKey(evidence),
  endsInTime(evidence),
  honestAnswers(evidence),
  nothingIsForgotten(evidence),
];

/** What `reconcile` has found, as rows of the same table. */
export const rowsOf = ({ checked, findings }: Report): Row[] =>
  Object.entries(checked).map(([invariant, count]) => ({
    invariant: `reconcile: ${invariant}`,
    checked: count,
    violations: findings
      .filter((finding) => finding.invariant === invariant)
      .map(({ about, id, detail }) => ({ detail: `${about} ${id}: ${detail}`, ids: [id] })),
  }));
