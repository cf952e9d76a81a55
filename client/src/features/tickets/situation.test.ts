import { describe, expect, it } from '@jest/globals';
import type { Order, Ticket, User } from '../../shared/api/types.ts';
import { situationOf } from './situation.ts';

const now = new Date('2026-12-14T12:00:00Z');
const seller: User = { id: 'seller', email: 'seller@example.com' };
const buyer: User = { id: 'buyer', email: 'buyer@example.com' };
const ticket = (more: Partial<Ticket> = {}): Ticket => ({
  id: 'ticket',
  title: 'Nils Frahm',
  price: 48,
  currency: 'usd',
  userId: seller.id,
  version: 0,
  status: 'on sale',
  ...more,
});
const order = (status: Order['status']): Order => ({
  id: 'order',
  userId: buyer.id,
  status,
  expiresAt: now.toISOString(),
  version: 0,
  ticket: { id: 'ticket', title: 'Nils Frahm', price: 48, currency: 'usd' },
});

const kind = (seen: { ticket?: Ticket; visitor?: User | null; order?: Order }) =>
  situationOf({ ticket: ticket(), visitor: buyer, order: undefined, now, ...seen }).kind;

describe('a ticket', () => {
  it('is on sale to anybody but its seller', () => {
    expect(kind({})).toBe('on sale');
    expect(kind({ visitor: null })).toBe('on sale');
    expect(kind({ visitor: seller })).toBe('your own');
  });

  it('is held for the one who reserved it, and reserved to everybody else', () => {
    const reserved = ticket({ status: 'reserved', orderId: 'order' });
    expect(kind({ ticket: reserved, order: order('awaiting payment') })).toBe('held by you');
    expect(kind({ ticket: reserved })).toBe('reserved');
  });

  it('belongs to the one who paid for it, and is sold to everybody else', () => {
    const sold = ticket({ status: 'sold', orderId: 'order' });
    expect(kind({ ticket: sold, order: order('completed') })).toBe('yours');
    expect(kind({ ticket: sold })).toBe('sold');
  });

  it('is on sale again to the one who let it go', () => {
    expect(kind({ order: order('cancelled') })).toBe('on sale');
    // Before the ticket has heard of it; but not if another buyer has it by now.
    const reserved = ticket({ status: 'reserved', orderId: 'order' });
    expect(kind({ ticket: reserved, order: order('cancelled') })).toBe('on sale');
    expect(kind({ ticket: { ...reserved, orderId: 'another' }, order: order('cancelled') })).toBe('reserved');
  });

  it('is not called withdrawn when it has only begun', () => {
    const begun = ticket({ status: 'withdrawn', startsAt: '2026-12-14T11:00:00Z' });
    expect(kind({ ticket: begun })).toBe('begun');
    expect(kind({ ticket: ticket({ status: 'withdrawn' }) })).toBe('withdrawn');
    expect(kind({ ticket: ticket({ status: 'sold', startsAt: '2026-12-14T11:00:00Z' }) })).toBe('sold');
  });
});
