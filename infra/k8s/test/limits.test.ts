import { describe, expect, it } from '@jest/globals';
import type { Budget } from '@ticketing/common/rate-limits';
import * as ofAccounts from '../../../auth/src/budgets.ts';
import { sectionOf } from './docs.ts';
import { everyRoute } from './tables.ts';

/** What operators call a budget, where that is not its name, and what they are told beside its figures. */
const words: Readonly<Record<string, { readonly what: string; readonly beside?: string }>> = {
  'sign in': { what: 'signing in' },
  account: { what: 'signing in', beside: ', all given back by the right password' },
  'sign up': { what: 'signing up' },
  'sign up account': { what: 'signing up' },
  'write tickets': { what: 'putting up, editing and withdrawing tickets' },
  'write orders': { what: 'reserving and cancelling' },
  pay: { what: 'paying' },
  'change profile': { what: 'changing one’s profile' },
  'write posts': { what: 'writing posts' },
  'write comments': { what: 'writing comments' },
  'change posts': { what: 'editing and deleting posts and comments' },
  like: { what: 'liking, and taking it back' },
  follow: { what: 'following, and no longer' },
  block: { what: 'blocking, and no longer' },
  report: { what: 'reporting' },
};

/** How a budget is called that all people of a network share. */
const ALL_TOGETHER = ', all together';

const bys = {
  address: 'address',
  account: 'account, from wherever',
  user: 'user',
} as const;

const span = (seconds: number): string => {
  if (seconds === 60) return 'a minute';
  return seconds === 3_600 ? 'an hour' : `in ${seconds / 60} minutes`;
};

const rowOf = (by: keyof typeof bys, { name, points, seconds }: Budget): string => {
  const { what = name, beside = '' } = words[name.replace(ALL_TOGETHER, '')] ?? {};
  const together = name.endsWith(ALL_TOGETHER) ? ', all its people together' : '';
  return `| ${what} | ${bys[by]} | ${points} ${span(seconds)}${beside}${together} |`;
};

/** The rows that the code gives: of every budget in a route table, and of those that auth takes from by itself. */
const rowsOfCode = (): string[] => {
  const rows = new Set<string>();
  const note = (by: keyof typeof bys, budget: Budget) => rows.add(rowOf(by, budget));
  everyRoute(note);
  const { signUps, signIns, ...others } = ofAccounts;
  for (const budget of Object.values(others)) note('account', budget);
  return [...rows].sort();
};

const rowsOfDocs = (): string[] => {
  const [, table = ''] = sectionOf('operations.md', 'Limits').split('| --- | --- | --- |\n');
  return (table.split('\n\n')[0] ?? '').trim().split('\n').sort();
};

describe('what operators are told of limits', () => {
  it('is what the code limits: every row, and every figure in it', () => {
    expect(rowsOfDocs()).toEqual(rowsOfCode());
  });
});
