/** A minute of the nemesis (`npm run faults` runs it for longer): whatever fails, what was promised holds. */
import { expect, it } from '@jest/globals';
import { reportOf, violationsIn } from '../nemesis/report.ts';
import { runNemesis } from '../nemesis/run.ts';

const TEST_MS = 600_000;
const OPEN_MS = 60_000;
/** What has to come about, or nothing was tried. */
const MUST_HAPPEN = ['reserve 201', 'release 204', 'pay 201', 'pay 402 card_declined', 'edit 200'];
const MUST_END = ['order completed', 'order cancelled', 'payment captured', 'payment canceled'];

it(
  'a crowd buys and sells while everything fails by turns, and nothing that was promised is violated',
  async () => {
    // The report of a failure names its seed; with it here, the same is planned again.
    const seed = Number(process.env.NEMESIS_SEED ?? Date.now() % 1_000_000);
    const result = await runNemesis({ transport: 'nats-streaming', seed, openMs: OPEN_MS });
    if (violationsIn(result) > 0) throw new Error(reportOf(result));
    const { answers, ended, rows } = result;
    for (const what of MUST_HAPPEN)
      expect([seed, what, answers[what]]).toEqual([seed, what, expect.any(Number)]);
    for (const what of MUST_END) expect([seed, what, ended[what]]).toEqual([seed, what, expect.any(Number)]);
    const empty = rows.filter(({ checked }) => checked === 0).map(({ invariant }) => invariant);
    expect([seed, empty]).toEqual([seed, []]);
  },
  TEST_MS,
);
