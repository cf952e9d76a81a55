import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readPath } from '../gateway/read-path.ts';
import { readRoutes, UnsupportedIngress } from '../gateway/read-routes.ts';
import { matchRoute, type Route } from '../gateway/routes.ts';

const manifest = readFileSync(new URL('../../k8s/base/ingress.yaml', import.meta.url), 'utf8');

const ingress = (...paths: string[]) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: any }
spec:
  rules:
    - http:
        paths: [${paths.join(', ')}]
`;
const pathOf = (path: string, pathType: string) =>
  `{ path: ${path}, pathType: ${pathType}, backend: { service: { name: any, port: { number: 80 } } } }`;

/** The path of the route taken, or undefined. */
const taken = (routes: readonly Route[], path: string) => matchRoute(routes, readPath(path) ?? [])?.path;
const prefix = (path: string): Route => ({ path, pathType: 'Prefix', service: path });
const exact = (path: string): Route => ({ path, pathType: 'Exact', service: `exactly ${path}` });

describe('the Ingress manifest', () => {
  it('brings each part of the shop to its service', () => {
    const routes = readRoutes(manifest);
    const serviceOf = (path: string) => matchRoute(routes, readPath(path) ?? [])?.service;
    expect(
      Object.fromEntries(
        [
          '/api/users/signin',
          '/api/tickets',
          '/api/tickets?q=a/../b',
          '/api/tickets/42',
          '/api/orders/',
          '/api/payments/webhook',
          '/api/ticketsellers',
          '/api',
          '/',
          '/tickets/42',
          '/_next/static/chunks/%5Bid%5D.js',
        ].map((path) => [path, serviceOf(path)]),
      ),
    ).toEqual({
      '/api/users/signin': 'auth',
      '/api/tickets': 'tickets',
      '/api/tickets?q=a/../b': 'tickets',
      '/api/tickets/42': 'tickets',
      '/api/orders/': 'orders',
      '/api/payments/webhook': 'payments',
      '/api/ticketsellers': 'client',
      '/api': 'client',
      '/': 'client',
      '/tickets/42': 'client',
      '/_next/static/chunks/%5Bid%5D.js': 'client',
    });
  });

  it.each([
    ['a path type whose meaning is the controller’s', ingress(pathOf('/', 'ImplementationSpecific'))],
    ['no ingress at all', 'kind: Service'],
    ['two ingresses', `${ingress(pathOf('/', 'Prefix'))}---${ingress(pathOf('/', 'Prefix'))}`],
    ['a path that is none', ingress(pathOf('api', 'Prefix'))],
    ['a backend that is no service', ingress('{ path: /, pathType: Prefix, backend: { resource: {} } }')],
    ['a default backend', `${ingress()}  defaultBackend: { service: { name: any } }`],
    ['broken YAML', 'kind: ['],
  ])('is refused with %s, instead of being served differently than in a cluster', (_what, text) => {
    expect(() => readRoutes(text)).toThrow(UnsupportedIngress);
  });
});

describe('a route', () => {
  // The examples of https://kubernetes.io/docs/concepts/services-networking/ingress/#examples
  it.each([
    [[prefix('/')], '/any/path', '/'],
    [[exact('/foo')], '/foo', '/foo'],
    [[exact('/foo')], '/bar', undefined],
    [[exact('/foo')], '/foo/', undefined],
    [[exact('/foo/')], '/foo', undefined],
    [[prefix('/foo')], '/foo', '/foo'],
    [[prefix('/foo')], '/foo/', '/foo'],
    [[prefix('/foo/')], '/foo', '/foo/'],
    [[prefix('/foo/')], '/foo/', '/foo/'],
    [[prefix('/aaa/bb')], '/aaa/bbb', undefined],
    [[prefix('/aaa/bbb')], '/aaa/bbb', '/aaa/bbb'],
    [[prefix('/aaa/bbb/')], '/aaa/bbb', '/aaa/bbb/'],
    [[prefix('/aaa/bbb')], '/aaa/bbb/', '/aaa/bbb'],
    [[prefix('/aaa/bbb')], '/aaa/bbb/ccc', '/aaa/bbb'],
    [[prefix('/aaa/bbb')], '/aaa/bbbxyz', undefined],
    [[prefix('/'), prefix('/aaa')], '/aaa/ccc', '/aaa'],
    [[prefix('/'), prefix('/aaa')], '/ccc', '/'],
    [[prefix('/aaa'), prefix('/'), prefix('/aaa/bbb')], '/aaa/bbb', '/aaa/bbb'],
    [[prefix('/aaa')], '/ccc', undefined],
    [[prefix('/Foo')], '/foo', undefined],
    [[prefix('/foo')], '/f%6Fo', '/foo'],
  ])('of %j takes %s by %s, as Kubernetes says', (routes, path, expected) => {
    expect(taken(routes, path)).toBe(expected);
  });

  it('that is exact wins over a prefix', () => {
    expect(matchRoute([prefix('/foo'), exact('/foo')], ['foo'])?.service).toBe('exactly /foo');
    expect(matchRoute([exact('/foo'), prefix('/foo')], ['foo'])?.service).toBe('exactly /foo');
  });
});

describe('a path', () => {
  it.each([
    '/api/tickets/../users',
    '/api/tickets/..',
    '/api/tickets/%2e%2E/users',
    '/api/./tickets',
    '/api/tickets//1',
    '//metrics',
    '/api/tickets%2f..%2fmetrics',
    '/api\\..\\metrics',
    '/api/%5c',
    '/api/%00',
    '/api/%0d%0aX',
    '/api/%zz',
    '/api/%c0%ae',
    'http://localhost/metrics',
    '*',
    '',
  ])('that two servers could read differently is refused: %s', (path) => {
    expect(readPath(path)).toBeUndefined();
  });

  it.each([
    ['/', ['']],
    ['/a/b/', ['a', 'b', '']],
    ['/a.b/..c/%20?x=../..//', ['a.b', '..c', ' ']],
    ['/K%C3%B6ln', ['Köln']],
  ])('is read element by element: %s', (path, elements) => {
    expect(readPath(path)).toEqual(elements);
  });
});
