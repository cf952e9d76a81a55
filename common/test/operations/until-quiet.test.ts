import { describe, expect, it } from '@jest/globals';
import type { UnderWay } from '../../src/messaging/index.ts';
import { untilQuiet } from '../../src/operations/until-quiet.ts';

/** Looks one after the other, the last one again and again; time goes by only in pauses. */
const waitOver = async (quietMs: number, ...looks: UnderWay[]) => {
  const lines: string[] = [];
  let [ms, count] = [0, 0];
  await untilQuiet({
    look: async () => {
      const seen = looks[Math.min(count, looks.length - 1)];
      count += 1;
      return seen ?? { waiting: [], newest: {} };
    },
    quietMs,
    say: (line) => lines.push(line),
    now: () => ms,
    pause: async (by) => {
      ms += by;
    },
  });
  return { lines, ms };
};

const nothing = (newest = 1): UnderWay => ({ waiting: [], newest: { 'order:created': newest } });
const something: UnderWay = {
  waiting: ['payments has 1 of order:created to handle'],
  newest: { 'order:created': 1 },
};

describe('the wait until nothing is under way', () => {
  it('is as long as asked for where nothing is under way from the beginning', async () => {
    expect((await waitOver(5_000, nothing())).ms).toBe(5_000);
    expect((await waitOver(0, nothing())).ms).toBe(0);
  });

  it('begins anew as long as anything is to be handled', async () => {
    expect((await waitOver(1_000, nothing(), something, something, nothing())).ms).toBe(2 * 500 + 1_000);
  });

  it('begins anew with each event that is published, however soon it is handled', async () => {
    expect((await waitOver(1_000, nothing(1), nothing(2), nothing(3))).ms).toBe(2 * 500 + 1_000);
  });

  it('tells what it waits for, once for as long as it is the same', async () => {
    const { lines } = await waitOver(1_000, something, something, nothing());
    expect(lines).toEqual([
      '  payments has 1 of order:created to handle',
      '  nothing is under way; waiting for 1 s more',
    ]);
  });
});
