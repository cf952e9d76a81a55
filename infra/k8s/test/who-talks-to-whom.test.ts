import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { namesOf, services } from '../../local/services.mjs';
import { manifestsFolder, render, renderWith, resourcesIn } from '../checks/render.ts';
import { mayLeave, mayTalk, type Pod, podsIn, policiesIn } from './network-policies.ts';

/** The first time, kustomize has to be built. */
const PATIENCE_MS = 10 * 60_000;

const mongos = Object.fromEntries(namesOf({ store: 'mongo' }).map((name) => [`${name}-mongo`, [name]]));

/** Everybody who has business with a service or a store, in every deployment; follows from services.json. */
const business: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    services.map(({ name, paths }) => [
      name,
      paths.length > 0 ? ['the ingress', 'Prometheus', 'client'] : ['Prometheus'],
    ]),
  ),
  client: ['the ingress'],
  ...mongos,
  nats: namesOf({ broker: true }),
  redis: namesOf({ store: 'redis' }),
};
/** And where the stand-in for Stripe runs. */
const withStandIn: Readonly<Record<string, readonly string[]>> = {
  ...business,
  payments: [...(business.payments ?? []), 'stripe'],
  stripe: ['the ingress', 'payments'],
};
/** And where the demo data is put in, through the API. */
const withDemoData: Readonly<Record<string, readonly string[]>> = {
  ...withStandIn,
  ...Object.fromEntries(
    namesOf({ public: true }).map((name) => [name, [...(withStandIn[name] ?? []), 'demo-data']]),
  ),
  'demo-data': [],
};
/** And where the job runs that compares: it reads these stores, and asks the stand-in for Stripe where there is one. */
const withReconcile = (
  others: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> => {
  const read = ['tickets-mongo', 'orders-mongo', 'payments-mongo', 'redis', 'stripe'];
  const admitted = read
    .filter((name) => name in others)
    .map((name) => [name, [...(others[name] ?? []), 'reconcile']]);
  return { ...others, ...Object.fromEntries(admitted), reconcile: [] };
};

const outsider = (name: string, namespace: string, labels: Pod['labels'] = {}): Pod => ({
  name,
  namespace,
  labels,
  ports: {},
});

describe.each([
  ['dev', withStandIn],
  ['test', withReconcile(withDemoData)],
  ['dev-jetstream', withStandIn],
  ['production', withReconcile(business)],
])('in overlays/%s', (overlay, expected) => {
  let inside: Pod[];
  let everybody: Pod[];
  let policies: ReturnType<typeof policiesIn>;

  beforeAll(async () => {
    const resources = resourcesIn(await render(path.join(manifestsFolder, 'overlays', overlay)));
    inside = podsIn(resources);
    policies = policiesIn(resources);
    everybody = [
      ...inside,
      outsider('the ingress', 'ingress-nginx'),
      outsider('Prometheus', 'monitoring'),
      outsider('a stranger', 'default'),
      // Whoever calls himself what ours is called, somewhere else.
      outsider('an impostor', 'default', inside.find(({ name }) => name === 'orders')?.labels),
      outsider('a newcomer', 'ticketing'),
    ];
  }, PATIENCE_MS);

  it('everybody reaches whom he has business with, and nobody else', () => {
    const reached = Object.fromEntries(
      inside.map((to) => [
        to.name,
        everybody
          .filter((from) => from !== to)
          .filter((from) => Object.values(to.ports).some((port) => mayTalk(policies, from, to, port)))
          .map(({ name }) => name)
          .sort(),
      ]),
    );
    const sorted = Object.entries(expected).map(([to, from]) => [to, [...from].sort()]);
    expect(reached).toEqual(Object.fromEntries(sorted));
  });

  it('a store is reached at its own port alone, and the broker’s monitoring by nobody', () => {
    const nats = inside.find(({ name }) => name === 'nats');
    const orders = inside.find(({ name }) => name === 'orders');
    if (nats === undefined || orders === undefined) throw new Error('no broker, or no orders');
    expect(mayTalk(policies, orders, nats, 4222)).toBe(true);
    expect(everybody.filter((from) => mayTalk(policies, from, nats, 8222))).toEqual([]);
    expect(mayTalk(policies, orders, nats, 22)).toBe(false);
  });

  it('a pod that nobody has written about is reached by nobody', () => {
    const newcomer = { ...outsider('a newcomer', 'ticketing'), ports: { http: 3000 } };
    expect(everybody.filter((from) => mayTalk(policies, from, newcomer, 3000))).toEqual([]);
  });

  it('nobody but payments, and the job that compares, speaks to anybody outside of the cluster', () => {
    const leaving = everybody
      .filter((pod) => pod.namespace === 'ticketing' && mayLeave(policies, pod))
      .map(({ name }) => name);
    const withStripe = ['payments', 'reconcile'].filter((name) => name in expected);
    expect(leaving.sort()).toEqual(withStripe);
    // A rule that says to whom, always: one that does not means everybody.
    for (const { egress } of policies) for (const { to } of egress) expect(to).toBeDefined();
  });
});

describe('behind a Gateway', () => {
  let inside: Pod[];
  let policies: ReturnType<typeof policiesIn>;
  /** It answers Let's Encrypt, for as long as that asks. */
  const prover: Pod = {
    ...outsider('the prover', 'ticketing', { 'acme.cert-manager.io/http01-solver': 'true' }),
    ports: { http: 8089 },
  };

  beforeAll(async () => {
    const components = ['gateway-api', 'stripe-stand-in', 'network-policies', 'cert-manager'];
    const resources = resourcesIn(await renderWith(components));
    inside = [...podsIn(resources), prover];
    policies = policiesIn(resources);
  }, PATIENCE_MS);

  const reachedBy = (from: Pod) =>
    inside
      .filter((to) => Object.values(to.ports).some((port) => mayTalk(policies, from, to, port)))
      .map(({ name }) => name)
      .sort();

  it('its controller reaches whom it has a route to, once its namespace says that it lets people in', () => {
    const controller = outsider('the Gateway', 'traefik');
    expect(reachedBy(controller)).toEqual([]);
    const letIn = { ...controller, namespaceLabels: { 'ticketing.dev/lets-people-in': 'true' } };
    const routed = [...namesOf({ public: true }), 'client', 'stripe', 'the prover'].sort();
    expect(reachedBy(letIn)).toEqual(routed);
    // As ingress-nginx, which need not say so.
    expect(reachedBy(outsider('the ingress', 'ingress-nginx'))).toEqual(routed);
  });
});
