/**
 * Finds references that lead nowhere, in every text file of the repository:
 *
 * - a link in Markdown to a file, or to a heading of one, that is not there;
 * - a file that is named by its path from the root (`docs/protocol.md`, `orders/src/order.ts`), in Markdown or in a comment;
 * - the heading after it, or the rule: `docs/protocol.md, "Ticket lock"`, `docs/protocol.md, rule 1`;
 * - `decision 5`, without such a file in docs/decisions;
 * - what leads out of the repository without an address: the number of an issue, a document that is not here.
 *
 * Prints each with its file and line, and exits with 1 where there is one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMain, root } from './setup.mjs';

/** @typedef {{ line: number, text: string }} Passage words that belong together, and the line on which they begin */
/** @typedef {{ file: string, line: number, reference: string, why: string }} Finding */

/** A heading as GitHub makes an anchor of it. @param {string} heading */
const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

/** @param {string} text Markdown without what stands in fences: lines stay where they are */
const withoutFences = (text) => text.replace(/^```[\s\S]*?^```$/gm, (fence) => fence.replace(/[^\n]/g, ''));

/** @param {string} text */
const headingsOf = (text) =>
  [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll('`', '')
      .trim(),
  );

/**
 * Comments, each as one line of words; what stands beside them is left out.
 *
 * @param {string} text
 * @param {RegExp} begins how a line of a comment begins
 * @returns {Passage[]}
 */
const commentsOf = (text, begins) => {
  /** @type {Passage[]} */
  const passages = [];
  let isOpen = false;
  for (const [index, line] of text.split('\n').entries()) {
    const [, words] = begins.exec(line) ?? [];
    const last = passages.at(-1);
    if (words === undefined) isOpen = false;
    else if (isOpen && last !== undefined) last.text += ` ${words}`;
    else {
      passages.push({ line: index + 1, text: words });
      isOpen = true;
    }
  }
  return passages;
};

/**
 * @param {string} text
 * @returns {Passage[]} paragraphs, each as one line of words
 */
const paragraphsOf = (text) => {
  let line = 1;
  return withoutFences(text)
    .split('\n\n')
    .map((paragraph) => {
      const passage = { line, text: paragraph.replace(/\n\s*/g, ' ') };
      line += paragraph.split('\n').length + 1;
      return passage;
    });
};

/**
 * What of a file is written for people, by the name of the file.
 *
 * @type {{ names: RegExp, passages: (text: string) => Passage[] }[]}
 */
const KINDS = [
  { names: /\.md$/, passages: paragraphsOf },
  {
    names: /\.(ts|tsx|mjs|cjs|js|css)$/,
    passages: (text) => commentsOf(text, /^\s*(?:\/\*\*?|\*\/?|\/\/)\s?(.*)$/),
  },
  { names: /\.py$/, passages: (text) => [{ line: 1, text: text.replace(/\n\s*#?\s*/g, ' ') }] },
  {
    names: /(\.(ya?ml|sh)|Dockerfile|\.ci\/run)$/,
    passages: (text) => commentsOf(text, /^\s*#\s?(.*)$/),
  },
];

const passagesOf = (/** @type {string} */ file) => KINDS.find(({ names }) => names.test(file))?.passages;

/** Leads out of this repository: nobody who reads the code finds it. */
const OUTSIDE = [
  {
    pattern: /\bissue \d+\b/gi,
    why: 'an issue is not in this repository: say it here, or in a decision record',
  },
  {
    pattern: /\b(?:the )?(?:design|protocol), (?:part |rule )?(?:"[^"]*"|\d+)/gi,
    why: 'name the file: docs/protocol.md, "Ticket lock"',
  },
];

/**
 * @param {ReadonlyMap<string, string>} texts of every file, by its path from the root; what is no text may be empty
 * @returns {Finding[]}
 */
export const deadReferences = (texts) => {
  const files = [...texts.keys()];
  const isThere = (/** @type {string} */ place) =>
    texts.has(place) || files.some((file) => file.startsWith(`${place.replace(/\/$/, '')}/`));
  const headingsIn = (/** @type {string} */ file) => headingsOf(texts.get(file) ?? '');
  const folders = [...new Set(files.flatMap((file) => file.match(/^[^/]+(?=\/)/) ?? []))];
  const named = new RegExp(
    `(?<![\\w./@-])((?:${folders.join('|')})/[\\w./-]*\\w\\.(?:tsx?|mjs|cjs|py|md|ya?ml|json|css)|README\\.md)\\b` +
      '`?(?:, (?:"([^"]+)"|rule (\\d+)\\b))?',
    'g',
  );

  /** @type {(words: string) => Pick<Finding, 'reference' | 'why'>[]} */
  const deadIn = (words) => [
    ...[...words.matchAll(named)].flatMap(([reference, target = '', heading, rule]) => {
      if (!isThere(target)) return [{ reference: target, why: 'there is no such file' }];
      if (heading !== undefined && !headingsIn(target).includes(heading))
        return [{ reference, why: 'it has no such heading' }];
      if (rule !== undefined && !headingsIn(target).some((one) => one.startsWith(`Rule ${rule}: `)))
        return [{ reference, why: 'it has no such rule' }];
      return [];
    }),
    ...[...words.matchAll(/\bdecision (\d{1,4})\b/gi)].flatMap(([reference, number = '']) =>
      files.some((file) => file.startsWith(`docs/decisions/${number.padStart(4, '0')}-`))
        ? []
        : [{ reference, why: 'there is no such decision record' }],
    ),
    ...OUTSIDE.flatMap(({ pattern, why }) =>
      [...words.matchAll(pattern)].map(([reference]) => ({ reference, why })),
    ),
  ];

  /** @type {(file: string, words: string) => Pick<Finding, 'reference' | 'why'>[]} */
  const deadLinksIn = (file, words) =>
    [...words.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^[a-z]+:/i.test(link)) return [];
      const [target = '', anchor] = link.split('#');
      const to = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
      if (!isThere(to)) return [{ reference: link, why: 'there is no such file' }];
      return anchor === undefined || headingsIn(to).map(anchorOf).includes(anchor)
        ? []
        : [{ reference: link, why: 'it has no such heading' }];
    });

  return files.flatMap((file) =>
    (passagesOf(file)?.(texts.get(file) ?? '') ?? []).flatMap(({ line, text: words }) =>
      [...deadIn(words), ...(file.endsWith('.md') ? deadLinksIn(file, words) : [])].map((found) => ({
        file,
        line,
        ...found,
      })),
    ),
  );
};

/** What git has, and what it will have with the next commit. */
const filesHere = () =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(path.join(root, file)));

if (isMain(import.meta.url)) {
  const texts = new Map(
    filesHere().map((file) => [
      file,
      passagesOf(file) === undefined ? '' : readFileSync(path.join(root, file), 'utf8'),
    ]),
  );
  for (const { file, line, reference, why } of deadReferences(texts)) {
    process.stdout.write(`${file}:${line}: ${reference}: ${why}\n`);
    process.exitCode = 1;
  }
}
