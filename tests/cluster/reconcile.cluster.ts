/** The hourly comparison (infra/k8s/components/reconcile), begun at once, as docs/deploy.md tells an operator to. */
import { afterAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { kubectl } from './support/cluster.ts';
import { customerThroughout } from './support/customers.ts';

const EVERY_MS = 500;
const MINUTES = 60_000;

/** Another one each time: that of the run before may still be there. */
const job = `reconcile-now-${Date.now().toString(36)}`;

const customerHere = customerThroughout(EVERY_MS);

afterAll(async () => {
  await kubectl('delete', `job/${job}`, '--ignore-not-found');
}, 2 * MINUTES);

interface Job {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** `Complete`, which is exit status 0, or `Failed`; undefined while it runs. */
const endOf = async (name: string): Promise<string | undefined> => {
  const { status } = JSON.parse(await kubectl('get', `job/${name}`, '-o', 'json')) as Job;
  return status.conditions?.find(({ type, status: is }) => is === 'True' && /^(Complete|Failed)$/.test(type))
    ?.type;
};

it(
  'after some purchases the stores and Stripe agree, and the job that compares them says so',
  async () => {
    const buying = customerHere();
    await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(10), 2 * MINUTES);
    await buying.stop();
    await buying.expectSettled();

    await kubectl('create', 'job', '--from=cronjob/reconcile', job);
    const end = await eventually(async () => {
      const ended = await endOf(job);
      expect(ended).toBeDefined();
      return ended;
    }, 10 * MINUTES);
    const said = await kubectl('logs', `job/${job}`);
    // Both at once: where it failed, what it found is shown.
    expect([end, said]).toEqual(['Complete', expect.stringContaining('Everything agrees.')]);
  },
  20 * MINUTES,
);
