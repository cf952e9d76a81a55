import { describe, expect, it } from '@jest/globals';
import { type Known, newestOf } from './newest.ts';

const order = (id: string, version: number, status: Known['status']): Known => ({ id, version, status });
const earlier = '65f000000000000000000001';
const later = '65f000010000000000000001';
const inTheSameSecond = '65f000010000000000000000';

describe('of a visitor’s orders of one ticket', () => {
  it('what is known of one order is its highest version, in whatever order it was heard', () => {
    const [held, paid] = [order(later, 0, 'awaiting payment'), order(later, 1, 'completed')];
    expect(newestOf(held, paid)).toBe(paid);
    expect(newestOf(paid, held)).toBe(paid);
  });

  it('the one that was made later holds', () => {
    const [lapsed, again] = [order(earlier, 4, 'cancelled'), order(later, 0, 'awaiting payment')];
    expect(newestOf(lapsed, again)).toBe(again);
    expect(newestOf(again, lapsed)).toBe(again);
  });

  it('of two that were made in one second the one holds that is not cancelled', () => {
    const [lapsed, again] = [order(later, 1, 'cancelled'), order(inTheSameSecond, 0, 'awaiting payment')];
    expect(newestOf(lapsed, again)).toBe(again);
    expect(newestOf(again, lapsed)).toBe(again);
  });

  it('one is newer than none', () => {
    const one = order(later, 0, 'awaiting payment');
    expect(newestOf(undefined, one)).toBe(one);
    expect(newestOf(one, undefined)).toBe(one);
  });
});
