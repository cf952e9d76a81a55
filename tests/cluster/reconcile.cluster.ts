/** The hourly comparison (infra/k8s/components/reconcile), begun at once, as docs/deploy.md tells an operator to. */
import { afterAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { kubectl } from './support/cluster.ts';
import { customerThroughout } from './support/customers.ts';
import { ended } from './support/jobs.ts';

const EVERY_MS = 500;
const MINUTES = 60_000;

/** Another one each time: that of the run before may still be there. */
const job = `reconcile-now-${Date.now().toString(36)}`;

const customerHere = customerThroughout(EVERY_MS);

afterAll(async () => {
  await kubectl('delete', `job/${job}`, '--ignore-not-found');
}, 2 * MINUTES);

it(
  'after some purchases the stores and Stripe agree, and the job that compares them says so',
  async () => {
    const buying = customerHere();
    await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(10), 2 * MINUTES);
    await buying.stop();
    await buying.expectSettled();

    await kubectl('create', 'job', '--from=cronjob/reconcile', job);
    // Both at once: where it failed, what it found is shown.
    expect(await ended(job, 10 * MINUTES)).toEqual([
      'Complete',
      expect.stringContaining('Everything agrees.'),
    ]);
  },
  20 * MINUTES,
);
