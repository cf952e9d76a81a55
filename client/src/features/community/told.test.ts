import { describe, expect, it, jest } from '@jest/globals';
import type { Post, Ticket } from '../../shared/api/types.ts';
import { withoutRepeats, withTickets } from './told.ts';

const NOW = new Date('2026-12-24T20:30:00.000Z');

const post = (id: string, ticketId?: string): Post => ({
  ...{ id, text: 'Third row.', createdAt: NOW.toISOString(), likes: 0, likedByMe: false, comments: 0 },
  author: { userId: 'u', handle: 'mira_oe', name: 'Mira' },
  ...(ticketId === undefined ? {} : { ticketId }),
});
const ticket = (id: string, more: Partial<Ticket> = {}): Ticket => ({
  ...{ id, title: 'Nils Frahm', price: 48, currency: 'usd', userId: 's', version: 0, status: 'on sale' },
  ...more,
});

const told = async (tickets: readonly Ticket[], posts: readonly Post[]) => {
  const find = jest.fn(async (id: string) => tickets.find((each) => each.id === id));
  const { items } = await withTickets({ items: posts }, find, NOW);
  return { items, find };
};

describe('posts', () => {
  it('come with the tickets they are about, each asked for once', async () => {
    const a = ticket('a');
    const { items, find } = await told([a], [post('1', 'a'), post('2'), post('3', 'a')]);
    expect(items.map((each) => each.ticket)).toEqual([a, undefined, a]);
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('about a ticket that is gone, or that nobody knows of, are about nothing', async () => {
    const { items } = await told([], [post('1', 'a')]);
    expect(items).toEqual([{ post: post('1', 'a') }]);
  });

  it('about what its seller took back are so for the seller as well', async () => {
    const tickets = [
      ticket('a', { status: 'withdrawn' }),
      ticket('b', { status: 'withdrawn', startsAt: '2027-01-01T20:00:00.000Z' }),
    ];
    const { items } = await told(tickets, [post('1', 'a'), post('2', 'b')]);
    expect(items.map((each) => each.ticket)).toEqual([undefined, undefined]);
  });

  it('about what has begun, or is sold, are about it ever after', async () => {
    const tickets = [
      ticket('a', { status: 'withdrawn', startsAt: '2026-12-24T20:00:00.000Z' }),
      ticket('b', { status: 'sold' }),
    ];
    const { items } = await told(tickets, [post('1', 'a'), post('2', 'b')]);
    expect(items.map((each) => each.ticket?.id)).toEqual(['a', 'b']);
  });

  it('keep the way to the next page', async () => {
    const page = await withTickets({ items: [], next: 'x' }, async () => undefined, NOW);
    expect(page).toEqual({ items: [], next: 'x' });
  });

  it('that come again are shown once', () => {
    const twice = [{ id: '1' }, { id: '2' }, { id: '1' }];
    expect(withoutRepeats(twice, ({ id }) => id)).toEqual([{ id: '1' }, { id: '2' }]);
  });
});
