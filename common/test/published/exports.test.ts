import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const common = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(path.join(common, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  version: string;
  exports: Record<string, unknown>;
  bin: Record<string, string>;
};

const folders = readdirSync(path.join(common, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'index.ts')
  .map((file) => path.dirname(file).split(path.sep).join('/'))
  .sort();

describe('what can be imported of the library', () => {
  it('is each folder with an index, by its own path, and nothing else', () => {
    const ofFolder = (folder: string): [string, unknown] => [
      `./${folder}`,
      {
        'ticketing-source': `./src/${folder}/index.ts`,
        types: `./dist/${folder}/index.d.ts`,
        default: `./dist/${folder}/index.js`,
      },
    ];
    expect(folders).toContain('messaging/nats-streaming');
    expect(manifest.exports).toEqual({
      './package.json': './package.json',
      ...Object.fromEntries(folders.map(ofFolder)),
    });
  });

  it('tries the conditions in their order: our own source first, the default last', () => {
    const orders = Object.values(manifest.exports)
      .filter((target) => typeof target === 'object' && target !== null)
      .map(Object.keys);
    expect(new Set(orders.map(String))).toEqual(new Set(['ticketing-source,types,default']));
  });

  it('is shown by an example in the README, each of it', () => {
    const readme = read('README.md');
    const shown = folders.filter((folder) => readme.includes(`from '@ticketing/common/${folder}'`));
    expect(shown).toEqual(folders);
  });
});

describe('the library', () => {
  it('says in its changelog what is in this version', () => {
    const headings = read('CHANGELOG.md')
      .match(/^## .*$/gm)
      ?.filter((line) => line !== '## [Unreleased]');
    expect(headings?.[0]).toMatch(/^## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
    expect(headings?.[0]).toContain(`[${manifest.version}]`);
  });

  it('brings commands that have a source', () => {
    const sources = Object.values(manifest.bin).map((file) => file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts'));
    expect(sources).toEqual(['src/operations/main.ts']);
    expect(sources.filter((file) => !existsSync(path.join(common, file)))).toEqual([]);
  });
});
