import { describe, expect, it } from '@jest/globals';
import type { Page, Ticket } from '../../shared/api/types.ts';
import { begin, closeUp, goOn, hasLost, hear, type Shown, showFresh } from './shown.ts';

/** A ticket; of two, the one with the higher number was put up later. */
const ticket = (number: number, { price = 20, version = 0 } = {}): Ticket => ({
  id: number.toString(16).padStart(24, '0'),
  title: `No. ${number}`,
  price,
  currency: 'usd',
  userId: 'seller',
  version,
  status: 'on sale',
});

const page = (numbers: readonly number[], next?: string): Page<Ticket> => ({
  items: numbers.map((number) => ticket(number)),
  ...(next === undefined ? {} : { next }),
});

const numbersOf = (tickets: readonly Ticket[]) => tickets.map(({ id }) => Number.parseInt(id, 16));
const numbers = ({ entries }: Shown) => numbersOf(entries.map((entry) => entry.ticket));
const gone = ({ entries }: Shown) =>
  numbersOf(entries.filter((each) => each.gone).map((each) => each.ticket));
const fresh = (shown: Shown) => numbersOf(shown.fresh.map((each) => each.ticket));

/** What a visitor owns who has reserved nothing. */
const nothing = () => false;

describe('the list that a visitor sees', () => {
  const newest = begin('newest', page([9, 8, 7, 6], 'after 6'));

  it('stays as it is while nothing happens', () => {
    const heard = hear(newest, 0, page([9, 8, 7, 6], 'after 6'));
    expect(numbers(heard)).toEqual([9, 8, 7, 6]);
    expect(gone(heard)).toEqual([]);
    expect(fresh(heard)).toEqual([]);
  });

  it('leaves the place of a taken ticket empty, until it closes up', () => {
    const heard = hear(newest, 0, page([9, 7, 6, 5], 'after 5'));
    expect(numbers(heard)).toEqual([9, 8, 7, 6]);
    expect(gone(heard)).toEqual([8]);
    expect(numbers(closeUp(heard, nothing))).toEqual([9, 7, 6]);
  });

  it('does not count as new what moves up from the next page', () => {
    const heard = hear(newest, 0, page([9, 7, 6, 5], 'after 5'));
    expect(fresh(heard)).toEqual([]);
    expect(heard.next?.cursor).toBe('after 6');
  });

  it('shows a ticket again whose hold ran out while its place was empty', () => {
    const heard = hear(hear(newest, 0, page([9, 7, 6, 5], 'after 5')), 0, page([9, 8, 7, 6], 'after 6'));
    expect(gone(heard)).toEqual([]);
  });

  it('keeps new ones back until they are asked for, and then puts them where they belong', () => {
    const heard = hear(newest, 0, page([11, 10, 9, 8], 'after 8'));
    expect(numbers(heard)).toEqual([9, 8, 7, 6]);
    expect(fresh(heard)).toEqual([11, 10]);
    expect(numbers(showFresh(heard, nothing))).toEqual([11, 10, 9, 8, 7, 6]);
    expect(fresh(showFresh(heard, nothing))).toEqual([]);
  });

  it('does not take for gone what new ones have pushed off the page', () => {
    expect(gone(hear(newest, 0, page([11, 10, 9, 8], 'after 8')))).toEqual([]);
  });

  it('forgets a new one that is taken before it was asked for', () => {
    const heard = hear(hear(newest, 0, page([10, 9, 8, 7], 'after 7')), 0, page([9, 8, 7, 6], 'after 6'));
    expect(fresh(heard)).toEqual([]);
  });

  it('begins anew where so many are new that they do not meet those shown', () => {
    const heard = hear(newest, 0, page([23, 22, 21, 20], 'after 20'));
    expect(gone(heard)).toEqual([]);
    expect(fresh(heard)).toEqual([23, 22, 21, 20]);
    const anew = showFresh(heard, nothing);
    expect(numbers(anew)).toEqual([23, 22, 21, 20]);
    expect(anew.next?.cursor).toBe('after 20');
  });

  it('goes on where it ended, and no ticket stands in it twice', () => {
    const longer = goOn(newest, page([6, 5, 4], 'after 4'));
    expect(numbers(longer)).toEqual([9, 8, 7, 6, 5, 4]);
    expect(longer.starts).toEqual([undefined, 'after 6']);
    expect(longer.next?.cursor).toBe('after 4');
  });

  it('hears of each of its pages on its own', () => {
    const longer = goOn(newest, page([5, 4, 3]));
    expect(gone(hear(longer, 0, page([9, 8, 7, 6], 'after 6')))).toEqual([]);
    expect(gone(hear(longer, 1, page([5, 3])))).toEqual([4]);
    // The first page's answer reaches into the second by now.
    expect(gone(hear(longer, 0, page([9, 8, 6, 4], 'after 4')))).toEqual([7, 5]);
  });

  it('is known to be empty after the last ticket is taken', () => {
    const heard = hear(begin('newest', page([2, 1])), 0, page([]));
    expect(gone(heard)).toEqual([2, 1]);
    expect(closeUp(heard, nothing).entries).toEqual([]);
  });

  it('shows a ticket as it is by now, and never as it was before', () => {
    const one = begin('newest', { items: [ticket(1, { version: 2 })] });
    const shown = (version: number) =>
      hear(one, 0, { items: [ticket(1, { version, price: 30 })] }).entries[0]?.ticket.price;
    expect(shown(3)).toBe(30);
    expect(shown(1)).toBe(20);
  });

  it('has new ones among the others where it is ordered by price', () => {
    const cheapest = begin('price', { items: [ticket(1, { price: 10 }), ticket(2, { price: 30 })] });
    const heard = hear(cheapest, 0, {
      items: [ticket(1, { price: 10 }), ticket(3, { price: 20 }), ticket(2, { price: 30 })],
    });
    expect(numbers(showFresh(heard, nothing))).toEqual([1, 3, 2]);
  });

  it('tells tickets of one price apart as the service does', () => {
    const same = (sort: 'price' | '-price', found: number[]) =>
      numbers(showFresh(hear(begin(sort, page([])), 0, page(found)), nothing));
    expect(same('price', [3, 2, 1])).toEqual([3, 2, 1]);
    expect(same('-price', [1, 2, 3])).toEqual([1, 2, 3]);
  });

  it('keeps what the visitor has reserved in its place', () => {
    const isEight = ({ id }: Ticket) => id === ticket(8).id;
    const heard = hear(newest, 0, page([10, 9, 6, 5], 'after 5'));
    expect(numbers(closeUp(heard, isEight))).toEqual([9, 8, 6]);
    expect(numbers(showFresh(heard, isEight))).toEqual([10, 9, 8, 6]);
  });

  it('asks whose a ticket is that has left the sale: once, and only if it is not known to be the visitor’s', () => {
    const isEight = ({ id }: Ticket) => id === ticket(8).id;
    const without = hear(newest, 0, page([9, 7, 6, 5], 'after 5'));
    expect(hasLost(newest, newest, nothing)).toBe(false);
    expect(hasLost(newest, without, nothing)).toBe(true);
    expect(hasLost(without, without, nothing)).toBe(false);
    expect(hasLost(newest, without, isEight)).toBe(false);
  });

  it('finds a released ticket again at the very end of what is shown', () => {
    const closed = closeUp(hear(newest, 0, page([9, 8, 7, 5], 'after 5')), nothing);
    expect(numbers(closed)).toEqual([9, 8, 7]);
    expect(fresh(hear(closed, 0, page([9, 8, 7, 6], 'after 6')))).toEqual([6]);
  });
});
