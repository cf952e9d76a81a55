/** What of a store that was lost has to be there again, and what nobody else had heard of. Pure. */
import type { Contents } from './backup.ts';
import { type Evidence, endsInTime, type Row, row, type StoredOrder } from './checker.ts';
import { type Entry, isDone, toldIn } from './history.ts';
import type { Uptime } from './uptime.ts';

/** Those that have a command to take back what others know. */
export const services = ['orders', 'tickets', 'payments'] as const;
export type Restorable = (typeof services)[number];

const OPEN = 'awaiting payment';

/** What there was when the store was lost. */
export interface Lost {
  /** When the service was killed, in milliseconds since 1970. */
  readonly at: number;
  readonly stored: Omit<Evidence, 'entries' | 'uptime'>;
  /** Of documents of the lost database whose outbox was not empty: perhaps nobody had heard of their last change. */
  readonly waiting: ReadonlySet<string>;
}

/** Whether an answer told of a change that only the lost store knew, as far as the rest can tell. */
export const isUnheard = (service: Restorable, { stored, waiting }: Lost) => {
  const withoutIntent = new Set(
    stored.payments.filter(({ intentId }) => intentId === undefined).map(({ _id }) => String(_id)),
  );
  return (entry: Entry): boolean => {
    const { what, about = '' } = entry;
    const { id = '' } = toldIn(entry);
    if (!isDone(entry)) return false;
    switch (service) {
      case 'orders':
        return (what === 'reserve' && waiting.has(id)) || (what === 'release' && waiting.has(about));
      case 'tickets':
        return (
          (what === 'sell' && waiting.has(id)) ||
          ((what === 'edit' || what === 'withdraw') && waiting.has(about))
        );
      case 'payments':
        // Without an intent, nothing of it was at Stripe either.
        return what === 'pay' && withoutIntent.has(id);
    }
  };
};

/** Orders that were completed when the store was lost, and whose payment is captured at Stripe in the end. */
export const paidKeeps = (lost: Lost, { orders, payments, charged }: Lost['stored']): Row => {
  const taken = new Set(
    charged.filter(({ amount_received: got, amount_refunded: back }) => got > back).map(({ id }) => id),
  );
  const intents = new Map(
    [...lost.stored.payments, ...payments].map(({ _id, intentId = '' }) => [String(_id), intentId]),
  );
  const now = new Map(orders.map((order) => [String(order._id), order]));
  return row(
    'who paid before the loss has the ticket',
    lost.stored.orders.filter(
      ({ status, paymentId = '' }) => status === 'completed' && taken.has(intents.get(paymentId) ?? ''),
    ),
    ({ _id, paymentId }) => {
      const order = now.get(String(_id));
      return order?.status === 'completed' && order.paymentId === paymentId
        ? undefined
        : `order ${_id} was completed by payment ${paymentId}, and is ${order?.status} by ${order?.paymentId}`;
    },
    ({ _id, ticket, paymentId }) => [String(_id), ticket.id, paymentId],
  );
};

/**
 * A restored order was saved once more, at a time that says nothing of when it ended. So those that there were are
 * judged until the loss; and from the restart on, those that had not ended by then.
 */
export const endInTime = (
  lost: Lost,
  restarted: { readonly at: number; readonly orders: readonly StoredOrder[] },
  now: readonly StoredOrder[],
  uptime: Uptime,
): Row => {
  const until = lost.stored.orders.map((order) =>
    order.status === OPEN ? { ...order, status: 'open when it was lost', savedAt: new Date(lost.at) } : order,
  );
  const before = endsInTime({ orders: until, uptime });
  const atRestart = new Map(restarted.orders.map(({ _id, status }) => [String(_id), status]));
  const after = endsInTime({
    orders: now.filter(({ _id, status }) => status === OPEN || atRestart.get(String(_id)) !== status),
    uptime: {
      between: (from, to) => (to < restarted.at ? 0 : uptime.between(Math.max(from, restarted.at), to)),
    },
  });
  return {
    invariant: after.invariant,
    checked: before.checked + after.checked,
    violations: [...before.violations, ...after.violations],
  };
};

export const sameAfter = (before: Contents, after: Contents): Row =>
  row(
    'a second run changes nothing',
    [...new Set([...before.keys(), ...after.keys()])],
    (key) =>
      before.get(key) === after.get(key)
        ? undefined
        : `${key} was ${before.get(key) ?? 'not there'}, and is ${after.get(key) ?? 'not there'}`,
    () => [],
  );

/** So that the report is honest: how many answers told of what was lost before anybody else had heard of it. */
export const UNHEARD = 'lost with the store, unheard';
export const lostUnheard = (count: number): Row => ({ invariant: UNHEARD, checked: count, violations: [] });
