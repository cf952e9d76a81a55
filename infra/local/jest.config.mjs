import { preset } from '../jest/preset.mjs';

const config = preset({ name: 'local' });

export default {
  ...config,
  // A workspace of its own inside this one, with tests of its own.
  testPathIgnorePatterns: [...(config.testPathIgnorePatterns ?? []), '<rootDir>/stripe/'],
};
