/** Needs no cluster: it asks jest which tests it would run in one. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);

const root = path.resolve(import.meta.dirname, '../..');
const jest = path.join(root, 'node_modules/jest/bin/jest.js');

const chosen = async (...args: string[]): Promise<string[]> => {
  const config = path.join(import.meta.dirname, 'jest.config.mjs');
  const { stdout } = await run(process.execPath, [jest, '--config', config, '--listTests', ...args]);
  return stdout
    .trim()
    .split('\n')
    .map((file) => path.relative(path.join(root, 'tests'), file))
    .sort();
};

it('the tests of a cluster leave what is deployed as it is, so one can be run after the other', async () => {
  expect(await chosen()).toEqual([
    'acceptance/buying.test.ts',
    'acceptance/marketplace.test.ts',
    'browser/buying.test.ts',
    'browser/selling.test.ts',
    'cluster/community.cluster.ts',
    'cluster/deleted-pods.cluster.ts',
    'cluster/operations.cluster.ts',
    'cluster/reconcile.cluster.ts',
    'cluster/replicas.cluster.ts',
    'cluster/rollout.cluster.ts',
  ]);
});

it.each(['autoscaling', 'restored', 'upgrade', 'watching'])(
  '%s, which changes what is deployed, runs when it is named',
  async (name) => {
    expect(await chosen(name)).toEqual([`cluster/${name}.cluster.ts`]);
    expect(await chosen(`cluster/${name}.cluster.ts`)).toEqual([`cluster/${name}.cluster.ts`]);
  },
);
