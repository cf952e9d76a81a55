/**
 * `npm test`: all packages' tests in one jest run, on real engines; `npm run test:long` (`--long`): those that are too slow
 * for every day, in files named `*.long.ts`. Arguments go on to jest: `npm test -- --selectProjects tickets -t withdraw`.
 * The last line is `N passed, N failed`; the exit code is 0 only if something passed and nothing failed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './run.mjs';
import { isMain, root, setUp } from './setup.mjs';

/**
 * A test file that could not run counts as one failure: otherwise its tests would silently be missing.
 *
 * @param {string} resultsFile jest's `--json` output
 * @returns {{ passed: number, failed: number } | undefined} undefined when jest wrote none
 */
export const countResults = (resultsFile) => {
  try {
    const results = JSON.parse(readFileSync(resultsFile, 'utf8'));
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    return { passed: results.numPassedTests, failed };
  } catch {
    return undefined;
  }
};

/** What jest is told for the files that are too slow for every day, instead of each package's own `testMatch`. */
const LONG = ['--testMatch', '**/*.long.ts'];

/** @param {string[]} given arguments for jest, and `--long` */
const test = async (given) => {
  const args = given.flatMap((arg) => (arg === '--long' ? LONG : [arg]));
  const folder = mkdtempSync(path.join(tmpdir(), 'ticketing-results-'));
  const resultsFile = path.join(folder, 'results.json');
  try {
    const { code } = await run(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        path.join(root, 'node_modules/jest/bin/jest.js'),
        '--json',
        `--outputFile=${resultsFile}`,
        ...args,
      ],
      { cwd: root },
    );
    const results = countResults(resultsFile);
    const counted = results ?? { passed: 0, failed: 0 };
    // Jest also fails for what is no test: an engine that is missing, a wrong argument, a leftover handle.
    const failed = code !== 0 && counted.failed === 0 ? 1 : counted.failed;
    if (!results) process.stdout.write(`Jest ended with code ${code}, without results.\n`);
    else if (counted.passed + counted.failed === 0) process.stdout.write('No test has run.\n');
    process.stdout.write(`${counted.passed} passed, ${failed} failed\n`);
    return failed === 0 && counted.passed > 0 ? 0 : code || 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (isMain(import.meta.url)) {
  await setUp();
  process.exitCode = await test(process.argv.slice(2));
}
