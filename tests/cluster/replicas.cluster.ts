import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { deployments, kubectl, notReady, pods, rolledOut } from './support/cluster.ts';
import { type Customer, customer } from './support/customers.ts';

const MINUTES = 60_000;
/** Its journal is written by one process at a time. */
const SINGLE = 'stripe';

let scaled: string[] = [];
let buying: Customer | undefined;

const scale = async (replicas: number) => {
  for (const name of scaled) await kubectl('scale', `deployment/${name}`, `--replicas=${replicas}`);
  for (const name of scaled) await rolledOut(name);
};

beforeAll(async () => {
  scaled = (await deployments()).filter((name) => name !== SINGLE);
  await scale(2);
}, 10 * MINUTES);
afterAll(async () => {
  await buying?.stop();
  await scale(1);
}, 10 * MINUTES);

/** Requests answered, by status and route, as a pod counts them itself; probes are not among them. */
const requestsOf = async (pod: string): Promise<number> => {
  const metrics = await kubectl(
    'get',
    '--raw',
    `/api/v1/namespaces/ticketing/pods/${pod}:3000/proxy/metrics`,
  );
  return [...metrics.matchAll(/^http_request_duration_seconds_count\{.*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
};

it(
  'two of each sell as one: no request fails, each has its share, and money and tickets agree',
  async () => {
    await eventually(async () => expect(await notReady()).toEqual([]), 2 * MINUTES);
    buying = await customer(100);
    const { purchases } = buying;
    await eventually(() => expect(purchases.paid.length).toBeGreaterThan(150), 5 * MINUTES);
    for (const service of ['tickets', 'orders', 'payments']) {
      const both = (await pods()).filter(
        ({ metadata }) => metadata.labels['app.kubernetes.io/name'] === service,
      );
      expect(both.length).toBe(2);
      for (const { metadata } of both) expect(await requestsOf(metadata.name)).toBeGreaterThan(20);
    }
    const { failures } = await buying.stop();
    expect(failures).toEqual([]);
    await buying.expectSettled();
  },
  15 * MINUTES,
);
