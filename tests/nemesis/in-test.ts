import { expect } from '@jest/globals';
import type { Judged } from './judged.ts';
import { UNHEARD } from './lost.ts';
import { reportOf, reportOfRestore, violationsIn } from './report.ts';
import { type RestoreOptions, runRestore } from './restores.ts';
import { type RunOptions, runNemesis } from './run.ts';

/** What has to come about, or nothing was tried. */
const MUST_HAPPEN = ['reserve 201', 'release 204', 'pay 201', 'pay 402 card_declined', 'edit 200'];
const MUST_END = ['order completed', 'order cancelled', 'payment captured', 'payment canceled'];

/** Of NEMESIS_SEED, or another one each time, which a failure tells. */
const seedOfTest = (): number => Number(process.env.NEMESIS_SEED ?? Date.now() % 1_000_000);

const expectMuchTried = (seed: number, { answers, ended, rows }: Judged): void => {
  const missing = [
    ...MUST_HAPPEN.filter((what) => answers[what] === undefined),
    ...MUST_END.filter((what) => ended[what] === undefined),
    ...rows
      .filter(({ invariant, checked }) => checked === 0 && invariant !== UNHEARD)
      .map(({ invariant }) => invariant),
  ];
  expect([seed, ...missing]).toEqual([seed]);
};

/**
 * Runs it once, with the seed of NEMESIS_SEED or another one each time, which a failure tells.
 * @throws with the report, where anything was violated; also where too little has come about to say so
 */
export const expectNothingViolated = async (options: Omit<RunOptions, 'seed'>): Promise<void> => {
  const seed = seedOfTest();
  const result = await runNemesis({ ...options, seed });
  if (violationsIn(result) > 0) throw new Error(reportOf(result));
  expectMuchTried(seed, result);
};

/** As `expectNothingViolated`, of a restore. */
export const expectNothingViolatedByRestore = async (
  options: Omit<RestoreOptions, 'seed'>,
): Promise<void> => {
  const seed = seedOfTest();
  const result = await runRestore({ ...options, seed });
  if (violationsIn(result) > 0) throw new Error(reportOfRestore(result));
  expectMuchTried(seed, result);
};
