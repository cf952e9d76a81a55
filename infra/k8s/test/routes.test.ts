import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { routes as ofAuth } from '../../../auth/src/routes.ts';
import { routes as ofOrders } from '../../../orders/src/routes.ts';
import { routes as ofPayments, unguarded } from '../../../payments/src/routes.ts';
import { routes as ofTickets } from '../../../tickets/src/routes.ts';
import { readPath } from '../../local/gateway/read-path.ts';
import { readRoutes } from '../../local/gateway/read-routes.ts';
import { matchRoute } from '../../local/gateway/routes.ts';
import { manifestsFolder } from '../checks/render.ts';

const read = (file: string) => readFileSync(path.join(manifestsFolder, file), 'utf8');

const ingress = readRoutes(read('base/ingress.yaml'));

/** A table is looked at here, and nothing in it is ever done. */
const nothing = {} as never;
const limits = { perAddress: () => nothing, perUser: () => nothing } as never;

const tables = {
  auth: ofAuth(nothing, limits),
  tickets: ofTickets(nothing, limits),
  orders: ofOrders(nothing, limits),
  payments: [...ofPayments(nothing, nothing, limits), ...unguarded(nothing)],
};

const everyRoute = Object.entries(tables).flatMap(([service, routes]) =>
  routes.map((route) => ({ service, path: route.path })),
);

/** As a visitor would ask for it. */
const serviceOf = (route: string): string | undefined =>
  matchRoute(ingress, readPath(route.replaceAll(/:\w+/g, '6a1f0c2d9b8e7f6a5b4c3d2e')) ?? [])?.service;

describe('the ingress', () => {
  it('brings every route of a service to that service', () => {
    expect(everyRoute.length).toBeGreaterThan(15);
    const brought = everyRoute.map(({ path: route }) => ({ service: serviceOf(route), path: route }));
    expect(brought).toEqual(everyRoute);
  });

  it('leads nowhere that no service serves', () => {
    const idle = ingress.filter(
      ({ path: prefix, service }) =>
        service !== 'client' &&
        !everyRoute.some((route) => route.service === service && route.path.startsWith(prefix)),
    );
    expect(idle).toEqual([]);
  });

  it('is told the same by the Gateway API', () => {
    interface HttpRoute {
      readonly kind: string;
      readonly metadata: { readonly name: string };
      readonly spec: {
        readonly rules: readonly {
          readonly matches: readonly { readonly path: { readonly type: string; readonly value: string } }[];
          readonly backendRefs: readonly { readonly name: string }[];
        }[];
      };
    }
    const route = parseAllDocuments(read('components/gateway-api/gateway.yaml'))
      .map((document) => document.toJS() as HttpRoute)
      .find(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name === 'ticketing');
    const told = route?.spec.rules.flatMap(({ matches, backendRefs }) =>
      matches.map(({ path: { type, value } }) => ({
        path: value,
        pathType: type === 'PathPrefix' ? 'Prefix' : type,
        service: backendRefs[0]?.name,
      })),
    );
    expect(told).toEqual(ingress);
  });
});
