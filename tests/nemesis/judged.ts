/** What a run was found to be, and how it is told: the same for faults and for restores. */
import { writeFile } from 'node:fs/promises';
import type { Evidence, Row } from './checker.ts';
import { countsOf, type Entry, toldIn } from './history.ts';

export interface Judged {
  /** How often each was answered in each way. */
  readonly answers: Readonly<Record<string, number>>;
  /** Of orders and payments in the stores, how many are in each state. */
  readonly ended: Readonly<Record<string, number>>;
  readonly rows: readonly Row[];
  /** All that was asked and done about these tickets, orders and payments, in the order of time. */
  story(ids: readonly string[]): string[];
  /** Writes all of the history into a file, one JSON a line. */
  keep(file: string): Promise<void>;
}

/** What was done to the system, as its story tells it, in milliseconds since 1970. */
export interface Happening {
  readonly name: string;
  readonly began: number;
  /** Undefined while it goes on. */
  readonly ended: number | undefined;
}

export const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
};

const storyOf = (
  entries: readonly Entry[],
  happenings: readonly Happening[],
  ids: readonly string[],
): string[] => {
  const isAbout = (entry: Entry) =>
    [entry.about, toldIn(entry).id, JSON.stringify(entry.body ?? '')].some((text) =>
      ids.some((id) => text?.includes(id)),
    );
  const about = entries.filter((entry) => entry.what !== 'browse' && isAbout(entry));
  const from = Math.min(...about.map(({ askedAt }) => askedAt)) - 5_000;
  const until = Math.max(...about.map(({ answeredAt }) => answeredAt)) + 5_000;
  const time = (at: number) => new Date(at).toISOString().slice(11);
  return [
    ...about.map((entry) => {
      const { who, what, about: id = '', askedAt, answeredAt, status, body } = entry;
      const told = `${status ?? 'no answer'} ${JSON.stringify(body)?.slice(0, 300)}`;
      return { at: askedAt, line: `${time(askedAt)} to ${time(answeredAt)} ${who} ${what} ${id}: ${told}` };
    }),
    ...happenings
      .filter(({ began, ended = until }) => ended >= from && began <= until)
      .map(({ name, began, ended }) => ({
        at: began,
        line: `${time(began)} to ${ended === undefined ? '…' : time(ended)} ${name}`,
      })),
  ]
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
};

export const judged = (run: {
  readonly entries: readonly Entry[];
  readonly evidence: Pick<Evidence, 'orders' | 'payments'>;
  readonly happenings: readonly Happening[];
  readonly rows: readonly Row[];
}): Judged => {
  const { entries, evidence, happenings, rows } = run;
  return {
    answers: countsOf(entries),
    ended: tally([
      ...evidence.orders.map(({ status }) => `order ${status}`),
      ...evidence.payments.map(({ status }) => `payment ${status}`),
    ]),
    rows,
    story: (ids) => storyOf(entries, happenings, ids),
    keep: (file) => writeFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')),
  };
};

/** Of processes that ended without having been asked to, each by a sentence. */
export const noneEnds = (checked: number, deaths: readonly string[]): Row => ({
  invariant: 'no process ends by itself',
  checked,
  violations: deaths.map((detail) => ({ detail, ids: [] })),
});
