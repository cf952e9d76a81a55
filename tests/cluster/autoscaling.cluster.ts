/**
 * Needs the resource metrics of the cluster (metrics-server). Puts components/autoscaling over what is deployed, and
 * takes it away again.
 */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { autoscaler, kubectl, notReady, rolledOut } from './support/cluster.ts';

const MINUTES = 60_000;
const AT_ONCE = 24;
const RUSHED = 'tickets';

const manifests = path.resolve(import.meta.dirname, '../../infra/k8s');
const AUTOSCALERS = ['--selector', 'app.kubernetes.io/component=autoscaler'];

let overlay = '';
let scaled: string[] = [];

beforeAll(async () => {
  await kubectl('get', '--raw', '/apis/metrics.k8s.io/v1beta1/namespaces/ticketing/pods').catch((error) => {
    throw new Error('This cluster has no resource metrics, so nothing can scale: install metrics-server.', {
      cause: error,
    });
  });
  // By its real name: kustomize takes no absolute paths, and a relative one must not begin behind a link.
  overlay = await mkdtemp(path.join(await realpath(tmpdir()), 'ticketing-autoscaling-'));
  const from = path.relative(overlay, await realpath(manifests));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`${from}/base`],
    components: [`${from}/components/autoscaling`],
  };
  await writeFile(path.join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization));
  const applied = await kubectl('apply', ...AUTOSCALERS, '-k', overlay);
  scaled = [...applied.matchAll(/^horizontalpodautoscaler[^/]*\/(\S+)/gm)].map(([, name = '']) => name);
}, 6 * MINUTES);

afterAll(async () => {
  if (overlay === '') return;
  await kubectl('delete', 'horizontalpodautoscalers', ...AUTOSCALERS);
  for (const name of scaled) await kubectl('scale', `deployment/${name}`, '--replicas=1');
  for (const name of scaled) await rolledOut(name);
  await rm(overlay, { recursive: true, force: true });
}, 10 * MINUTES);

/** People who look for tickets, one search after the other, until they are told to stop. */
const rush = () => {
  const failures: string[] = [];
  let searching = true;
  const search = async () => {
    while (searching) {
      try {
        const answer = await fetch(`${process.env.BASE_URL}/api/tickets?q=every%20tenth&limit=100`);
        await answer.arrayBuffer();
        if (!answer.ok) failures.push(`${answer.status}`);
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const all = Promise.all(Array.from({ length: AT_ONCE }, search));
  return {
    /** What was not answered as it should be. */
    async stop(): Promise<readonly string[]> {
      searching = false;
      await all;
      return failures;
    },
  };
};

it(
  'when many people look for tickets at once, more of the service comes, and nobody is turned away',
  async () => {
    expect(scaled).toContain(RUSHED);
    // It has heard from metrics-server, and two are there, as at any time.
    const { least, most } = await eventually(async () => {
      const before = await autoscaler(RUSHED);
      expect(before).toMatchObject({ isActive: true });
      expect(before.replicas).toBe(before.least);
      return before;
      // Longer than it waits before it takes away what only their start needed.
    }, 8 * MINUTES);
    await eventually(async () => expect(await notReady()).toEqual([]), 5 * MINUTES);

    const people = rush();
    try {
      const since = Date.now();
      await eventually(async () => {
        expect((await autoscaler(RUSHED)).replicas).toBeGreaterThan(least);
      }, 5 * MINUTES);
      process.stdout.write(`More of ${RUSHED} after ${Math.round((Date.now() - since) / 1000)} s.\n`);
      await rolledOut(RUSHED);
      expect((await autoscaler(RUSHED)).replicas).toBeLessThanOrEqual(most);
    } finally {
      await people.stop();
    }
    expect(await people.stop()).toEqual([]);
  },
  20 * MINUTES,
);
