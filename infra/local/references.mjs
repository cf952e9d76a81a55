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
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isMain, root } from './setup.mjs';

/** @typedef {{ line: number, text: string }} Passage words that belong together, and the line on which they begin */
/** @typedef {{ line: number, reference: string, why: string }} Finding */
/** @typedef {(file: string) => string | undefined} Read the text of a file by its path from the root; undefined: it is not there */

const CODE = /\.(ts|tsx|mjs|cjs|js|css)$/;
const WITH_HASHES = /(\.(ya?ml|py|sh|Dockerfile)|Dockerfile|\.ci\/run)$/;

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
 * @param {string} file
 * @param {string} text
 */
const passagesOf = (file, text) => {
  if (file.endsWith('.md')) return paragraphsOf(text);
  if (CODE.test(file)) return commentsOf(text, /^\s*(?:\/\*\*?|\*\/?|\/\/)\s?(.*)$/);
  if (file.endsWith('.py')) return [{ line: 1, text: text.replace(/\n\s*#?\s*/g, ' ') }];
  return WITH_HASHES.test(file) ? commentsOf(text, /^\s*#\s?(.*)$/) : [];
};

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
 * @param {string} file its path from the root
 * @param {string} text
 * @param {Read} read
 * @param {readonly string[]} folders those at the root
 * @returns {Finding[]}
 */
export const deadReferences = (file, text, read, folders) => {
  /** @type {Finding[]} */
  const found = [];
  const named = new RegExp(
    `(?<![\\w./@-])((?:${folders.join('|')})/[\\w./-]*\\w\\.(?:tsx?|mjs|cjs|py|md|ya?ml|json|css)|README\\.md)\\b` +
      '`?(?:, (?:"([^"]+)"|rule (\\d+)\\b))?',
    'g',
  );
  for (const { line, text: words } of passagesOf(file, text)) {
    /** @type {(reference: string, why: string) => void} */
    const report = (reference, why) => found.push({ line, reference, why });

    for (const [reference, target = '', heading, rule] of words.matchAll(named)) {
      const there = read(target);
      if (there === undefined) report(target, 'there is no such file');
      else if (heading !== undefined && !headingsOf(there).includes(heading))
        report(reference, 'it has no such heading');
      else if (rule !== undefined && !headingsOf(there).some((one) => one.startsWith(`Rule ${rule}: `)))
        report(reference, 'it has no such rule');
    }
    for (const [reference, number = ''] of words.matchAll(/\bdecision (\d{1,4})\b/gi)) {
      if (read(`docs/decisions/${number.padStart(4, '0')}-`) === undefined)
        report(reference, 'there is no such decision record');
    }
    for (const { pattern, why } of OUTSIDE)
      for (const [reference] of words.matchAll(pattern)) report(reference, why);

    if (!file.endsWith('.md')) continue;
    for (const [, link = ''] of words.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/i.test(link)) continue;
      const [target = '', anchor] = link.split('#');
      const to = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
      const there = read(to);
      if (there === undefined) report(link, 'there is no such file');
      else if (anchor !== undefined && !headingsOf(there).map(anchorOf).includes(anchor))
        report(link, 'it has no such heading');
    }
  }
  return found;
};

/** @type {Read} */
const readHere = (file) => {
  const place = path.join(root, file);
  if (existsSync(place)) return statSync(place).isFile() ? readFileSync(place, 'utf8') : '';
  // The beginning of a name: a decision record by its number.
  return filesHere().some((one) => file.endsWith('-') && one.startsWith(file)) ? '' : undefined;
};

/** @type {string[] | undefined} */
let files;

/** What git has, and what it will have with the next commit. */
const filesHere = () => {
  files ??= execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(path.join(root, file)));
  return files;
};

if (isMain(import.meta.url)) {
  const folders = [...new Set(filesHere().flatMap((file) => file.match(/^[^/]+(?=\/)/) ?? []))];
  for (const file of filesHere()) {
    for (const { line, reference, why } of deadReferences(file, readHere(file) ?? '', readHere, folders)) {
      process.stdout.write(`${file}:${line}: ${reference}: ${why}\n`);
      process.exitCode = 1;
    }
  }
}
