/** The Jobs that an operator applies once a database was restored (infra/k8s/restored), and how apply.sh does it. */
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newSigningKeys } from '../../../auth/src/keys/signing-keys.ts';
import { readRestoredConfig as ordersConfig } from '../../../orders/src/config.ts';
import { readRestoredConfig as paymentsConfig } from '../../../payments/src/config.ts';
import { readRestoredConfig as ticketsConfig } from '../../../tickets/src/config.ts';
import { execute } from '../../local/engines/execute.ts';
import {
  manifestsFolder,
  overlays,
  type Resource,
  render,
  resourcesIn,
  restoredJobs,
} from '../checks/render.ts';
import { locateTool } from '../checks/tools.ts';
import { devSecrets, type Values } from '../secrets/dev-secrets.ts';
import { mayLeave, mayTalk, type Pod, podsIn, policiesIn } from './network-policies.ts';

/** The first time, kustomize has to be built. */
const PATIENCE_MS = 10 * 60_000;

type Service = 'orders' | 'tickets' | 'payments';

/** More than any of the commands reads: each takes its own. */
const given = {
  ...Object.fromEntries(
    ['MONGO_URL', 'TICKETS_MONGO_URL', 'ORDERS_MONGO_URL', 'PAYMENTS_MONGO_URL'].map((name) => [
      name,
      'mongodb://store:27017/database',
    ]),
  ),
  NATS_URL: 'nats://nats:4222',
  NATS_MONITOR_URL: 'http://nats:8222',
  EXPIRATION_REDIS_URL: 'redis://redis:6379',
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  STRIPE_API_BASE: 'http://stripe:3000',
};
/** What the command reads of its environment. */
const settingsRead: Readonly<Record<Service, readonly string[]>> = {
  orders: Object.keys(ordersConfig(given)),
  tickets: Object.keys(ticketsConfig(given)),
  payments: Object.keys(paymentsConfig(given)),
};
/** They have a default, and are not set in every deployment. */
const MAY_BE_MISSING = ['STRIPE_API_BASE', 'STRIPE_TIMEOUT_MS', 'DEPLOYMENT'];

/** Whom the Job of each reaches, and at which ports. */
const business: Readonly<Record<Service, Readonly<Record<string, readonly number[]>>>> = {
  orders: {
    ...{ 'orders-mongo': [27017], 'tickets-mongo': [27017], 'payments-mongo': [27017] },
    ...{ nats: [4222, 8222], redis: [6379] },
  },
  tickets: { 'tickets-mongo': [27017], 'orders-mongo': [27017], nats: [4222, 8222] },
  payments: { 'payments-mongo': [27017], 'orders-mongo': [27017], nats: [4222, 8222], stripe: [3000] },
};

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly envFrom: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
  }[];
  readonly securityContext: object;
}

interface Template {
  readonly spec: {
    readonly restartPolicy: string;
    readonly automountServiceAccountToken: boolean;
    readonly securityContext: object;
    readonly containers: readonly Container[];
  };
}

interface JobSpec {
  readonly backoffLimit: number;
  readonly activeDeadlineSeconds: number;
  readonly ttlSecondsAfterFinished: number;
  readonly template: Template;
}

const resourcesOf = async (...folder: readonly string[]): Promise<Resource[]> =>
  resourcesIn(await render(path.join(manifestsFolder, ...folder)));

const theOnly = <T>(all: readonly T[]): T => {
  const [only] = all;
  if (only === undefined || all.length > 1)
    throw new Error(`there are ${all.length} of what there is one of`);
  return only;
};

const named = (resources: readonly Resource[], kind: string, name?: string): Resource =>
  theOnly(
    resources.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name)),
  );

const jobIn = (resources: readonly Resource[]) => named(resources, 'Job').spec as unknown as JobSpec;
const containerOf = ({ template }: { readonly template: Template }) => theOnly(template.spec.containers);

