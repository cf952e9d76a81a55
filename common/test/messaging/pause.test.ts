import { describe, expect, it } from '@jest/globals';
import { growingPause, RETRY_PAUSES } from '../../src/messaging/pause.ts';

describe('the pause between two tries', () => {
  const pauses = { firstMs: 100, longestMs: 60_000 };
  const shortest = () => 0;
  const longest = () => 0.999_999;

  it('is longer each time, whatever chance adds, until it is as long as it gets', () => {
    for (let failures = 1; failures < 10; failures += 1) {
      expect(growingPause(failures + 1, pauses, shortest)).toBeGreaterThan(
        growingPause(failures, pauses, longest),
      );
    }
    expect(growingPause(1_000, pauses, longest)).toBeLessThanOrEqual(60_000);
  });

  it('is a whole number of milliseconds, because JetStream delivers at once otherwise', () => {
    for (let failures = 1; failures < 20; failures += 1) {
      expect(Number.isInteger(growingPause(failures, pauses))).toBe(true);
    }
  });

  it('lets an event be tried for longer than a database takes to elect a new primary', () => {
    const total = Array.from({ length: 9 }, (_, index) => growingPause(index + 1, RETRY_PAUSES, shortest));
    expect(total.reduce((sum, pause) => sum + pause)).toBeGreaterThan(30_000);
  });
});
