import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../setup.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder('ci');
const repository = path.join(folder, 'repository');
const run = path.join(repository, '.ci/run');

/** What stands for npm: each of its commands says and gives what the test wants of it. */
type Npm = Record<string, { says?: string; code?: number }>;

beforeAll(() => {
  mkdirSync(path.dirname(run), { recursive: true });
  cpSync(path.join(root, '.ci/run'), run);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository });
  git('init', '--quiet');
  git('add', '.');
  git(
    '-c',
    'user.name=Somebody',
    '-c',
    'user.email=somebody@example.com',
    'commit',
    '--quiet',
    '-m',
    'All of it',
  );
});

const ci = (npm: Npm): { code: number | null; lines: string[] } => {
  const bin = mkdtempSync(path.join(folder, 'bin-'));
  const command = (name: string, script: string) => {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  };
  const answers = Object.entries(npm).map(
    ([asked, { says = '', code = 0 }]) =>
      `'${asked}' | '${asked} '*) printf '%s\\n' '${says}'; exit ${code} ;;`,
  );
  command('npm', `case "$*" in\n${answers.join('\n')}\n*) exit 0 ;;\nesac`);
  // So that none is installed.
  command('chromium', 'exit 0');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, TMPDIR: folder };
  const { status, stdout } = spawnSync(run, { env, encoding: 'utf8' });
  return { code: status, lines: stdout.trimEnd().split('\n') };
};

describe('the last line of CI', () => {
  const long = { 'run test:long': { says: 'the replica set elects\n5 passed, 0 failed' } };
  const passed = { test: { says: 'the shop opens\n12 passed, 0 failed' }, ...long };

  it.each<{ what: string; npm: Npm; line: string }>([
    { what: 'all tests, when all passed', npm: passed, line: '17 passed, 0 failed' },
    {
      what: 'those of every runner together',
      npm: { ...long, test: { says: '12 passed, 0 failed\n3 passed, 2 failed', code: 1 } },
      line: '20 passed, 2 failed',
    },
    {
      what: 'a failure more where the checks failed',
      npm: { ...passed, 'run check': { code: 1 } },
      line: '17 passed, 1 failed',
    },
    {
      what: 'a failure more where the manifests failed',
      npm: { ...long, 'run check:manifests': { code: 1 }, test: { says: '10 passed, 2 failed', code: 1 } },
      line: '15 passed, 3 failed',
    },
    {
      what: 'a failure of those that are too slow for every day',
      npm: { ...passed, 'run test:long': { says: '4 passed, 1 failed', code: 1 } },
      line: '16 passed, 1 failed',
    },
    {
      what: 'a failure where those were not run',
      npm: { test: passed.test },
      line: '12 passed, 1 failed',
    },
    {
      what: 'a failure where the tests ended without counting',
      npm: { ...long, test: { says: 'killed', code: 137 } },
      line: '5 passed, 1 failed',
    },
    {
      what: 'a failure where nothing was tested',
      npm: { ...long, test: { says: 'nothing to do' } },
      line: '5 passed, 1 failed',
    },
    {
      what: 'a failure where packages cannot be installed',
      npm: { ...passed, ci: { code: 1 } },
      line: '0 passed, 1 failed',
    },
  ])('counts $what; it is the only one, and the exit code agrees', ({ npm, line }) => {
    const { code, lines } = ci(npm);
    expect(lines.at(-1)).toBe(line);
    expect(lines.filter((one) => /^\d+ passed, \d+ failed$/.test(one))).toEqual([line]);
    expect(code).toBe(line.endsWith(' 0 failed') ? 0 : 1);
  });

  it('comes after what was tested, step by step', () => {
    const { lines } = ci({ ...passed, 'run check': { says: 'All checks passed.' } });
    const said = [
      '== npm ci',
      '== npm run check',
      'All checks passed.',
      '== npm test',
      'the shop opens',
      '== npm run test:long',
      'the replica set elects',
    ];
    expect(lines.filter((line) => said.includes(line))).toEqual(said);
  });
});
