import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.ts';

// Each test starts processes, which takes seconds each on a busy machine.
jest.setTimeout(180_000);

const folder = temporaryFolder('jest');
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs jest on a package with this test, alone or, as `npm test` does, as one project of a root. */
const runJest = async (
  name: string,
  {
    test,
    asProject,
    flags = ['--experimental-vm-modules'],
  }: { test: string; asProject: boolean; flags?: string[] },
) => {
  const place = path.join(folder, name);
  await mkdir(path.join(place, 'shop/test'), { recursive: true });
  const preset = pathToFileURL(path.join(root, 'infra/jest/preset.mjs')).href;
  await writeFile(path.join(place, 'package.json'), '{"type":"module","workspaces":["shop"]}');
  await writeFile(path.join(place, 'shop/package.json'), '{"type":"module"}');
  await writeFile(
    path.join(place, 'shop/jest.config.mjs'),
    `import { preset } from '${preset}';\nexport default preset({ name: 'shop' });\n`,
  );
  await writeFile(
    path.join(place, 'jest.config.mjs'),
    `import { runOf } from '${preset}';\nexport default runOf(['<rootDir>/shop']);\n`,
  );
  await writeFile(path.join(place, 'shop/test/shop.test.ts'), test);
  return new Promise<{ code: number; printed: string }>((resolve) => {
    execFile(
      process.execPath,
      [...flags, path.join(root, 'node_modules/jest/bin/jest.js')],
      { cwd: asProject ? place : path.join(place, 'shop'), encoding: 'utf8' },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, printed: stdout + stderr }),
    );
  });
};

describe('a test', () => {
  it.each([
    ['of one package', false],
    ['of all packages', true],
  ])('may take longer than five seconds in a run %s', async (name, asProject) => {
    const test = `it('takes its time', () => new Promise((done) => setTimeout(done, 6_000)));`;
    const { code, printed } = await runJest(`long-${name.replaceAll(' ', '-')}`, { test, asProject });
    expect(printed).toContain('✓ takes its time');
    expect(printed).not.toContain('not supported');
    expect(code).toBe(0);
  });

  it('is an ES module, in TypeScript', async () => {
    const test = `
      import assert from 'node:assert';
      const { default: path } = await import('node:path');
      it('is one', () => {
        const url: string = import.meta.url;
        assert(url.startsWith('file:') && path.sep && typeof require === 'undefined');
      });`;
    const { printed } = await runJest('esm', { test, asProject: false });
    expect(printed).toContain('✓ is one');
  });

  it('does not run as something else when a flag is forgotten', async () => {
    const test = `it('runs all the same', () => {});`;
    const { code, printed } = await runJest('no-flag', { test, asProject: false, flags: [] });
    expect(code).not.toBe(0);
    expect(printed).toContain('Tests are ES modules: run "npm test"');
    expect(printed).not.toContain('runs all the same');
  });
});

describe('the run of all packages', () => {
  it('has the time and the workers of the run of one', async () => {
    const { preset } = await import('../../jest/preset.mjs');
    const { testTimeout, maxWorkers } = preset({ name: 'shop' });
    const { default: config } = await import('../../../jest.config.mjs');
    expect(config).toMatchObject({ testTimeout, maxWorkers });
    // Jest would say of each package that it is not for it to say.
    expect(preset({ name: 'shop' })).not.toHaveProperty('maxWorkers');
  });
});
