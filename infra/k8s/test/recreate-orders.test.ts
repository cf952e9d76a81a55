import { expect, it } from '@jest/globals';
import { overlays, renderWith, resourcesIn } from '../checks/render.ts';

/** The first time, kustomize has to be built. */
const PATIENCE_MS = 10 * 60_000;

it(
  'with recreate-orders the old pods of orders go before the new ones come, and those of nobody else',
  async () => {
    for (const overlay of await overlays()) {
      const resources = resourcesIn(await renderWith(['recreate-orders'], `overlays/${overlay}`));
      const ours = resources.filter(
        ({ kind, metadata }) =>
          kind === 'Deployment' && metadata.labels?.['app.kubernetes.io/component'] === 'service',
      );
      expect(ours.length).toBeGreaterThan(4);
      for (const { metadata, spec } of ours) {
        const rolling = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
        const strategy = metadata.name === 'orders' ? { type: 'Recreate' } : rolling;
        expect((spec as { strategy: object }).strategy).toEqual(strategy);
      }
    }
  },
  PATIENCE_MS,
);
