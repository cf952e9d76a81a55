import { expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { kubectl, notReady, pods, workloads } from './support/cluster.ts';
import { customerThroughout } from './support/customers.ts';

const MINUTES = 60_000;

const customerHere = customerThroughout(200);

/** Ends it as a node that dies would: no signal is waited for. */
const kill = (pod: string) => kubectl('delete', 'pod', pod, '--grace-period=0', '--force', '--wait=false');

it(
  'whichever pod is deleted, the shop comes back by itself, and money and tickets agree',
  async () => {
    const buying = customerHere();
    for (const { metadata } of await workloads()) {
      const doomed = (await pods()).filter(
        (pod) => pod.metadata.labels['app.kubernetes.io/name'] === metadata.name,
      );
      expect(doomed.length).toBeGreaterThan(0);
      for (const pod of doomed) await kill(pod.metadata.name);
      const gone = new Set(doomed.map((pod) => pod.metadata.uid));
      const since = Date.now();
      await eventually(async () => {
        expect((await pods()).filter((pod) => gone.has(pod.metadata.uid))).toEqual([]);
        expect(await notReady()).toEqual([]);
      }, 4 * MINUTES);
      const readyMs = Date.now() - since;
      const before = buying.purchases.paid.length;
      await eventually(() => expect(buying.purchases.paid.length).toBeGreaterThan(before + 3), 2 * MINUTES);
      process.stdout.write(
        `${metadata.name} deleted: ready after ${Math.round(readyMs / 1000)} s, selling after ${Math.round((Date.now() - since) / 1000)} s.\n`,
      );
    }
    const { paid, failures } = await buying.stop();
    process.stdout.write(`${paid.length} tickets bought meanwhile, ${failures.length} requests refused.\n`);
    await buying.expectSettled({ withinMs: 3 * MINUTES, outage: true });
  },
  60 * MINUTES,
);
