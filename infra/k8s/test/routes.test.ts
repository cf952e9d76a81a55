import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPath } from '../../local/gateway/read-path.ts';
import { readRoutes } from '../../local/gateway/read-routes.ts';
import { matchRoute } from '../../local/gateway/routes.ts';
import { manifestsFolder, type Resource, renderWith, resourcesIn } from '../checks/render.ts';
import { everyRoute } from './tables.ts';

/** The first time, kustomize has to be built. */
const PATIENCE_MS = 10 * 60_000;

const read = (file: string) => readFileSync(path.join(manifestsFolder, file), 'utf8');

const ingress = readRoutes(read('base/ingress.yaml'));

const routes = everyRoute().map(({ service, path }) => ({ service, path }));

/** As a visitor would ask for it. */
const serviceOf = (route: string): string | undefined =>
  matchRoute(ingress, readPath(route.replaceAll(/:\w+/g, '6a1f0c2d9b8e7f6a5b4c3d2e')) ?? [])?.service;

describe('the ingress', () => {
  it('brings every route of a service to that service', () => {
    expect(routes.length).toBeGreaterThan(15);
    const brought = routes.map(({ path: route }) => ({ service: serviceOf(route), path: route }));
    expect(brought).toEqual(routes);
  });

  it('leads nowhere that no service serves', () => {
    const idle = ingress.filter(
      ({ path: prefix, service }) =>
        service !== 'client' &&
        !routes.some((route) => route.service === service && route.path.startsWith(prefix)),
    );
    expect(idle).toEqual([]);
  });
});

interface HttpRouteSpec {
  readonly parentRefs: readonly { readonly name: string; readonly sectionName?: string }[];
  readonly rules: readonly {
    readonly matches: readonly { readonly path: { readonly type: string; readonly value: string } }[];
    readonly backendRefs: readonly { readonly name: string }[];
  }[];
}

/** Where a Gateway leads those who come by TLS, in the words of the Ingress. */
const routesOfGateway = (resources: readonly Resource[]) =>
  resources
    .filter(({ kind }) => kind === 'HTTPRoute')
    .map(({ spec }) => spec as HttpRouteSpec)
    .filter(({ parentRefs }) => parentRefs[0]?.name === 'ticketing' && parentRefs[0].sectionName === 'https')
    .flatMap(({ rules }) =>
      rules.flatMap(({ matches, backendRefs }) =>
        matches.map(({ path: { type, value } }) => ({
          path: value,
          pathType: type === 'PathPrefix' ? 'Prefix' : type,
          service: backendRefs[0]?.name,
        })),
      ),
    );

const sorted = (routes: readonly { readonly path: string }[]) =>
  [...routes].sort((one, other) => one.path.localeCompare(other.path));

const toStandIn = { path: '/stripe', pathType: 'Prefix', service: 'stripe' };

describe('a Gateway in place of the Ingress', () => {
  it.each([
    ['alone', 'base', ['gateway-api'], ingress],
    ['with the stand-in for Stripe', 'base', ['gateway-api', 'stripe-stand-in'], [...ingress, toStandIn]],
    ['named after it', 'base', ['stripe-stand-in', 'gateway-api'], [...ingress, toStandIn]],
    ['over an overlay that has it', 'overlays/test', ['gateway-api'], [...ingress, toStandIn]],
    ['in production', 'overlays/production', ['gateway-api'], ingress],
  ])(
    'leads to the same services: %s',
    async (_how, over, components, expected) => {
      const resources = resourcesIn(await renderWith(components, over));
      expect(sorted(routesOfGateway(resources))).toEqual(sorted(expected));
      expect(resources.filter(({ kind }) => kind === 'Ingress')).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'is not there where nobody has asked for it',
    async () => {
      const resources = resourcesIn(await renderWith(['stripe-stand-in', 'cert-manager']));
      expect(resources.filter(({ kind }) => kind === 'HTTPRoute' || kind === 'Gateway')).toEqual([]);
    },
    PATIENCE_MS,
  );
});

interface IssuerSpec {
  readonly acme: {
    readonly solvers: readonly {
      readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
      readonly http01: {
        readonly ingress?: unknown;
        readonly gatewayHTTPRoute?: { readonly parentRefs: readonly { readonly name: string }[] };
      };
    }[];
  };
}

/**
 * How the name is proved for the certificate of what lets people in. cert-manager gives the certificate that one's
 * labels, and of the solvers that fit takes the one whose selector says most.
 */
const provedBy = (resources: readonly Resource[], door: 'Ingress' | 'Gateway') => {
  const { metadata } = resources.find(({ kind }) => kind === door) ?? {};
  const issuer = resources.find(
    ({ kind, metadata: { name } }) =>
      kind === 'Issuer' && name === metadata?.annotations?.['cert-manager.io/issuer'],
  );
  const fitting = ((issuer?.spec as IssuerSpec | undefined)?.acme.solvers ?? [])
    .map(({ selector, http01 }) => ({ wanted: Object.entries(selector?.matchLabels ?? {}), http01 }))
    .filter(({ wanted }) => wanted.every(([label, value]) => metadata?.labels?.[label] === value))
    .sort((one, other) => other.wanted.length - one.wanted.length);
  return fitting[0]?.http01;
};

describe('the certificate of Let’s Encrypt', () => {
  it(
    'is proved through the Ingress where there is one, and else through the Gateway',
    async () => {
      const behindIngress = resourcesIn(await renderWith(['cert-manager']));
      expect(provedBy(behindIngress, 'Ingress')).toEqual({ ingress: { ingressClassName: 'nginx' } });
      const behindGateway = resourcesIn(await renderWith(['gateway-api', 'cert-manager']));
      expect(provedBy(behindGateway, 'Gateway')).toMatchObject({
        gatewayHTTPRoute: { parentRefs: [{ name: 'ticketing', sectionName: 'http' }] },
      });
    },
    PATIENCE_MS,
  );

  it(
    'is not forgotten where components are named in the wrong order: nothing is rendered at all',
    async () => {
      await expect(renderWith(['cert-manager', 'gateway-api'])).rejects.toThrow(
        'components/gateway-api has to be named before components/cert-manager',
      );
    },
    PATIENCE_MS,
  );
});
