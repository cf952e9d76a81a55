import { describe, expect, it } from '@jest/globals';
import { deadReferences } from '../references.mjs';

const files: Readonly<Record<string, string>> = {
  'README.md': '# ticketing\n\n## Settings of `npm start`\n',
  'docs/protocol.md': '# The protocol\n\n## Words\n\n### Ticket lock\n\n### Rule 1: only a majority\n',
  'docs/decisions/0005-holds.md': '',
  'orders/src/order.ts': '',
};
const dead = (file: string, text: string) =>
  deadReferences(new Map(Object.entries({ ...files, [file]: text }))).map(
    ({ line, reference }) => `${line}: ${reference}`,
  );

describe('references', () => {
  it('leads somewhere: files, headings, rules, decisions, links and their anchors', () => {
    const comment = [
      '/**',
      ' * Fencing (docs/protocol.md, "Ticket lock"), as orders/src/order.ts decides (decision 5); see (README.md,',
      ' * "Settings of npm start") and docs/protocol.md, rule 1.',
      ' */',
    ];
    expect(dead('orders/src/a.ts', comment.join('\n'))).toEqual([]);
    const page =
      '[lock](protocol.md#ticket-lock), [words](#words), [away](https://example.com/a#b), [up](../README.md)';
    expect(dead('docs/protocol.md', `${files['docs/protocol.md']}\n\n${page}`)).toEqual([]);
  });

  it.each([
    ['a file that is not there', '// see docs/gone.md', 'docs/gone.md'],
    ['source that is not there', '// as orders/src/gone.ts does', 'orders/src/gone.ts'],
    ['a heading that is not there', '// (docs/protocol.md, "Seat lock")', 'docs/protocol.md, "Seat lock"'],
    ['a rule that is not there', '// (docs/protocol.md, rule 12)', 'docs/protocol.md, rule 12'],
    ['a decision that is not there', '/* decision 99 */', 'decision 99'],
    ['an issue', '// from issue 12', 'issue 12'],
    ['a document by its name alone', '// (protocol, "Ticket lock")', 'protocol, "Ticket lock"'],
    ['a part of it', '// the design, part 2', 'the design, part 2'],
  ])('finds %s', (_what, comment, reference) => {
    expect(dead('orders/src/a.ts', `\nconst a = 1;\n${comment}\n`)).toEqual([`3: ${reference}`]);
  });

  it('finds one that goes over the end of a line', () => {
    expect(dead('orders/src/a.ts', '/**\n * See (docs/protocol.md,\n * "Seat lock").\n */')).toEqual([
      '1: docs/protocol.md, "Seat lock"',
    ]);
    expect(dead('infra/a.yaml', '# See docs/protocol.md,\n# rule 7\na: 1')).toEqual([
      '1: docs/protocol.md, rule 7',
    ]);
  });

  it('finds a link, and an anchor, in Markdown', () => {
    const page =
      '# A\n\nSee [x](gone.md)\nand [y](protocol.md#seat-lock).\n\n```\n[z](gone-too.md)\n```\n\n[w](#b)\n';
    expect(dead('docs/a.md', page)).toEqual(['3: gone.md', '3: protocol.md#seat-lock', '10: #b']);
  });

  it('leaves code alone: only what is said about it leads somewhere', () => {
    expect(dead('orders/src/a.ts', "const issue = 'issue 12'; open('docs/gone.md');")).toEqual([]);
  });
});
