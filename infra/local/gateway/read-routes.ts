import { parseAllDocuments } from 'yaml';
import type { Route } from './routes.ts';

/** The manifest says something that this gateway does not do, so it must not pretend to. */
export class UnsupportedIngress extends Error {
  override name = 'UnsupportedIngress';
}

/**
 * The routes of the Ingress in a Kubernetes manifest. Its one host is not looked at, since on one machine people
 * come by `localhost`; and TLS, the class and annotations are the cluster's own business.
 *
 * @throws {UnsupportedIngress} for what this gateway would serve differently than the cluster
 */
export const readRoutes = (manifest: string): readonly Route[] => {
  const ingresses = parseAllDocuments(manifest)
    .map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw new UnsupportedIngress(error.message);
      return asObject(document.toJS(), 'the document');
    })
    .filter((resource) => resource.kind === 'Ingress');
  const [ingress, ...others] = ingresses;
  if (ingress === undefined || others.length > 0) {
    throw new UnsupportedIngress(`expected one Ingress, found ${ingresses.length}`);
  }
  const spec = asObject(ingress.spec, 'spec');
  if (spec.defaultBackend !== undefined) throw new UnsupportedIngress('spec.defaultBackend');
  const rules = asList(spec.rules, 'spec.rules').map((rule) => asObject(rule, 'a rule'));
  if (new Set(rules.map((rule) => rule.host)).size > 1) {
    throw new UnsupportedIngress('rules for more than one host');
  }
  return rules.flatMap((rule) =>
    asList(asObject(rule.http, 'http of a rule').paths, 'paths of a rule').map(readRoute),
  );
};

const readRoute = (value: unknown): Route => {
  const { path, pathType, backend } = asObject(value, 'a path');
  if (typeof path !== 'string' || !path.startsWith('/')) throw new UnsupportedIngress(`path ${path}`);
  if (pathType !== 'Exact' && pathType !== 'Prefix') {
    throw new UnsupportedIngress(`pathType ${pathType} of ${path}: its meaning depends on the controller`);
  }
  const { name } = asObject(asObject(backend, `backend of ${path}`).service, `service of ${path}`);
  if (typeof name !== 'string') throw new UnsupportedIngress(`no service for ${path}`);
  return { path, pathType, service: name };
};

const asObject = (value: unknown, what: string): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnsupportedIngress(`${what} is not a mapping`);
  }
  return value as Record<string, unknown>;
};

const asList = (value: unknown, what: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new UnsupportedIngress(`${what} is not a list`);
  return value;
};
