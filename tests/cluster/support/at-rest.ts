/**
 * Each file begins with a cluster at rest: everything is ready, and nothing is still on its way out, as it is for a while
 * after a deployment or the test before. (Where the node is this machine, a browser loses its connections with every pod
 * that goes: ERR_NETWORK_CHANGED.)
 */
import { beforeAll, expect } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { leaving, notReady } from './cluster.ts';

const MINUTES = 60_000;

beforeAll(
  () =>
    eventually(async () => {
      expect(await notReady()).toEqual([]);
      expect(await leaving()).toEqual([]);
    }, 5 * MINUTES),
  6 * MINUTES,
);
