/**
 * What becomes of a ticket after its database was restored from a backup (docs/protocol.md, rule 8). Pure: the backup's own
 * ticket, what orders has heard of it and its last order come in, what the ticket is comes out.
 */
import { isDeepStrictEqual } from 'node:util';
import type { TicketState } from '@ticketing/common/events';
import { fromPublic, type LockingOrder, lockBy, NEVER_HELD, type Ticket, toPublic } from './ticket.ts';

/** What a state says of the lock. */
const lockIn = ({ status, orderId, reservedUntil }: TicketState) => [status, orderId, reservedUntil];

/**
 * The newer of the two, with the lock of its last order. One version up where that changes what the ticket says, so that
 * all who have heard of it take it.
 * @param last the order with the ticket's highest `holdSequence`, as orders itself has it
 */
export const asItIs = (
  own: Ticket | undefined,
  copy: TicketState | undefined,
  last: LockingOrder | undefined,
): Ticket | undefined => {
  const isNewer = copy !== undefined && (own === undefined || copy.version > own.version);
  const heard = isNewer ? fromPublic(copy, own?.lock ?? NEVER_HELD) : own;
  if (heard === undefined || last === undefined) return heard;
  const next: Ticket = { ...heard, lock: lockBy(last) };
  const says = isNewer
    ? isDeepStrictEqual(lockIn(copy), lockIn(toPublic(next)))
    : isDeepStrictEqual(heard.lock, next.lock);
  return says ? next : { ...next, version: heard.version + 1 };
};
