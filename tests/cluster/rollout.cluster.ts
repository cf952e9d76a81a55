import { expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { images } from '@ticketing/local/images';
import { deployments, kubectl, notReady, rolledOut } from './support/cluster.ts';
import { customerThroughout } from './support/customers.ts';

const EVERY_MS = 100;
const MINUTES = 60_000;
/** A job, which begins and ends by itself. */
const JOB = 'reconcile';

const customerHere = customerThroughout(EVERY_MS);

it(
  'whoever buys while every service is restarted notices nothing',
  async () => {
    const buying = customerHere();
    await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(20), MINUTES);
    // The stand-in for Stripe too. One process at a time writes its journal, so it is away for some seconds, as Stripe may
    // be: payments waits for it, and says that it is still at work if that takes too long.
    const restarted = await deployments();
    const running = images.map(({ image }) => image).filter((image) => image !== JOB);
    expect(restarted).toEqual(running.toSorted());
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
