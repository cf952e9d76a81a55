import { describe, expect, it } from '@jest/globals';
import { randomFrom } from '@ticketing/common/testing';
import { type Kind, planFaults } from './faults.ts';
import { upBetween } from './uptime.ts';

const kind = (name: string, weight: number): Kind => ({
  name,
  rule: 'none',
  weight,
  lasts: [0, 10_000],
  targets: [1, 2].map((n) => ({
    name: `${name} ${n}`,
    takes: [`${name} ${n}`],
    begin: async () => {},
    end: async () => {},
  })),
});
const kinds = [kind('often', 9), kind('seldom', 1)];
const told = (seed: number) =>
  planFaults(kinds, randomFrom(seed), 60_000).map(({ at, lastsMs, target }) => [at, lastsMs, target.name]);

describe('a plan of faults', () => {
  it('follows from its seed', () => {
    expect(told(1)).toEqual(told(1));
    expect(told(1)).not.toEqual(told(2));
  });

  it('has every kind in it, those of more weight more often, and is over in time', () => {
    const plan = planFaults(kinds, randomFrom(3), 600_000);
    const often = plan.filter(({ kind: { name } }) => name === 'often').length;
    expect(often).toBeGreaterThan(plan.length / 2);
    expect(often).toBeLessThan(plan.length);
    expect(Math.max(...plan.map(({ at, lastsMs }) => at + lastsMs))).toBeLessThanOrEqual(600_000);
  });
});

describe('uptime', () => {
  const looks = [
    { at: 0, isUp: true },
    { at: 200, isUp: true },
    { at: 400, isUp: false },
    { at: 600, isUp: true },
    { at: 800, isUp: true },
    { at: 5_000, isUp: true },
    { at: 5_200, isUp: true },
  ];
  it.each([
    [0, 200, 200],
    [0, 10_000, 600],
    [100, 700, 200],
    [300, 500, 0],
    // The machine was too busy to look.
    [800, 5_000, 0],
  ])('between %i and %i is %i ms', (from, until, up) => {
    expect(upBetween(looks, from, until)).toBe(up);
  });
});
