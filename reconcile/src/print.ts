/** A report as an operator reads it. */
import { type Finding, invariants, type Report } from './report.ts';

/** Columns as wide as their widest cell, two spaces between them. */
const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const rowOf = ({ invariant, about, id, detail }: Finding): string[] => [invariant, `${about} ${id}`, detail];

/** A row for each invariant, then a line for each difference, and last how many there are. */
export const linesOf = ({ checked, findings }: Report): string[] => {
  const rows = invariants.map((name) => [
    name,
    String(checked[name]),
    String(findings.filter(({ invariant }) => invariant === name).length),
  ]);
  const count = findings.length;
  return [
    ...aligned([['INVARIANT', 'CHECKED', 'DIFFERENCES'], ...rows]),
    '',
    ...(count === 0 ? [] : [...aligned(findings.map(rowOf)), '']),
    count === 0 ? 'Everything agrees.' : `${count} ${count === 1 ? 'difference' : 'differences'}.`,
  ];
};
