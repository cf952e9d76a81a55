import { describe, expect, it } from '@jest/globals';
import { delayOf } from './delay.ts';

describe('the time until a page asks again', () => {
  it('is the interval, a fifth sooner or later, so that not everybody asks at once', () => {
    const at = (random: number) => delayOf({ interval: 10_000, failures: 0 }, random);
    expect([at(0), at(0.5), at(0.999)].map(Math.round)).toEqual([8_000, 10_000, 11_996]);
  });

  it('doubles with each failure, up to a minute', () => {
    const after = (failures: number) => delayOf({ interval: 4_000, failures }, 0);
    expect([1, 2, 3, 4, 5, 12].map(after)).toEqual([4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('does not hammer a service that is away, however fast the page asks else', () => {
    expect(delayOf({ interval: 200, failures: 3 }, 0)).toBe(4_000);
  });

  it('is never shorter than a service has asked for', () => {
    expect(delayOf({ interval: 1_000, failures: 1, retryAfter: 30 }, 0)).toBe(30_000);
    expect(delayOf({ interval: 1_000, failures: 1, retryAfter: 300 }, 0.5)).toBeGreaterThan(300_000);
  });
});
