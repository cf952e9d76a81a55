import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder('setup');
const local = fileURLToPath(new URL('..', import.meta.url));

// Each test starts npm a few times, which takes seconds each on a busy machine.
jest.setTimeout(300_000);

/** A clone of a project like ours whose packages are all local, so that npm needs no registry. */
let clone = path.join(folder, 'original');
beforeAll(async () => {
  await mkdir(path.join(clone, 'infra/local'), { recursive: true });
  for (const file of ['setup.mjs', 'lock.mjs', 'process-identity.mjs']) {
    await cp(path.join(local, file), path.join(clone, 'infra/local', file));
  }
  await writePackage('.', { name: 'shop', private: true, workspaces: ['auth', 'common', 'tickets'] });
  await writePackage('auth', { name: '@shop/auth', version: '1.0.0' });
  await writePackage('common', { name: '@shop/common', version: '1.0.0' });
  await writePackage('tickets', {
    name: '@shop/tickets',
    version: '1.0.0',
    dependencies: { '@shop/common': '1.0.0' },
    scripts: {
      pretest: 'exec node ../infra/local/setup.mjs',
      test: "exec node -e \"require.resolve('@shop/common/package.json'); console.log('tested')\"",
    },
  });
  expect((await run('npm', ['install', '--package-lock-only', '--offline'], '.')).code).toBe(0);
});
let turn = 0;
beforeEach(async () => {
  turn += 1;
  clone = path.join(folder, String(turn));
  await cp(path.join(folder, 'original'), clone, { recursive: true });
});

const writePackage = async (where: string, content: object) => {
  await mkdir(path.join(clone, where), { recursive: true });
  await writeFile(path.join(clone, where, 'package.json'), JSON.stringify(content));
};

const run = (command: string, args: readonly string[], where: string, env: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number | null; printed: string }>((resolve, reject) => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS)/.test(name));
    const child = spawn(command, args, {
      cwd: path.join(clone, where),
      env: { ...Object.fromEntries(inherited), npm_config_offline: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, printed }));
  });

const setUp = (env?: NodeJS.ProcessEnv) => run(process.execPath, ['infra/local/setup.mjs'], '.', env);
const linked = () => existsSync(path.join(clone, 'node_modules/@shop/common/package.json'));

