import path from 'node:path';
import { preset } from '../../infra/jest/preset.mjs';

/**
 * Run only when they are named: they deploy something themselves, or restore a database, and those after them would look
 * at that; and not every cluster has what autoscaling needs.
 */
const BY_NAME = ['autoscaling', 'restored', 'upgrade', 'watching'];

const ofTests = preset({ name: 'cluster' });
const notNamed = BY_NAME.filter((name) => !process.argv.some((arg) => path.basename(arg).startsWith(name)));

/** Not part of `npm test`, which needs no cluster: see run.mjs. */
export default {
  ...ofTests,
  rootDir: '..',
  testMatch: [
    '<rootDir>/cluster/*.cluster.ts',
    '<rootDir>/acceptance/buying.test.ts',
    '<rootDir>/acceptance/marketplace.test.ts',
    '<rootDir>/browser/buying.test.ts',
    '<rootDir>/browser/selling.test.ts',
  ],
  testPathIgnorePatterns: [
    ...(ofTests.testPathIgnorePatterns ?? []),
    ...notNamed.map((name) => `/cluster/${name}[.]cluster[.]ts$`),
  ],
  setupFilesAfterEnv: ['<rootDir>/cluster/support/at-rest.ts'],
  testTimeout: 20 * 60_000,
};
