/**
 * What tickets and orders publish of a document, made here a second time: were it asked of the services' own code, a
 * mistake of that code would be on both sides of the comparison. A field that a state gets has to be said here, or this
 * does not compile.
 */
import type { EveryField, OrderState, TicketState, TicketStatus } from '@ticketing/common/events';
import type { OrderDocument, ReplicaDocument, TicketDocument } from './documents.ts';

const statusOf = ({ lock, listed }: TicketDocument): TicketStatus => {
  if (lock.state === 'sold') return 'sold';
  if (lock.state === 'reserved') return 'reserved';
  return listed ? 'on sale' : 'withdrawn';
};

/** The state that tickets publishes of this ticket; a field that it does not have is undefined. */
export const stateOfTicket = (ticket: TicketDocument): EveryField<TicketState> => ({
  id: ticket.id,
  version: ticket.version,
  userId: ticket.userId,
  title: ticket.title,
  price: ticket.price,
  listed: ticket.listed,
  status: statusOf(ticket),
  orderId: ticket.lock.orderId,
  reservedUntil: ticket.lock.until?.toISOString(),
  startsAt: ticket.startsAt?.toISOString(),
  place: ticket.place,
});

type OrderFields = Omit<EveryField<OrderState>, 'ticket'> & {
  readonly ticket: EveryField<OrderState['ticket']>;
};

/** The state that orders publishes of this order; a field that it does not have is undefined. */
export const stateOfOrder = (order: OrderDocument): OrderFields => ({
  id: order.id,
  version: order.version,
  userId: order.userId,
  status: order.status,
  expiresAt: order.expiresAt.toISOString(),
  holdSequence: order.holdSequence,
  paymentId: order.paymentId,
  reason: order.reason,
  ticket: {
    id: order.ticket.id,
    title: order.ticket.title,
    price: order.ticket.price,
    startsAt: order.startsAt?.toISOString(),
    place: order.place,
  },
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

/** Fields of `source` in which `copy` differs: `price.amount is 1 and not 2`. What only the copy has is left out. */
const differingFields = (source: object, copy: Record<string, unknown>, prefix = ''): string[] =>
  Object.entries(source).flatMap(([name, expected]) => {
    const actual = copy[name] ?? undefined;
    if (isObject(expected)) {
      return differingFields(expected, isObject(actual) ? actual : {}, `${prefix}${name}.`);
    }
    const isSame = (expected ?? undefined) === actual;
    return isSame ? [] : [`${prefix}${name} is ${shown(actual)} and not ${shown(expected ?? undefined)}`];
  });

/** What is wrong with a copy, in words. */
export type CopyFault =
  | { readonly kind: 'behind'; readonly has: number; readonly needs: number; readonly detail: string }
  | { readonly kind: 'wrong'; readonly detail: string };

/**
 * Compares a copy with what its source would publish now.
 * @param names of the service that has the copy, and of the source
 * @returns undefined where they are the same
 */
export const faultOfCopy = (
  names: { readonly holder: string; readonly source: string },
  source: { readonly id: string; readonly version: number } | undefined,
  copy: ReplicaDocument | undefined,
): CopyFault | undefined => {
  const { holder, source: from } = names;
  if (source === undefined) {
    if (copy === undefined) return undefined;
    const detail = `${holder} has version ${copy.version} of it, and ${from} has no such document`;
    return { kind: 'wrong', detail };
  }
  const needs = source.version;
  if (copy === undefined) {
    return {
      kind: 'behind',
      has: -1,
      needs,
      detail: `${holder} has no copy of it; ${from} has version ${needs}`,
    };
  }
  const has = copy.version;
  if (has < needs) {
    return {
      kind: 'behind',
      has,
      needs,
      detail: `the copy in ${holder} has version ${has}; ${from} has ${needs}`,
    };
  }
  if (has > needs) {
    const detail = `the copy in ${holder} is ahead of its source: it has version ${has}; ${from} has ${needs}`;
    return { kind: 'wrong', detail };
  }
  const fields = differingFields(source, copy);
  if (fields.length === 0) return undefined;
  const detail = `the copy in ${holder} has the same version ${has} with other content: ${fields.join('; ')}`;
  return { kind: 'wrong', detail };
};
