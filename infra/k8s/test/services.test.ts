/**
 * What is written by hand of services.json, because a tool or a reader wants it so, against that list. All else is derived
 * from it; who may talk to whom is in who-talks-to-whom.test.ts, and the routes are in routes.test.ts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Migration } from '@ticketing/common/migrations';
import { parse } from 'yaml';
import { readRoutes } from '../../local/gateway/read-routes.ts';
import { images } from '../../local/images.mjs';
import { namesOf, services } from '../../local/services.mjs';
import { root } from '../../local/setup.mjs';
import { manifestsFolder, type Resource, render, renderWith, resourcesIn } from '../checks/render.ts';
import { sectionOf } from './docs.ts';

/** The first time, kustomize has to be built. */
const PATIENCE_MS = 10 * 60_000;

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const sorted = <T>(all: readonly T[]) => [...all].sort();

describe('a service of the list', () => {
  it.each(namesOf())('is a workspace with tests of its own: %s', (name) => {
    expect(JSON.parse(read('package.json')).workspaces).toContain(name);
    expect(JSON.parse(read(`${name}/package.json`)).name).toBe(`@ticketing/${name}`);
    for (const file of ['src/main.ts', 'jest.config.mjs', 'tsconfig.build.json']) {
      expect(existsSync(path.join(root, name, file))).toBe(true);
    }
  });

  it('is every workspace that is started as one', () => {
    const { workspaces }: { workspaces: string[] } = JSON.parse(read('package.json'));
    const started = workspaces.filter((each) => existsSync(path.join(root, each, 'src/main.ts')));
    // The stand-in for Stripe and the job that compares are started, too, from images of their own.
    expect(sorted(started)).toEqual(sorted([...namesOf(), 'infra/local/stripe', 'reconcile']));
  });

  it.each(namesOf())('is on the map: %s', (name) => {
    expect(sectionOf('architecture.md', 'The services')).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
    const readme = read('README.md');
    const [, picture = ''] = readme.split('```mermaid');
    expect(picture.split('```')[0]).toMatch(new RegExp(`^ +${name}\\[`, 'm'));
    expect(readme.split('## Layout')[1]).toMatch(new RegExp(`^(\\w+/ )*${name}/ `, 'm'));
  });

  it('is reached by its public paths, and nothing else is, but the shop', () => {
    const written = readRoutes(read('infra/k8s/base/ingress.yaml')).map(({ path: at, service }) => [
      at,
      service,
    ]);
    const listed = services.flatMap(({ name, paths }) => paths.map((at) => [at, name]));
    expect(sorted(written)).toEqual(sorted([...listed, ['/', 'client']]));
  });

  it('that people ask, the shop can ask as well', () => {
    const settings = read('infra/k8s/base/client/client.env').trim().split('\n');
    const listed = namesOf({ public: true }).map((name) => `${name.toUpperCase()}_URL=http://${name}:3000`);
    expect(sorted(settings)).toEqual(sorted(listed));
  });
});

describe('migrations', () => {
  const withMigrations = namesOf().filter((name) => existsSync(path.join(root, name, 'src/migrations')));

  it.each(withMigrations)('of %s are all in its list, in the order of their numbers', async (name) => {
    const folder = path.join(root, name, 'src/migrations');
    const files = readdirSync(folder).filter((file) => file !== 'index.ts');
    const { migrations }: { migrations: readonly Migration[] } = await import(path.join(folder, 'index.ts'));
    expect(migrations.map((migration) => `${migration.name}.ts`)).toEqual(sorted(files));
  });
});

interface Artifact {
  readonly image: string;
  readonly docker: { readonly dockerfile: string; readonly buildArgs: Readonly<Record<string, string>> };
  readonly sync?: { readonly manual: readonly { readonly src: string; readonly dest: string }[] };
}

interface Profile {
  readonly name: string;
  readonly patches?: readonly { readonly op: string; readonly path: string }[];
}

