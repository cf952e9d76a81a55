import { describe, expect, it } from '@jest/globals';
import type { Ticket } from '../../shared/api/types.ts';
import { alike, tellingWords } from './alike.ts';

const ticket = (id: string): Ticket => ({
  id,
  title: id,
  price: 20,
  currency: 'usd',
  userId: 'seller',
  version: 0,
  status: 'on sale',
});
const [taken, a, b, c, d] = ['taken', 'a', 'b', 'c', 'd'].map(ticket) as [
  Ticket,
  Ticket,
  Ticket,
  Ticket,
  Ticket,
];

describe('who comes too late', () => {
  it('is offered what has the telling words of the title', () => {
    expect(tellingWords('The Tempest, row 4, seat 12')).toEqual(['Tempest', 'seat']);
    expect(tellingWords('Hamburg – Berlin, ICE 703, window seat')).toEqual(['Hamburg', 'Berlin', 'window']);
    expect(tellingWords('Nils Frahm, nils frahm')).toHaveLength(2);
    expect(tellingWords('U2')).toEqual([]);
  });

  it('is offered first what most of the words found', () => {
    const found = [
      [a, b],
      [b, c],
    ];
    expect(alike(taken, found, [d]).tickets).toEqual([b, a, c]);
  });

  it('is offered three at most, and never the same ticket again', () => {
    expect(alike(taken, [[taken, a, b, c, d]], []).tickets).toEqual([a, b, c]);
  });

  it('is offered the newest only where nothing is like it, and told so', () => {
    expect(alike(taken, [[a]], [b, c, d])).toEqual({ tickets: [a], areAlike: true });
    expect(alike(taken, [[taken], []], [taken, b, c])).toEqual({ tickets: [b, c], areAlike: false });
  });
});
