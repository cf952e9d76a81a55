/**
 * Writes the table of what each adapter promises into the README, from what the conformance suite tests:
 * `npm run promises -w common`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Adapter, adapters, isKeptBy, promiseIds, promises } from '../test/messaging/promises.ts';

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const BEGIN = '<!-- promises: written by `npm run promises -w common` -->';
const END = '<!-- end of promises -->';

const titles: Record<Adapter, string> = {
  'nats-streaming': 'NATS Streaming',
  jetstream: 'JetStream',
  memory: 'memory',
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (): string =>
  [
    row(['', 'promise', ...adapters.map((adapter) => titles[adapter])]),
    row(['---', '---', ...adapters.map(() => ':---:')]),
    ...promiseIds.map((id, index) => {
      const { about, says } = promises[id];
      const before = promiseIds[index - 1];
      const first = before === undefined || promises[before].about !== about;
      return row([
        first ? about : '',
        says,
        ...adapters.map((adapter) => (isKeptBy(id, adapter) ? '✓' : '–')),
      ]);
    }),
  ].join('\n');

/** The README as it is, and as it should be. @throws {Error} when it has no place for the table */
export const readmeWithTable = async (): Promise<{ is: string; shouldBe: string }> => {
  const is = await readFile(README, 'utf8');
  const [before, rest] = is.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`no "${BEGIN}" … "${END}" in ${README}`);
  return { is, shouldBe: `${before}${BEGIN}\n${table()}\n${END}${after}` };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(README, (await readmeWithTable()).shouldBe);
}
