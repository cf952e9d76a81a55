import { describe, expect, it } from '@jest/globals';
import { missingBuilds } from '../lock-file.mjs';

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