const keysOf = (resources: readonly Resource[], map: string): string[] =>
  Object.keys(named(resources, 'ConfigMap', map).data as Values);

const secretsOfAll = () =>
  devSecrets(
    new Map(),
    { password: () => 'p0', signingKeys: newSigningKeys, certificate: async () => ({}) },
    new Date(),
  );

const services = Object.keys(business) as Service[];

it('there is one for each service that can take back what others know of it', async () => {
  expect(await restoredJobs()).toEqual([...services, 'orders-cancel-unknown'].sort());
});

it(
  'no overlay has one: it runs when an operator applies it',
  async () => {
    for (const overlay of await overlays()) {
      const rendered = await render(path.join(manifestsFolder, 'overlays', overlay));
      expect(rendered).not.toContain('restored');
    }
  },
  PATIENCE_MS,
);

describe.each(services)('the Job of a restored %s', (service) => {
  let resources: Resource[];
  let spec: JobSpec;
  let container: Container;

  beforeAll(async () => {
    resources = await resourcesOf('restored', service);
    spec = jobIn(resources);
    container = containerOf(spec);
  }, PATIENCE_MS);

  it('runs the command that lies beside the service, in the image of that', () => {
    expect(container).toMatchObject({
      image: `ticketing/${service}`,
      command: ['node', 'dist/restored.js'],
      args: ['--backup-from', '$(BACKUP_FROM)', '--quiet', '$(QUIET)'],
    });
  });

  it('is never tried again by itself, has half a day, and is gone after a week', () => {
    expect(spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 12 * 3_600,
      ttlSecondsAfterFinished: 7 * 24 * 3_600,
    });
    expect(spec.template.spec.restartPolicy).toBe('Never');
  });

  it('never runs as root, writes no file, and knows no password of Kubernetes', () => {
    const { securityContext, automountServiceAccountToken } = spec.template.spec;
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(automountServiceAccountToken).toBe(false);
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('is told by the operator which backup it was, and may be told how long nothing may arrive', () => {
    const [defaults, operators] = container.envFrom.map(({ configMapRef }) => configMapRef?.name ?? '');
    expect(keysOf(resources, defaults ?? '')).toEqual(['QUIET']);
    expect(named(resources, 'ConfigMap').data).toEqual({ QUIET: '60s' });
    // The later one wins, and what is not in it is missing: without it, the pod does not start.
    expect(operators).toBe('restored');
    expect(container.env.map(({ name }) => name)).not.toContain('QUIET');
  });

  it.each(['production', 'test'])(
    'gets every setting that it reads, in overlays/%s',
    async (overlay) => {
      const deployed = await resourcesOf('overlays', overlay);
      const theirs = containerOf(
        named(deployed, 'Deployment', service).spec as unknown as { readonly template: Template },
      );
      const settings = theirs.envFrom[0]?.configMapRef?.name ?? '';
      const secrets = await secretsOfAll();
      const given = [
        ...container.env.map(({ name }) => name),
        ...keysOf(deployed, settings),
        ...Object.keys(secrets.get(service) ?? {}),
      ];
      const missing = settingsRead[service].filter((name) => !given.includes(name));
      expect(missing.filter((name) => !MAY_BE_MISSING.includes(name))).toEqual([]);
      // As the service has them: the same sources, in the same order; only the ConfigMap has a longer name there.
      expect(container.envFrom.slice(2)).toEqual([
        { configMapRef: { name: 'settings' } },
        ...theirs.envFrom.slice(1),
      ]);
      expect(settings).toMatch(/^settings-\w+$/);
    },
    PATIENCE_MS,
  );

  it('gets nothing more that it does not read, and nothing that would hide a setting of its service', async () => {
    const own = Object.keys((await secretsOfAll()).get(service) ?? {});
    const names = container.env.map(({ name }) => name);
    expect(names.filter((name) => !settingsRead[service].includes(name))).toEqual([]);
    expect(names.filter((name) => own.includes(name))).toEqual([]);
  });

  it('finds the stores of others where their own services find them', async () => {
    const secrets = await secretsOfAll();
    const others = container.env.filter(({ name }) => name !== 'NATS_MONITOR_URL');
    for (const { name, valueFrom } of others) {
      const [, owner = '', key = ''] = name.match(/^([A-Z]+)_((?:MONGO|REDIS)_URL)$/) ?? [];
      expect(valueFrom?.secretKeyRef).toEqual({ name: owner.toLowerCase(), key });
      expect(secrets.get(owner.toLowerCase())).toHaveProperty(key);
    }
  });
});

it('the Job of payments may leave to where payments may, and to nowhere else', async () => {
  const component = await readFile(
    path.join(manifestsFolder, 'components/network-policies/to-outside.yaml'),
    'utf8',
  );
  const ours = named(
    await resourcesOf('restored', 'payments'),
    'NetworkPolicy',
    'payments-restored-to-the-internet',
  );
  const theirs = theOnly(resourcesIn(component));
  const egress = ({ spec }: Resource) => (spec as { egress: object }).egress;
  expect(egress(ours)).toEqual(egress(theirs));
});

it('with --cancel-unknown, the Job of orders is the same but for that', async () => {
  const [plain, cancelling] = [
    await resourcesOf('restored', 'orders'),
    await resourcesOf('restored', 'orders-cancel-unknown'),
  ];
  const { args, ...rest } = containerOf(jobIn(cancelling));
  const { args: plainArgs, ...plainRest } = containerOf(jobIn(plain));
  expect(args).toEqual([...plainArgs, '--cancel-unknown']);
  expect(rest).toEqual(plainRest);
  expect(cancelling.map(({ metadata }) => metadata)).toEqual(plain.map(({ metadata }) => metadata));
});

describe.each(['production', 'test', 'dev-jetstream'])('beside overlays/%s', (overlay) => {
  let deployed: Resource[];
  let inside: Pod[];

  beforeAll(async () => {
    deployed = await resourcesOf('overlays', overlay);
    inside = podsIn(deployed);
  }, PATIENCE_MS);

  const ports = ({ ports: of }: Pod) => Object.values(of);
  /** What a pod reaches, and at which ports. */
  const reach = (policies: ReturnType<typeof policiesIn>, from: Pod) =>
    Object.fromEntries(
      inside
        .map((to) => [to.name, ports(to).filter((port) => mayTalk(policies, from, to, port))] as const)
        .filter(([, reached]) => reached.length > 0),
    );

  it.each(services)('the Job of %s reaches what its command asks, and nothing else', async (service) => {
    const restored = await resourcesOf('restored', service);
    const policies = policiesIn([...deployed, ...restored]);
    const job = theOnly(podsIn(restored));
    const there = Object.entries(business[service]).filter(([name]) =>
      inside.some((pod) => pod.name === name),
    );
    expect(reach(policies, job)).toEqual(Object.fromEntries(there));
    // Stripe itself, which nobody but payments has to do with.
    expect(mayLeave(policies, job)).toBe(service === 'payments');
    const asking = [...inside].filter((from) =>
      ports(job).some((port) => mayTalk(policies, from, job, port)),
    );
    expect(asking).toEqual([]);
  });

  it.each(services)(
    'the Job of %s is let in alone: all others reach what they reached before',
    async (service) => {
      const before = policiesIn(deployed);
      const after = policiesIn([...deployed, ...(await resourcesOf('restored', service))]);
      for (const from of inside) {
        expect(reach(after, from)).toEqual(reach(before, from));
        expect(mayLeave(after, from)).toBe(mayLeave(before, from));
      }
    },
  );

  it('the broker has an address for both of its ports', () => {
    const service = named(deployed, 'Service', 'nats').spec as { ports: readonly { port: number }[] };
    expect(service.ports.map(({ port }) => port)).toEqual([4222, 8222]);
  });
});

/** What kubectl answers about a cluster, as far as apply.sh asks. */
interface Cluster {
  readonly pods?: string;
  readonly job?: string;
  readonly policy?: string;
  readonly image?: string;
}

const IMAGE = 'registry.example.com:5000/shop/ticketing_orders:v1.2-3-gabc@sha256:0a1b';

describe('apply.sh', () => {
  /** Runs it with a kubectl that renders as kubectl does, answers from this cluster, and keeps what it is to apply. */
  const run = async (
    what: string,
    { pods = '', job = '', policy = 'there', image = IMAGE }: Cluster = {},
  ) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-restored-'));
    try {
      const applied = path.join(folder, 'applied.yaml');
      const kubectl = `#!/bin/sh
case "$*" in
  kustomize*) exec '${await locateTool('kustomize')}' build "$2" ;;
  *'get -n ticketing pods '*) printf '%s' '${pods}' ;;
  *'get -n ticketing job '*) printf '%s' '${job}' ;;
  *'get -n ticketing networkpolicy '*) printf '%s' '${policy}' ;;
  *'get -n ticketing deployment '*containers*.image*) printf '%s' '${image}' ;;
  *'get -n ticketing deployment '*envFrom*configMapRef.name*) printf settings-5f6g ;;
  apply*) printf '%s' "$3" > '${folder}/selector' && exec cat > '${applied}' ;;
  *) echo "kubectl $*" >&2; exit 1 ;;
esac
`;
      await writeFile(path.join(folder, 'kubectl'), kubectl, { mode: 0o755 });
      const { ok, stderr } = await execute('sh', [path.join(manifestsFolder, 'restored/apply.sh'), what], {
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
        timeoutMs: 60_000,
      });
      const isApplied = await access(applied).then(
        () => true,
        () => false,
      );
      return {
        ok,
        stderr,
        resources: isApplied ? resourcesIn(await readFile(applied, 'utf8')) : undefined,
        selector: isApplied ? await readFile(path.join(folder, 'selector'), 'utf8') : undefined,
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  it.each([...services, 'orders-cancel-unknown'])(
    'applies %s with the image and the settings that its Deployment has, and else as it is written',
    async (what) => {
      const { ok, stderr, resources, selector } = await run(what);
      expect({ ok, stderr, selector }).toEqual({ ok: true, stderr: '', selector: '' });
      const written = await render(path.join(manifestsFolder, 'restored', what));
      const service = what.replace('-cancel-unknown', '');
      const meant = written
        .replace(`image: ticketing/${service}\n`, `image: ${IMAGE}\n`)
        .replace('name: settings\n', 'name: settings-5f6g\n');
      expect(meant).not.toBe(written);
      expect(resources).toEqual(resourcesIn(meant));
      expect(containerOf(jobIn(resources ?? [])).image).toBe(IMAGE);
    },
    PATIENCE_MS,
  );

  it('leaves the policies out where nobody else has any: they would shut out the services', async () => {
    const { selector, resources = [] } = await run('orders', { policy: '' });
    expect(selector).toBe('app.kubernetes.io/component!=network-policy');
    const label = ({ metadata }: Resource) => metadata.labels?.['app.kubernetes.io/component'];
    const left = resources.filter((each) => label(each) !== 'network-policy').map(({ kind }) => kind);
    expect(left.sort()).toEqual(['ConfigMap', 'Job']);
  });

  it.each([
    ['orders', { pods: 'pod/orders-1' }, 'orders still runs'],
    ['tickets', { job: 'job.batch/tickets-restored' }, 'one was run already'],
    ['payments', { image: '' }, 'names no image'],
    ['auth', {}, 'say which'],
    ['', {}, 'say which'],
  ])('applies nothing, and says why: %j, %j', async (what, cluster, why) => {
    const { ok, stderr, resources } = await run(what, cluster);
    expect(ok).toBe(false);
    expect(stderr).toContain(why);
    expect(resources).toBeUndefined();
  });
});
