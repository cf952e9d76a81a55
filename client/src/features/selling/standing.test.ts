import { expect, test } from '@jest/globals';
import type { Ticket, TicketStatus } from '../../shared/api/types.ts';
import { standingOf } from './standing.ts';

const now = new Date('2026-11-22T20:00:00Z');
const ticket = (status: TicketStatus, startsAt?: string): Ticket => ({
  ...{
    id: '65f000000000000000004f09',
    userId: 'u',
    version: 1,
    title: 'Nils Frahm',
    price: 48,
    currency: 'usd',
  },
  status,
  ...(startsAt === undefined ? {} : { startsAt }),
});

test.each([
  ['on sale', 'on sale'],
  ['reserved', 'locked'],
  ['sold', 'sold'],
  ['withdrawn', 'withdrawn'],
] as const)('a ticket that is %s is %s to its seller', (status, standing) => {
  expect(standingOf(ticket(status), now)).toBe(standing);
  expect(standingOf(ticket(status, '2026-11-22T20:00:01Z'), now)).toBe(standing);
});

test('a ticket whose date has passed is over, though the service calls it withdrawn', () => {
  expect(standingOf(ticket('withdrawn', '2026-11-22T20:00:00Z'), now)).toBe('over');
  expect(standingOf(ticket('on sale', '2026-11-22T19:00:00Z'), now)).toBe('over');
});

test('a ticket that was sold stays sold after its date, and one being paid for stays locked', () => {
  expect(standingOf(ticket('sold', '2026-11-22T19:00:00Z'), now)).toBe('sold');
  expect(standingOf(ticket('reserved', '2026-11-22T19:00:00Z'), now)).toBe('locked');
});
