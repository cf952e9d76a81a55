import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { missingBuilds } from '../lock-file.mjs';
import { run } from '../run.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const biome = {
  version: '2.6.8',
  dev: true,
  license: 'MIT',
  optionalDependencies: { '@biomejs/cli-linux-x64': '2.6.8', '@biomejs/cli-darwin-arm64': '2.6.8' },
};
const linux = { version: '2.6.8', optional: true, os: ['linux'], cpu: ['x64'] };

describe('a lock file', () => {
  it('is complete when it names the builds for every platform', () => {
    const darwin = { ...linux, os: ['darwin'], cpu: ['arm64'] };
    expect(
      missingBuilds({
        packages: {
          'node_modules/@biomejs/biome': biome,
          'node_modules/@biomejs/cli-linux-x64': linux,
          'node_modules/@biomejs/cli-darwin-arm64': darwin,
        },
      }),
    ).toEqual({});
  });

  it('is told what npm has left out, in the way npm notes it', () => {
    expect(
      missingBuilds({
        packages: { 'node_modules/@biomejs/biome': biome, 'node_modules/@biomejs/cli-linux-x64': linux },
      }),
    ).toEqual({
      'node_modules/@biomejs/cli-darwin-arm64': {
        version: '2.6.8',
        dev: true,
        license: 'MIT',
        optional: true,
        os: ['darwin'],
        cpu: ['arm64'],
      },
    });
  });

  it.each([
    ['linux-arm64-musl', { os: ['linux'], cpu: ['arm64'], libc: ['musl'] }],
    ['linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['linux-arm-musleabihf', { os: ['linux'], cpu: ['arm'], libc: ['musl'] }],
    ['win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
    ['android-arm-eabi', { os: ['android'], cpu: ['arm'] }],
    ['wasm32-wasi', { cpu: ['wasm32'] }],
  ])('says for which machine the build %s is', (platform, machine) => {
    const packages = {
      'node_modules/tool': { version: '1.0.0', optionalDependencies: { [`tool-${platform}`]: '1.0.0' } },
    };
    expect(missingBuilds({ packages })).toEqual({
      [`node_modules/tool-${platform}`]: { version: '1.0.0', optional: true, ...machine },
    });
  });

  it('finds a build that stands beside the package that needs it, however deep', () => {
    const packages = {
      'a/node_modules/tool': {
        version: '1.0.0',
        optionalDependencies: { 'tool-linux-x64': '1.0.0', 'tool-win32-x64': '1.0.0' },
      },
      'a/node_modules/tool-linux-x64': linux,
      'a/node_modules/tool/node_modules/tool-win32-x64': { version: '1.0.0' },
    };
    expect(missingBuilds({ packages })).toEqual({});
  });

  it('leaves out what is optional for another reason than the platform', () => {
    const packages = { 'node_modules/a': { version: '1.0.0', optionalDependencies: { fsevents: '^2.0.0' } } };
    expect(missingBuilds({ packages })).toEqual({});
  });
});

const root = fileURLToPath(new URL('../../..', import.meta.url));
const home = temporaryFolder('lock-file');

const write = async (file: string, content: unknown) => {
  await mkdir(path.dirname(path.join(home, file)), { recursive: true });
  await writeFile(path.join(home, file), JSON.stringify(content));
};

/** Looks at a project of its own, as `npm run check` looks at ours. */
const look = () =>
  run(process.execPath, [path.join(home, 'infra/local/lock-file.mjs')], { cwd: home, capture: true });

describe('a lock file that npm ci would refuse', () => {
  it('is refused, and what is missing is named', async () => {
    for (const file of ['lock-file.mjs', 'run.mjs', 'setup.mjs', 'lock.mjs']) {
      await cp(path.join(root, 'infra/local', file), path.join(home, 'infra/local', file));
    }
    const project = { name: 'shop', version: '1.0.0', workspaces: ['tickets'] };
    const tickets = { name: 'shop-tickets', version: '1.0.0' };
    await write('package.json', project);
    await write('tickets/package.json', tickets);
    await write('package-lock.json', {
      ...{ name: 'shop', version: '1.0.0', lockfileVersion: 3, requires: true },
      packages: {
        '': project,
        'node_modules/shop-tickets': { resolved: 'tickets', link: true },
        tickets,
      },
    });
    expect(await look()).toEqual({ code: 0, output: '' });

    await write('package.json', { ...project, workspaces: ['tickets', 'reviews'] });
    await write('reviews/package.json', { name: 'shop-reviews', version: '1.0.0' });
    const { code, output } = await look();
    expect(code).toBe(1);
    expect(output).toMatch(/^npm ci would fail:/);
    expect(output).toContain('Missing: shop-reviews@1.0.0 from lock file');
    expect(output).not.toContain('Usage:');
  });
});