describe('the first command on a fresh clone', () => {
  it('installs the packages', async () => {
    const { code, printed } = await setUp();
    expect(printed).toContain('Installing packages; the first time');
    expect(printed).toMatch(/Packages installed in \d+ s\./);
    expect(code).toBe(0);
    expect(linked()).toBe(true);
  });

  it('may be the test of one package', async () => {
    const { code, printed } = await run('npm', ['test', '-w', 'tickets'], '.');
    expect(printed).toContain('Installing packages');
    expect(printed).toContain('tested');
    expect(code).toBe(0);
  });

  it('installs for all packages, even if npm hands down that it was called for one', async () => {
    expect((await setUp({ npm_config_workspace: 'tickets', NODE_ENV: 'production' })).code).toBe(0);
    expect(existsSync(path.join(clone, 'node_modules/@shop/auth/package.json'))).toBe(true);
  });

  it('may be given twice at once: one installs, the other waits', async () => {
    const runs = await Promise.all([setUp(), setUp(), setUp()]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(runs.filter(({ printed }) => printed.includes('Installing packages'))).toHaveLength(1);
    expect(linked()).toBe(true);
  });

  it('installs nothing that package-lock.json does not know', async () => {
    await writePackage('tickets', { name: '@shop/tickets', dependencies: { 'left-pad': '1.3.0' } });
    const { code, printed } = await setUp();
    expect(code).toBe(1);
    expect(printed).toContain(
      'Setup failed: package-lock.json does not answer tickets/package.json: run npm install',
    );
    expect(existsSync(path.join(clone, 'node_modules'))).toBe(false);
  });

  it('says so when package-lock.json is missing', async () => {
    await rm(path.join(clone, 'package-lock.json'));
    const { code, printed } = await setUp();
    expect(code).toBe(1);
    expect(printed).toContain('package-lock.json is missing or unreadable');
  });
});

describe('a later command', () => {
  it('installs nothing and says nothing', async () => {
    await setUp();
    expect(await setUp()).toEqual({ code: 0, printed: '' });
  });

  it('does so through a link to the clone as well', async () => {
    const link = path.join(folder, `link-${turn}`);
    await symlink(clone, link);
    const { code } = await run(process.execPath, [path.join(link, 'infra/local/setup.mjs')], '.');
    expect(code).toBe(0);
    expect(linked()).toBe(true);
  });

  it('installs again after an install that was interrupted', async () => {
    await setUp();
    // npm writes it last.
    await rm(path.join(clone, 'node_modules/.package-lock.json'));
    await rm(path.join(clone, 'node_modules/@shop/common'));
    expect((await setUp()).code).toBe(0);
    expect(linked()).toBe(true);
  });

  it('installs what a newer package-lock.json asks for, and leaves the lock file as it is', async () => {
    await setUp();
    await writePackage('.', {
      name: 'shop',
      private: true,
      workspaces: ['auth', 'common', 'tickets', 'orders'],
    });
    await writePackage('orders', { name: '@shop/orders', version: '1.0.0' });
    await run('npm', ['install', '--package-lock-only', '--offline'], '.');
    await writePackage('auth', { name: '@shop/auth', version: '1.0.1' });
    const lock = readFileSync(path.join(clone, 'package-lock.json'), 'utf8');
    const { code, printed } = await setUp();
    expect(printed).toContain('node_modules/@shop/orders is not as package-lock.json says');
    expect(code).toBe(0);
    expect(existsSync(path.join(clone, 'node_modules/@shop/orders/package.json'))).toBe(true);
    expect(readFileSync(path.join(clone, 'package-lock.json'), 'utf8')).toBe(lock);
    expect(await setUp()).toEqual({ code: 0, printed: '' });
  });
});

describe('a package that somebody has changed or deleted by hand', () => {
  beforeEach(async () => {
    await writePackage('vendor/stamp', { name: 'stamp', version: '2.0.0' });
    expect((await run('npm', ['pack', '--pack-destination', '..'], 'vendor/stamp')).code).toBe(0);
    await writePackage('auth', {
      name: '@shop/auth',
      dependencies: { stamp: 'file:../vendor/stamp-2.0.0.tgz' },
    });
    await run('npm', ['install', '--package-lock-only', '--offline'], '.');
    expect((await setUp()).code).toBe(0);
  });
  const installed = () =>
    JSON.parse(readFileSync(path.join(clone, 'node_modules/stamp/package.json'), 'utf8'));

  it('is put in order', async () => {
    expect(installed()).toMatchObject({ version: '2.0.0' });
    await writePackage('node_modules/stamp', { name: 'stamp', version: '1.0.0' });
    expect((await setUp()).printed).toContain('node_modules/stamp is not as package-lock.json says');
    expect(installed()).toMatchObject({ version: '2.0.0' });
    await rm(path.join(clone, 'node_modules/stamp'), { recursive: true });
    expect((await setUp()).code).toBe(0);
    expect(installed()).toMatchObject({ version: '2.0.0' });
  });
});

describe('a Node that is too old', () => {
  it.each(['18.20.4', '20.18.1'])('%s is told which one is needed', async (version) => {
    const pretend = path.join(clone, 'pretend.cjs');
    await writeFile(
      pretend,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    const { code, printed } = await run(process.execPath, ['-r', pretend, 'infra/local/setup.mjs'], '.');
    expect(code).toBe(1);
    expect(printed).toContain(`needs Node.js 20.19 or newer; this is ${version}`);
    expect(linked()).toBe(false);
  });
});
