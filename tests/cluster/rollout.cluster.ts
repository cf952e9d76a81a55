import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { deployments, kubectl, notReady, rolledOut } from './support/cluster.ts';
import { type Customer, customer } from './support/customers.ts';

const EVERY_MS = 100;
const MINUTES = 60_000;

/** Written by one process at a time, so it is away for a moment; it stands for somebody else's service, which is not ours to restart. */
const NOT_OURS = 'stripe';

let buying: Customer;

beforeAll(async () => {
  await eventually(async () => expect(await notReady()).toEqual([]), 5 * MINUTES);
  buying = await customer(EVERY_MS);
}, 6 * MINUTES);
afterAll(async () => {
  await buying?.stop();
});

it(
  'whoever buys while every service is restarted notices nothing',
  async () => {
    await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(20), MINUTES);
    const restarted = (await deployments()).filter((name) => name !== NOT_OURS);
    expect(restarted.length).toBeGreaterThanOrEqual(5);
    for (const name of restarted) {
      const before = buying.purchases.paid.length;
      await kubectl('rollout', 'restart', `deployment/${name}`);
      await rolledOut(name);
      // The new one is ready and the old one is on its way out: the moment it is about.
      await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(before + 50), MINUTES);
    }
    await eventually(async () => expect(await notReady()).toEqual([]), MINUTES);
    const { paid, failures, slowestMs } = await buying.stop();
    process.stdout.write(
      `${paid.length} tickets bought during ${restarted.length} restarts; slowest answer ${slowestMs} ms.\n`,
    );
    expect(failures).toEqual([]);
    await buying.expectSettled();
  },
  20 * MINUTES,
);
