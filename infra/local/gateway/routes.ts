/** One path of an Ingress: requests whose path matches go to `service`. */
export interface Route {
  readonly path: string;
  readonly pathType: 'Exact' | 'Prefix';
  /** The name of the Kubernetes Service, which is the name of ours. */
  readonly service: string;
}

/**
 * The route of a path, by the rules of Kubernetes
 * (https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types): a prefix matches whole path
 * elements, so `/api/tickets` is no prefix of `/api/tickets-of-yours`; of several the longest wins, and an
 * exact one wins over a prefix.
 *
 * @param elements of a path that `readPath` let through
 */
export const matchRoute = (routes: readonly Route[], elements: readonly string[]): Route | undefined => {
  let best: Route | undefined;
  for (const route of routes) {
    if (!matches(route, elements)) continue;
    if (best === undefined || precedes(route, best)) best = route;
  }
  return best;
};

const matches = ({ path, pathType }: Route, elements: readonly string[]): boolean => {
  if (pathType === 'Exact') return path === `/${elements.join('/')}`;
  const prefix = elementsOf(path);
  return prefix.every((element, index) => element === elements[index]);
};

const precedes = (a: Route, b: Route): boolean =>
  a.pathType === b.pathType ? elementsOf(a.path).length > elementsOf(b.path).length : a.pathType === 'Exact';

const elementsOf = (path: string): string[] => path.split('/').filter((element) => element !== '');
