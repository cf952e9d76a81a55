/** What can be wrong with one ticket: with its orders, with its lock, and with the copy that orders has of it; pure. */
import { type OrderDocument, type ReplicaDocument, secondOf, type TicketDocument } from './documents.ts';
import { faultOfCopy, stateOfTicket } from './public-state.ts';
import { isBefore, type Wrong } from './report.ts';

/** All that the stores have of one ticket. */
export interface TicketFacts {
  readonly id: string;
  /** As tickets has it. */
  readonly ticket?: TicketDocument | undefined;
  /** As orders has heard of it. */
  readonly replica?: ReplicaDocument | undefined;
  /** All its orders, as orders has them, in any order. */
  readonly orders: readonly OrderDocument[];
}

/** A second for the part of it that an id leaves out, and one by which the clocks of two processes may differ. */
const SLACK_MS = 2_000;

const bySequence = (orders: readonly OrderDocument[]): OrderDocument[] =>
  [...orders].sort((a, b) => a.holdSequence - b.holdSequence || a.version - b.version);

const isHolder = ({ status }: OrderDocument): boolean => status !== 'cancelled';

const about = (id: string) => ({ about: 'ticket', id }) as const;

const holders = (id: string, orders: readonly OrderDocument[]): Wrong[] => {
  const all = orders.filter(isHolder);
  if (all.length <= 1) return [];
  const named = all.map((order) => `order ${order.id} is ${order.status}`);
  return [
    {
      invariant: 'one holder',
      ...about(id),
      detail: `${all.length} orders hold it: ${named.join(', ')}`,
      mark: all.map((order) => order.id).join(' '),
    },
  ];
};

const sequences = (id: string, orders: readonly OrderDocument[]): Wrong[] => {
  const at = orders.findIndex(({ holdSequence }, index) => holdSequence !== index + 1);
  const order = orders[at];
  if (order === undefined) return [];
  const { holdSequence } = order;
  const what =
    orders[at - 1]?.holdSequence === holdSequence
      ? `two orders have holdSequence ${holdSequence}: ${orders[at - 1]?.id} and ${order.id}`
      : `no order has holdSequence ${at + 1}; the next one, order ${order.id}, has ${holdSequence}`;
  return [{ invariant: 'sequences without gaps', ...about(id), detail: what, mark: what }];
};

/**
 * When a cancelled order ended: when it was saved last, as nothing changes it afterwards but a migration, which raises
 * its version. Then nothing tells any more when it ended.
 */
const endOf = ({ reason, version, savedAt }: OrderDocument): number | undefined =>
  version <= (reason === 'payment_failed' ? 2 : 1) ? savedAt.getTime() : undefined;

const overlap = (first: OrderDocument, next: OrderDocument): string | undefined => {
  const names = `order ${next.id} (holdSequence ${next.holdSequence})`;
  if (isHolder(first)) {
    return `order ${first.id} (holdSequence ${first.holdSequence}) is ${first.status}, and ${names} was made after it`;
  }
  const [ended, made] = [endOf(first), secondOf(next.id)];
  if (ended === undefined || ended <= made + SLACK_MS) return undefined;
  const [from, to] = [new Date(made), new Date(ended)].map((time) => time.toISOString());
  return `${names} was made at ${from}, before order ${first.id} (holdSequence ${first.holdSequence}) ended at ${to}`;
};

const holds = (id: string, orders: readonly OrderDocument[]): Wrong[] => {
  // Several that hold it at once are said of already.
  const isSaid = orders.filter(isHolder).length > 1;
  return orders.flatMap((next, index) => {
    const first = orders[index - 1];
    if (first === undefined || (isSaid && isHolder(first))) return [];
    const detail = overlap(first, next);
    return detail === undefined
      ? []
      : [{ invariant: 'holds in sequence', ...about(id), detail, mark: `${first.id} ${next.id}` } as const];
  });
};

const copy = ({ id, ticket, replica }: TicketFacts): Wrong[] => {
  const names = { holder: 'orders', source: 'tickets' };
  const fault = faultOfCopy(names, ticket && stateOfTicket(ticket), replica);
  if (fault === undefined) return [];
  const wrong = { invariant: 'replica is its source', ...about(id), detail: fault.detail } as const;
  return fault.kind === 'behind'
    ? [{ ...wrong, behind: { has: [fault.has], needs: [fault.needs] } }]
    : [wrong];
};

const lockStates = { 'awaiting payment': 'reserved', completed: 'sold', cancelled: 'free' } as const;

const expectedLock = (last: OrderDocument | undefined) => {
  if (last === undefined) return { state: 'free', orderId: undefined, until: undefined, version: [0, 0] };
  const state = lockStates[last.status];
  return {
    state,
    orderId: state === 'free' ? undefined : last.id,
    until: state === 'reserved' ? last.expiresAt.toISOString() : undefined,
    version: [last.holdSequence, last.version],
  };
};

const versionInWords = ([holdSequence, version]: readonly number[]): string =>
  `holdSequence ${holdSequence}, order version ${version}`;

const lock = ({ id, ticket }: TicketFacts, last: OrderDocument | undefined): Wrong[] => {
  const wrong = (detail: string) => ({ invariant: 'lock is its order', ...about(id), detail }) as const;
  if (ticket === undefined) {
    return last === undefined
      ? []
      : [wrong(`order ${last.id} is of this ticket, and tickets does not have it`)];
  }
  const needed = expectedLock(last);
  const { state, orderId, until, holdSequence, orderVersion } = ticket.lock;
  const has = [holdSequence, orderVersion];
  const who = last === undefined ? 'it has no order' : `its last order ${last.id} is ${last.status}`;
  if (isBefore(has, needed.version)) {
    const detail = `the lock is behind: it has ${versionInWords(has)}; ${who} with ${versionInWords(needed.version)}`;
    return [{ ...wrong(detail), behind: { has, needs: needed.version } }];
  }
  if (isBefore(needed.version, has)) {
    const need = last === undefined ? who : `${who} with ${versionInWords(needed.version)}`;
    return [wrong(`the lock is ahead of every order: it has ${versionInWords(has)}; ${need}`)];
  }
  const actual = { state, orderId, until: until?.toISOString() };
  const differing = (['state', 'orderId', 'until'] as const)
    .filter((field) => (actual[field] ?? undefined) !== needed[field])
    .map((field) => `${field} is ${actual[field] ?? 'absent'} and not ${needed[field] ?? 'absent'}`);
  return differing.length === 0 ? [] : [wrong(`${who}, but of the lock ${differing.join('; ')}`)];
};

/**
 * Everything that is wrong with one ticket. What is read first must be the copy, then the ticket, and its orders last:
 * then what changes in between makes a copy look as if it were behind, and never as if it were ahead.
 */
export const wrongsOfTicket = (facts: TicketFacts): Wrong[] => {
  const orders = bySequence(facts.orders);
  return [
    ...holders(facts.id, orders),
    ...sequences(facts.id, orders),
    ...holds(facts.id, orders),
    ...copy(facts),
    ...lock(facts, orders.at(-1)),
  ];
};
