/** The job that compares (components/reconcile). Whom it may talk to is in who-talks-to-whom.test.ts. */
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newSigningKeys } from '../../../auth/src/keys/signing-keys.ts';
import { readReconcileConfig } from '../../../reconcile/src/config.ts';
import { manifestsFolder, overlays, type Resource, render, resourcesIn } from '../checks/render.ts';
import { devSecrets } from '../secrets/dev-secrets.ts';

/** The first time, kustomize has to be built. */
const PATIENCE_MS = 10 * 60_000;

const HOUR_S = 3_600;

/** It does not start without. */
const WANTED = ['TICKETS_MONGO_URL', 'ORDERS_MONGO_URL', 'PAYMENTS_MONGO_URL', 'STRIPE_SECRET_KEY'];
/** Where it is not given, the dead letters of expiration are not looked at. */
const SECRET_TOO = ['EXPIRATION_REDIS_URL'];
/** As payments has them: else it would look for its payments somewhere else, or under another name. */
const LIKE_PAYMENTS = ['STRIPE_API_BASE', 'STRIPE_TIMEOUT_MS', 'DEPLOYMENT'];

it('the settings of the job are the ones that it reads', () => {
  const url = (name: string) => [name, 'mongodb://store:27017/database'];
  const given = { ...Object.fromEntries(WANTED.map(url)), STRIPE_SECRET_KEY: 'rk_test_1' };
  const read = Object.keys(
    readReconcileConfig({
      ...given,
      EXPIRATION_REDIS_URL: 'redis://redis:6379',
      STRIPE_API_BASE: 'http://stripe',
    }),
  );
  expect(read.sort()).toEqual([...WANTED, ...SECRET_TOO, ...LIKE_PAYMENTS].sort());
  for (const missing of WANTED) {
    const { [missing]: _, ...rest } = given as Record<string, string>;
    expect(() => readReconcileConfig(rest)).toThrow(missing);
  }
});

interface EnvFrom {
  readonly configMapRef?: { readonly name: string };
  readonly secretRef?: { readonly name: string };
}

interface PodTemplate {
  readonly spec: {
    readonly restartPolicy?: string;
    readonly containers: readonly {
      readonly image: string;
      readonly command?: readonly string[];
      readonly args?: readonly string[];
      readonly env?: readonly unknown[];
      readonly envFrom: readonly EnvFrom[];
    }[];
  };
}

interface CronJobSpec {
  readonly schedule: string;
  readonly concurrencyPolicy: string;
  readonly startingDeadlineSeconds: number;
  readonly jobTemplate: {
    readonly spec: {
      readonly backoffLimit: number;
      readonly activeDeadlineSeconds: number;
      readonly template: PodTemplate;
    };
  };
}

const resourcesOf = async (overlay: string) =>
  resourcesIn(await render(path.join(manifestsFolder, 'overlays', overlay)));

const cronJobsIn = (resources: readonly Resource[]) => resources.filter(({ kind }) => kind === 'CronJob');

it(
  'the job that compares is there where images are compiled: in production, and where that is tried',
  async () => {
    const having: string[] = [];
    for (const overlay of await overlays()) {
      const names = cronJobsIn(await resourcesOf(overlay)).map(({ metadata }) => metadata.name);
      if (names.includes('reconcile')) having.push(overlay);
    }
    expect(having).toEqual(['production', 'test']);
  },
  PATIENCE_MS,
);

describe.each(['production', 'test'])('the job that compares, in overlays/%s', (overlay) => {
  let resources: Resource[];
  let spec: CronJobSpec;
  let pod: PodTemplate['spec'];

  beforeAll(async () => {
    resources = await resourcesOf(overlay);
    spec = cronJobsIn(resources)[0]?.spec as CronJobSpec;
    pod = spec.jobTemplate.spec.template.spec;
  }, PATIENCE_MS);

  /** What a container is given, from which Secrets and under which names of the ConfigMaps. */
  const givenBy = (sources: readonly EnvFrom[] = []) => {
    const maps = sources.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
    const data = resources
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && maps.includes(metadata.name))
      .map((map) => map.data as Readonly<Record<string, string>>);
    return {
      secrets: sources.flatMap(({ secretRef }) => secretRef?.name ?? []),
      maps,
      data: Object.assign({}, ...data) as Readonly<Record<string, string>>,
    };
  };

  it('looks at the last two days, from an image of its own, by what a compiled one has', () => {
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0]).toMatchObject({
      image: 'ticketing/reconcile',
      command: ['node', 'dist/main.js'],
      args: ['--since', '2d'],
    });
  });

  it('begins every hour, once, and has ended before the next one begins', () => {
    const { schedule, concurrencyPolicy, startingDeadlineSeconds, jobTemplate } = spec;
    expect(schedule).toMatch(/^[1-9]\d? \* \* \* \*$/);
    expect(concurrencyPolicy).toBe('Forbid');
    expect(startingDeadlineSeconds + jobTemplate.spec.activeDeadlineSeconds).toBeLessThan(HOUR_S);
    // That it has found something is told by its exit status, which no second try may cover.
    expect(jobTemplate.spec.backoffLimit).toBe(0);
    expect(pod.restartPolicy).toBe('Never');
  });

  it('gets what is secret from its own Secret, and nothing else of it', async () => {
    const [container] = pod.containers;
    const { secrets, data } = givenBy(container?.envFrom);
    expect(secrets).toEqual(['reconcile']);
    expect(container?.env ?? []).toEqual([]);
    const made = await devSecrets(
      new Map(),
      { password: () => 'p0', signingKeys: newSigningKeys, certificate: async () => ({}) },
      new Date(),
    );
    const keys = Object.keys(made.get('reconcile') ?? {});
    expect(keys.sort()).toEqual([...WANTED, ...SECRET_TOO].sort());
    expect(Object.keys(data).filter((key) => keys.includes(key))).toEqual([]);
    // A Secret comes after the settings of all, and would silently take their place.
    expect(keys.filter((key) => LIKE_PAYMENTS.includes(key))).toEqual([]);
  });

  it('gets what is not secret as payments does: which Stripe, and whose payments there', () => {
    const payments = resources.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'payments',
    )?.spec as { template: PodTemplate };
    const own = givenBy(pod.containers[0]?.envFrom);
    const theirs = givenBy(payments.template.spec.containers[0]?.envFrom);
    expect(own.maps).toEqual(theirs.maps);
    expect(own.data).toMatchObject({ CURRENCY: 'usd' });
    const standIn = overlay === 'test' ? 'http://stripe:3000' : undefined;
    expect(own.data.STRIPE_API_BASE).toBe(standIn);
  });
});
