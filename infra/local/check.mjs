/**
 * `npm run check`: everything that can be said about the code without running it. Each finding says what to do.
 */
import path from 'node:path';
import { run } from './run.mjs';
import { root, setUp } from './setup.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} script relative to the root
 * @property {string[]} args
 * @property {string} advice what to do when it fails
 */

/** @type {Check[]} */
const checks = [
  {
    name: 'lock file',
    script: 'infra/local/lock-file.mjs',
    args: [],
    advice: 'npm install brings it up to date; commit package-lock.json.',
  },
  {
    name: 'format and lint',
    script: 'node_modules/@biomejs/biome/bin/biome',
    args: ['ci', '--colors=off', '--max-diagnostics=200'],
    advice: 'npm run format repairs most of it; the rest is for you.',
  },
  {
    name: 'types',
    script: 'node_modules/typescript/bin/tsc',
    args: ['--noEmit', '-p', 'tsconfig.json'],
    advice: 'Make the types true; a cast hides the error, it does not repair it.',
  },
  {
    name: 'types of the client',
    script: 'node_modules/typescript/bin/tsc',
    args: ['--noEmit', '-p', 'client/tsconfig.json'],
    advice: 'Make the types true; a cast hides the error, it does not repair it.',
  },
  {
    name: 'references',
    script: 'infra/local/references.mjs',
    args: [],
    advice: 'A reference leads to a file of this repository, and to a heading that it has.',
  },
  {
    name: 'boundaries',
    script: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', '.'],
    advice: 'Imports point one way: main → app → routes → use-cases → domain, and services know only common.',
  },
  {
    name: 'unused code',
    script: 'node_modules/knip/bin/knip.js',
    args: ['--no-progress'],
    advice:
      'Delete what nobody uses; export only what another file imports (knip.json says what starts where).',
  },
];

/**
 * @param {Check} check
 * @returns {Promise<boolean>} whether it passed
 */
const perform = async ({ name, script, args, advice }) => {
  const since = Date.now();
  const { code, output } = await run(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    capture: true,
  });
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  if (code === 0) {
    process.stdout.write(`✓ ${name} (${seconds} s)\n`);
    return true;
  }
  process.stdout.write(`\n✗ ${name} (${seconds} s)\n${output.trimEnd()}\n→ ${advice}\n\n`);
  return false;
};

await setUp();
// Two at once: each is one process that keeps about one core busy.
const waiting = [...checks];
/** @type {boolean[]} */
const passed = [];
const worker = async () => {
  for (let check = waiting.shift(); check; check = waiting.shift()) passed.push(await perform(check));
};
await Promise.all([worker(), worker()]);
if (passed.includes(false)) {
  process.stdout.write('Checks failed.\n');
  process.exitCode = 1;
} else {
  process.stdout.write('All checks passed.\n');
}
