import { describe, expect, it } from '@jest/globals';
import type { Ticket } from '../../shared/api/types.ts';
import { isFreeAfter } from './is-free.ts';

const ticket: Ticket = {
  ...{ id: 't', title: 'Nils Frahm', price: 48, currency: 'usd', userId: 'seller', version: 3 },
  status: 'on sale',
};
const order = { id: 'mine' };

describe('the page of an order that was cancelled', () => {
  it('offers the ticket again where it is on sale, or not yet known to be', () => {
    expect(isFreeAfter(order, ticket)).toBe(true);
    expect(isFreeAfter(order, { ...ticket, status: 'reserved', orderId: 'mine' })).toBe(true);
  });

  it('does not where somebody else has it by now, or its seller took it back', () => {
    expect(isFreeAfter(order, { ...ticket, status: 'reserved', orderId: 'another' })).toBe(false);
    expect(isFreeAfter(order, { ...ticket, status: 'sold', orderId: 'another' })).toBe(false);
    expect(isFreeAfter(order, { ...ticket, status: 'withdrawn' })).toBe(false);
  });
});
