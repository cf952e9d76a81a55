/**
 * One jest configuration for every workspace. A package's `jest.config.mjs`:
 *
 *     import { preset } from '../infra/jest/preset.mjs';
 *     export default preset({ name: 'tickets', engines: ['mongo', 'nats-streaming'] });
 *
 * The engines named there are started once for the whole run (also when the root runs all packages together),
 * and their addresses are in the environment: TEST_MONGO_URL, TEST_NATS_STREAMING_URL, TEST_JETSTREAM_URL,
 * TEST_REDIS_URL. A package whose tests start it as a process says so (`compiled: true`): it is compiled once, before.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** @typedef {'mongo' | 'nats-streaming' | 'jetstream' | 'redis'} EngineName */

/**
 * What the packages of this run asked for. Jest loads every config and the global setup in its main process,
 * as the same modules, so this is how the one setup learns what all packages need together.
 *
 * @type {Set<EngineName>}
 */
export const enginesWanted = new Set();

/**
 * The folders of the packages of this run that are compiled before it.
 *
 * @type {Set<string>}
 */
export const compiledWanted = new Set();

/** What jest has one of for a whole run, be it of one package or of all. */
const ofRun = {
  // Real engines on a busy machine: a test waits for conditions, this only ends one that hangs.
  testTimeout: 60_000,
  // Tests mostly wait for engines and processes, so more at once than jest would give to so few cores: with three of them
  // two cores had nothing to do for a quarter of the time.
  maxWorkers: Math.max(4, availableParallelism() - 1),
};

/** Jest loads the root's configuration before those of its projects. */
let isPartOfRun = false;

/**
 * The configuration of a run of several packages, which then leave alone what there is one of.
 *
 * @param {string[]} projects their folders
 * @returns {import('jest').Config}
 */
export const runOf = (projects) => {
  isPartOfRun = true;
  return { ...ofRun, projects };
};

const here = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * @param {boolean} tsx
 * @returns {[string, unknown]}
 */
const swc = (tsx) => [
  here('../../node_modules/@swc/jest/index.js'),
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx },
      ...(tsx ? { transform: { react: { runtime: 'automatic' } } } : {}),
    },
  },
];

/**
 * @param {{ name: string, engines?: EngineName[], compiled?: boolean }} options `name` is shown before each test file;
 *   `engines` are the real servers its tests need; `compiled`: its tests start what is compiled of the folder `name`
 * @returns {import('jest').Config}
 */
export const preset = ({ name, engines = [], compiled = false }) => {
  for (const engine of engines) enginesWanted.add(engine);
  if (compiled) compiledWanted.add(name);
  return {
    displayName: name,
    testEnvironment: 'node',
    // Source of workspaces instead of their builds; `import` and `default` are added by jest.
    testEnvironmentOptions: { customExportConditions: ['ticketing-source', 'node', 'node-addons'] },
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    transform: { '\\.ts$': swc(false), '\\.tsx$': swc(true) },
    testMatch: ['<rootDir>/**/*.test.ts', '<rootDir>/**/*.test.tsx'],
    testPathIgnorePatterns: ['/node_modules/', '/dist/', '/\\.next/', '/\\.data/'],
    modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.next/', '/\\.data/'],
    ...(isPartOfRun ? {} : ofRun),
    globalSetup: here('./global-setup.mjs'),
    globalTeardown: here('./global-teardown.mjs'),
  };
};
