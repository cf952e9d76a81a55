import { afterAll, beforeAll } from '@jest/globals';
import { type SystemUnderTest, systemUnderTest } from './system.ts';

/** Started from nothing on a busy machine. */
const START_MS = 300_000;

/** One system for all tests of a file: up before the first of them, ended after the last. */
export const systemOfFile = (options?: Parameters<typeof systemUnderTest>[0]): (() => SystemUnderTest) => {
  let system: SystemUnderTest | undefined;
  beforeAll(async () => {
    system = await systemUnderTest(options);
  }, START_MS);
  afterAll(() => system?.end(), START_MS);
  return () => {
    if (system === undefined) throw new Error('the system is not up yet');
    return system;
  };
};
