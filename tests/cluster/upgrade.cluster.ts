/**
 * Needs skaffold on the PATH: this test runs `skaffold run -p test` once more, on what is deployed by it already, as an
 * upgrade does.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { leaving, notReady, ownerOf, pods } from './support/cluster.ts';
import { customerThroughout } from './support/customers.ts';

const run = promisify(execFile);

const EVERY_MS = 1_000;
const MINUTES = 60_000;

const root = path.resolve(import.meta.dirname, '../..');

const customerHere = customerThroughout(EVERY_MS);

/** The pods of all workloads of a kind, each as its workload and what tells it from any other pod. */
const podsOf = async (kind: 'ReplicaSet' | 'StatefulSet'): Promise<string[]> =>
  (await pods())
    .filter((pod) => ownerOf(pod) === kind)
    .map(({ metadata: { name, uid } }) => `${name} ${uid}`)
    .sort();

it(
  'a second skaffold run leaves databases, broker and Redis alone, and buyers notice nothing',
  async () => {
    const buying = customerHere();
    const stores = await podsOf('StatefulSet');
    const services = await podsOf('ReplicaSet');
    expect(stores.length).toBeGreaterThanOrEqual(6);
    await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(5), MINUTES);

    await run('skaffold', ['run', '-p', 'test'], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    await eventually(async () => {
      expect(await notReady()).toEqual([]);
      expect(await leaving()).toEqual([]);
    }, 5 * MINUTES);

    expect(await podsOf('StatefulSet')).toEqual(stores);
    // Every service was restarted, or nothing was seen here.
    const kept = (await podsOf('ReplicaSet')).filter((pod) => services.includes(pod));
    expect(kept).toEqual([]);
    const before = buying.purchases.paid.length;
    await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(before + 5), MINUTES);
    const { paid, failures, slowestMs } = await buying.stop();
    process.stdout.write(`${paid.length} tickets bought meanwhile; slowest answer ${slowestMs} ms.\n`);
    expect(failures).toEqual([]);
    await buying.expectSettled();
  },
  20 * MINUTES,
);
