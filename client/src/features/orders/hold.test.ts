import { describe, expect, it } from '@jest/globals';
import { askEvery, HOLES, holdSeconds, holesClosed, isUrgent, toAnnounce } from './hold.ts';

const began = Date.parse('2026-12-14T20:26:00Z');
const orderOf = (holdMs: number) => ({
  id: `${(began / 1000).toString(16)}0000000000000000`,
  expiresAt: new Date(began + holdMs).toISOString(),
});

describe('the time an order has', () => {
  it('is what lies between its making and its end', () => {
    expect(holdSeconds(orderOf(900_000))).toBe(900);
    // Made late in its second.
    expect(holdSeconds(orderOf(900_870))).toBe(900);
    expect(holdSeconds(orderOf(20_300))).toBe(20);
  });

  it('is urgent in its last minute, and no more when it is over', () => {
    expect([61, 60, 59, 1, 0].map(isUrgent)).toEqual([false, false, true, true, false]);
  });
});

describe('the perforation', () => {
  it('closes a hole every thirtieth of the hold', () => {
    expect(holesClosed(900, 900)).toBe(0);
    expect(holesClosed(871, 900)).toBe(0);
    expect(holesClosed(870, 900)).toBe(1);
    expect(holesClosed(450, 900)).toBe(15);
    expect(holesClosed(30, 900)).toBe(29);
    expect(holesClosed(0, 900)).toBe(HOLES);
  });

  it('closes them as evenly in a hold of half a minute', () => {
    expect([30, 29, 15, 1, 0].map((left) => holesClosed(left, 30))).toEqual([0, 1, 15, 29, 30]);
  });

  it('has never more than all of them closed, nor fewer than none', () => {
    expect(holesClosed(-20, 900)).toBe(HOLES);
    expect(holesClosed(905, 900)).toBe(0);
  });
});

describe('what is said of the time left', () => {
  it('is said at five minutes, one minute and thirty seconds', () => {
    expect(toAnnounce(301, 300)).toBe(300);
    expect(toAnnounce(61, 60)).toBe(60);
    expect(toAnnounce(31, 30)).toBe(30);
  });

  it('is said once, and not every second', () => {
    expect(toAnnounce(300, 299)).toBeUndefined();
    expect(toAnnounce(200, 199)).toBeUndefined();
  });

  it('is only the last of it after a page has slept', () => {
    expect(toAnnounce(500, 45)).toBe(60);
    expect(toAnnounce(500, 12)).toBe(30);
  });

  it('is nothing when the time is over, which the page itself says then', () => {
    expect(toAnnounce(500, 0)).toBeUndefined();
  });
});

describe('how often a page asks for its order', () => {
  const awaiting = { status: 'awaiting payment' } as const;

  it('is more often towards the end of the hold', () => {
    const every = [600, 60, 15, 0].map((left) => askEvery(awaiting, left, false));
    expect(every).toEqual([...every].sort((a, b) => Number(b) - Number(a)));
    expect(new Set(every).size).toBe(4);
  });

  it('is every second while it is being paid', () => {
    expect(askEvery(awaiting, 600, true)).toBe(1_000);
  });

  it('is never again once it is cancelled, or paid with its receipt', () => {
    expect(askEvery({ status: 'cancelled' }, 600, true)).toBeNull();
    const receipt = { paymentId: 'p', paidAt: '2026-12-14T20:30:00Z' };
    expect(askEvery({ status: 'completed', receipt }, 600, false)).toBeNull();
    expect(askEvery({ status: 'completed' }, 600, false)).not.toBeNull();
  });
});
