/** `npm run new:service`, twice, in a copy of this repository, and all that is asked of a service there. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../run.mjs';
import { npmCommand, root } from '../setup.mjs';
import { start } from './start-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MINUTES = 60_000;
/** A link would not do: npm, and what is compared with a file's own place, go by the real path. */
const copy = path.join(temporaryFolder('new-service'), 'copy');

const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' });

/** Runs npm in the copy, as somebody who works there would. */
const npm = async (...args: string[]): Promise<{ code: number; output: string }> => {
  const npmRun = npmCommand(args);
  const ours = /^(JEST_|TEST_|TICKETING_|npm_config_broker$)/;
  const env = Object.fromEntries(Object.entries(npmRun.options.env).filter(([name]) => !ours.test(name)));
  return run(npmRun.command, npmRun.args, { cwd: copy, env, capture: true });
};

/** @throws with what it printed, where it fails */
const expectGood = async (...args: string[]): Promise<string> => {
  const { code, output } = await npm(...args);
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
};

beforeAll(async () => {
  const files = git(root, 'ls-files', '-coz', '--exclude-standard').split('\0').filter(Boolean);
  for (const file of files.filter((each) => existsSync(path.join(root, each)))) {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(copy, file));
  }
  // Checks go by what git has.
  git(copy, 'init', '--quiet');
  await expectGood('ci', '--no-audit', '--no-fund', '--loglevel=error');
  await expectGood('run', 'new:service', 'reviews', '--', '--answers', 'what people think of a show');
  await expectGood('run', 'new:service', 'venues', '--no-broker', '--', '--paths', '/api/places,/api/seats');
  git(copy, 'add', '--all');
}, 5 * MINUTES);

describe('a new service', () => {
  it('is what it was asked to be', () => {
    const listed: unknown = JSON.parse(readFileSync(path.join(copy, 'services.json'), 'utf8'));
    expect(listed).toEqual(
      expect.arrayContaining([
        { name: 'reviews', store: 'mongo', broker: true, paths: ['/api/reviews'] },
        { name: 'venues', store: 'mongo', broker: false, paths: ['/api/places', '/api/seats'] },
      ]),
    );
    expect(readFileSync(path.join(copy, 'docs/architecture.md'), 'utf8')).toContain(
      '| `reviews` | what people think of a show | Mongo |',
    );
  });

  it(
    'passes all checks, and npm ci takes the lock file',
    async () => {
      await expectGood('run', 'check');
      await expectGood('ci', '--no-audit', '--no-fund', '--loglevel=error');
    },
    5 * MINUTES,
  );

  it('is in the manifests as it should be', () => expectGood('run', 'check:manifests'), 10 * MINUTES);

  it(
    'passes its tests, and those of the list of services',
    async () => {
      const projects = ['reviews', 'venues', 'manifests'].flatMap((name) => ['--selectProjects', name]);
      expect(await expectGood('test', '--', ...projects)).toMatch(/^[1-9]\d+ passed, 0 failed$/m);
      const affected = ['--selectProjects', 'local', '--testPathPatterns', 'affected'];
      expect(await expectGood('test', '--', ...affected)).toMatch(/^[1-9]\d+ passed, 0 failed$/m);
    },
    10 * MINUTES,
  );

  it(
    'is started with the others, and reached through the gateway',
    async () => {
      const home = path.join(path.dirname(copy), 'home');
      const { baseUrl } = await start(home, { of: copy, args: ['--no-client', '--no-seed'] }).ready();
      for (const place of ['reviews', 'places']) {
        const answer = await fetch(`${baseUrl}/api/${place}/6a1f0c2d9b8e7f6a5b4c3d2e`);
        expect(answer.status).toBe(401);
        expect(await answer.json()).toMatchObject({ errors: [{ code: 'not_signed_in' }] });
      }
    },
    10 * MINUTES,
  );

  it('is refused, and nothing is written, where its name is no good or taken', async () => {
    for (const args of [
      [],
      ['Reviews'],
      ['re-views'],
      ['reviews'],
      ['stripe'],
      ['class'],
      ['common'],
      ['two', 'names'],
      ['shows', '--', '--paths', '/api/reviews'],
      ['shows', '--', '--paths', '/api/shows,/api/shows'],
      ['shows', '--', '--paths', '/shows'],
    ]) {
      expect((await npm('run', 'new:service', ...args)).code).toBe(2);
    }
    expect((await npm('run', 'new:service', 'shows', '--', '--colour=red')).output).toContain('--colour');
    expect(git(copy, 'diff', '--stat')).toBe('');
    expect(git(copy, 'status', '--porcelain')).not.toContain('??');
  });

  it('is refused where a file that it belongs in is no longer as the command knows it', async () => {
    const file = path.join(copy, 'README.md');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('one service each', 'services'));
    const { code, output } = await npm('run', 'new:service', 'shows');
    writeFileSync(file, text);
    expect(code).toBe(2);
    expect(output).toContain('README.md has changed');
    expect(existsSync(path.join(copy, 'shows'))).toBe(false);
  });
});
