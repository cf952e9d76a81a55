/** What a run has found, for people. */
import { notYet } from './faults.ts';
import type { Result } from './run.ts';

const MOST_VIOLATIONS = 10;
const MOST_LINES = 60;

export const violationsIn = ({ rows }: Pick<Result, 'rows'>): number =>
  rows.reduce((sum, { violations }) => sum + violations.length, 0);

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

/** In Markdown: what was done, what was checked, and of each violation what it is and how it came about. */
export const reportOf = (result: Result): string => {
  const { options, answers, ended, faults, upMs, rows, story } = result;
  const violated = rows.flatMap(({ invariant, violations }) =>
    violations.map((each) => ({ invariant, ...each })),
  );
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ');
  return [
    `seed ${options.seed}, ${options.transport}, standalone, ${Math.round(options.openMs / 1000)} s`,
    '',
    `Answers: ${counted(answers)}.`,
    `In the stores: ${counted(ended)}.`,
    `Faults: ${counted(faults)}.`,
    `Orders was ready for ${Math.round(upMs / 1000)} s of it.`,
    `Not switched on yet: ${notYet.map(({ name, rule }) => `${name} (${rule})`).join('; ')}.`,
    '',
    ...table(
      ['invariant', 'checked', 'violations'],
      rows.map(({ invariant, checked, violations }) => [invariant, checked, violations.length]),
    ),
    ...violated
      .slice(0, MOST_VIOLATIONS)
      .flatMap(({ invariant, detail, ids }) => [
        '',
        `VIOLATION of “${invariant}”: ${detail}`,
        ...(ids.length === 0 ? [] : story(ids).slice(0, MOST_LINES)),
      ]),
    ...(violated.length > MOST_VIOLATIONS ? ['', `and ${violated.length - MOST_VIOLATIONS} more`] : []),
  ].join('\n');
};
