import { preset } from '../../infra/jest/preset.mjs';

/** Not part of `npm test`, which needs no cluster: see run.mjs. */
export default {
  ...preset({ name: 'cluster' }),
  rootDir: '..',
  testMatch: [
    '<rootDir>/cluster/*.cluster.ts',
    '<rootDir>/acceptance/buying.test.ts',
    '<rootDir>/acceptance/marketplace.test.ts',
    '<rootDir>/browser/buying.test.ts',
    '<rootDir>/browser/selling.test.ts',
  ],
  testTimeout: 20 * 60_000,
};