describe('skaffold.yaml', () => {
  const { build, profiles }: { build: { artifacts: Artifact[] }; profiles: Profile[] } = parse(
    read('skaffold.yaml'),
  );

  /** What a profile builds: all, less what it takes out. */
  const builtBy = (name: string): Artifact[] => {
    const { patches = [] } = profiles.find((profile) => profile.name === name) ?? {};
    const left = patches
      .filter(({ op }) => op === 'remove')
      .map(({ path: at }) => at.replace('/build/artifacts/image=', '').replaceAll('~1', '/'));
    return build.artifacts.filter(({ image }) => !left.includes(image));
  };

  it('builds every image, as the workflow does', () => {
    const built = build.artifacts.map(({ image, docker: { dockerfile, buildArgs } }) => ({
      image: image.replace('ticketing/', ''),
      file: dockerfile.match(/^infra\/docker\/(\w+)\.Dockerfile$/)?.[1],
      ...(buildArgs.SERVICE === undefined ? {} : { service: buildArgs.SERVICE }),
      ...(buildArgs.ALSO === undefined ? {} : { also: buildArgs.ALSO }),
    }));
    const byName = (one: { image: string }, other: { image: string }) => one.image.localeCompare(other.image);
    expect(built.toSorted(byName)).toEqual(images.toSorted(byName));
  });

  it.each([
    ['watching', 'dev'],
    ['test', 'test'],
    ['production', 'production'],
  ])(
    'builds for the profile %s what overlays/%s runs, and nothing else',
    async (profile, overlay) => {
      const manifests = await render(path.join(manifestsFolder, 'overlays', overlay));
      const run = [...manifests.matchAll(/ image: (ticketing\/\w+)$/gm)].map(([, image]) => image);
      const built = builtBy(profile).map(({ image }) => image);
      expect(sorted(built)).toEqual(sorted([...new Set(run)]));
    },
    PATIENCE_MS,
  );

  it.each(builtBy('watching'))('puts changed sources of $image into its containers', ({ docker, sync }) => {
    const folder = docker.buildArgs.SERVICE ?? 'client';
    const sources = (sync?.manual ?? []).map(({ src }) => src);
    expect(sources.some((src) => src.startsWith(`${folder}/src/**/`))).toBe(true);
    if (folder !== 'client') expect(sources).toContain('common/src/**/*.ts');
  });

  it('names no artifact by where it stands in the list: another one would take its place', () => {
    const paths = profiles.flatMap(({ patches = [] }) => patches.map(({ path: at }) => at));
    expect(paths.length).toBeGreaterThan(4);
    expect(paths.filter((at) => /\/\d+(\/|$)/.test(at))).toEqual([]);
    // What `key=value` is to find is there: a patch that finds nothing fails only with the profile it belongs to.
    expect(paths).toContain('/build/artifacts/image=ticketing~1stripe');
    const dockerfiles = [...new Set(build.artifacts.map(({ docker }) => docker.dockerfile))];
    for (const file of dockerfiles) {
      expect(paths).toContain(`/build/artifacts/dockerfile=${file.replaceAll('/', '~1')}/target`);
    }
  });
});

interface DeploymentSpec {
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly containers: readonly {
        readonly image: string;
        readonly envFrom: readonly { readonly secretRef?: { readonly name: string } }[];
      }[];
    };
  };
}

describe('in production', () => {
  let resources: Resource[];
  beforeAll(async () => {
    resources = resourcesIn(await render(path.join(manifestsFolder, 'overlays/production')));
  }, PATIENCE_MS);

  const namesOfKind = (kind: string) =>
    sorted(resources.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name));

  it('every service runs from its own image, with its own secret, under labels that say what it talks to', () => {
    const running = resources
      .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name !== 'client')
      .map(({ metadata: { name }, spec }) => {
        const { template } = spec as DeploymentSpec;
        const [container] = template.spec.containers;
        const label = (key: string) => template.metadata.labels[`ticketing.dev/${key}`];
        return {
          name,
          image: container?.image,
          secrets: container?.envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
          store: label('store'),
          broker: label('broker') === 'yes',
          isPublic: label('public') === 'yes',
        };
      });
    const listed = services.map(({ name, store, broker, paths }) => ({
      ...{ name, image: `ticketing/${name}`, secrets: [name], store, broker },
      isPublic: paths.length > 0,
    }));
    const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
    expect(running.toSorted(byName)).toEqual(listed.toSorted(byName));
  });

  it('each store is there once', () => {
    const mongos = namesOf({ store: 'mongo' }).map((name) => `${name}-mongo`);
    expect(namesOfKind('StatefulSet')).toEqual(sorted([...mongos, 'nats', 'redis']));
  });

  it('each of them, and the shop, has an address, a budget for disruptions and an autoscaler', () => {
    const all = sorted([...namesOf(), 'client']);
    expect(namesOfKind('Deployment')).toEqual(all);
    expect(namesOfKind('PodDisruptionBudget')).toEqual(all);
    const scaled = resources.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    expect(
      sorted(scaled.map(({ spec }) => (spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name)),
    ).toEqual(all);
    expect(namesOfKind('Service')).toEqual(expect.arrayContaining(all));
  });
});

it(
  'the stand-in for Stripe, whose journal one process writes, is never scaled',
  async () => {
    const resources = resourcesIn(await renderWith(['stripe-stand-in', 'autoscaling']));
    const named = (kind: string) =>
      resources.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
    expect(named('Deployment')).toContain('stripe');
    expect(named('HorizontalPodAutoscaler')).toContain('orders');
    expect(named('HorizontalPodAutoscaler')).not.toContain('stripe');
  },
  PATIENCE_MS,
);
