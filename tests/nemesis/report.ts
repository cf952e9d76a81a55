/** What a run has found, for people. */
import { notYet } from './faults.ts';
import type { Judged } from './judged.ts';
import type { RestoreOptions, RestoreResult } from './restores.ts';
import type { Result } from './run.ts';

const MOST_VIOLATIONS = 10;
/** Of one invariant, so that the others are told of as well. */
const MOST_OF_ONE = 4;
const MOST_LINES = 60;

export const violationsIn = ({ rows }: Pick<Judged, 'rows'>): number =>
  rows.reduce((sum, { violations }) => sum + violations.length, 0);

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');

/** Of each violation what it is and how it came about. */
const details = ({ rows, story }: Judged): string[] => {
  const told = rows
    .flatMap(({ invariant, violations }) =>
      violations.slice(0, MOST_OF_ONE).map((each) => ({ invariant, ...each })),
    )
    .slice(0, MOST_VIOLATIONS);
  const more = violationsIn({ rows }) - told.length;
  return [
    ...told.flatMap(({ invariant, detail, ids }) => [
      '',
      `VIOLATION of “${invariant}”: ${detail}`,
      ...(ids.length === 0 ? [] : story(ids).slice(0, MOST_LINES)),
    ]),
    ...(more > 0 ? ['', `and ${more} more`] : []),
  ];
};

const found = (run: Judged): string[] => [
  `Answers: ${counted(run.answers)}.`,
  `In the stores: ${counted(run.ended)}.`,
];

const checked = ({ rows }: Judged): string[] =>
  table(
    ['invariant', 'checked', 'violations'],
    rows.map((row) => [row.invariant, row.checked, row.violations.length]),
  );

/** In Markdown: what was done, what was checked, and of each violation what it is and how it came about. */
export const reportOf = (result: Result): string => {
  const { options, faults, upMs } = result;
  return [
    `seed ${options.seed}, ${options.transport}, standalone, ${Math.round(options.openMs / 1000)} s`,
    '',
    ...found(result),
    `Faults: ${counted(faults)}.`,
    `Orders was ready for ${Math.round(upMs / 1000)} s of it.`,
    `Not switched on yet: ${notYet.map(({ name, rule }) => `${name} (${rule})`).join('; ')}.`,
    '',
    ...checked(result),
    ...details(result),
  ].join('\n');
};

/** As `reportOf`, of one restore. */
export const reportOfRestore = (result: RestoreResult): string => {
  const { service, moment, transport, seed, openMs } = result.options;
  return [
    `${service}, backup made ${moment}, ${transport}, seed ${seed}, ${Math.round(openMs / 1000)} s`,
    '',
    ...found(result),
    '',
    ...checked(result),
    ...details(result),
  ].join('\n');
};

/** A restore that was to be tried, and what came of it: undefined where it did not come to its end. */
export interface TriedRestore {
  readonly options: Pick<RestoreOptions, 'service' | 'moment' | 'transport'>;
  readonly result: RestoreResult | undefined;
}

/** In Markdown: a line for each restore. */
export const tableOfRestores = (tried: readonly TriedRestore[]): string =>
  table(
    ['service', 'backup made', 'broker', 'orders', 'completed', 'lost unheard', 'violations'],
    tried.map(({ options: { service, moment, transport }, result }) => [
      service,
      moment,
      transport,
      ...(result === undefined
        ? ['', '', '', 'did not come to its end']
        : [result.orders, result.ended['order completed'] ?? 0, result.unheard, violationsIn(result)]),
    ]),
  ).join('\n');
