/** The cluster kubectl speaks to, as whoever runs it would use it. */
import { execFile, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ListedPayment } from '@ticketing/stripe-stand-in';

const run = promisify(execFile);

const NAMESPACE = 'ticketing';

/** @throws what kubectl says */
export const kubectl = async (...args: string[]): Promise<string> =>
  (await run('kubectl', ['--namespace', NAMESPACE, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;

/** kubectl with a file as what it reads, or as what it writes. @throws what kubectl says */
export const kubectlOnFile = async (
  file: { readonly read: string } | { readonly write: string },
  ...args: string[]
): Promise<void> => {
  const handle = 'read' in file ? await open(file.read, 'r') : await open(file.write, 'w');
  try {
    const child = spawn('kubectl', ['--namespace', NAMESPACE, ...args], {
      stdio: 'read' in file ? [handle.fd, 'ignore', 'pipe'] : ['ignore', handle.fd, 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${said.trim()}`);
  } finally {
    await handle.close();
  }
};

interface List<T> {
  readonly items: readonly T[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly readyReplicas?: number };
}

const listed = async <T>(what: string): Promise<readonly T[]> =>
  (JSON.parse(await kubectl('get', what, '-o', 'json')) as List<T>).items;

const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** The pods that are not on their way out. */
export const pods = async (): Promise<Pod[]> => (await listed<Pod>('pods')).filter((pod) => !isLeaving(pod));

/** The kind of what keeps a pod running: `ReplicaSet` (of a Deployment) or `StatefulSet`. */
export const ownerOf = ({ metadata }: Pod): string | undefined => metadata.ownerReferences?.[0]?.kind;

/** The names of the pods that are on their way out. */
export const leaving = async (): Promise<string[]> =>
  (await listed<Pod>('pods')).filter(isLeaving).map(({ metadata }) => metadata.name);

export const workloads = (): Promise<readonly Workload[]> => listed('deployments,statefulsets');

export const deployments = async (): Promise<string[]> =>
  (await listed<Workload>('deployments')).map(({ metadata }) => metadata.name).sort();

const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

/** It is done, as the pods of a job are some day; their job keeps them, for their logs. */
const hasEnded = ({ status }: Pod): boolean => /^(Succeeded|Failed)$/.test(status.phase);

/** What is not as it should be, in a word each; empty when everything is there and ready. */
export const notReady = async (): Promise<string[]> => {
  const all = await pods();
  const missing = (await workloads())
    .filter(({ spec, status }) => (status.readyReplicas ?? 0) !== (spec.replicas ?? 1))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const waiting = all.filter((pod) => !isReady(pod) && !hasEnded(pod));
  return [...missing, ...waiting.map(({ metadata }) => metadata.name)];
};

export const rolledOut = (deployment: string, within = '180s'): Promise<string> =>
  kubectl('rollout', 'status', `deployment/${deployment}`, `--timeout=${within}`);

interface HorizontalPodAutoscaler {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
  readonly status?: { readonly currentReplicas?: number; readonly conditions?: readonly Condition[] };
}

export interface Autoscaler {
  readonly least: number;
  readonly most: number;
  readonly replicas: number;
  /** It knows how busy they are, and so can do something about it. */
  readonly isActive: boolean;
}

export const autoscaler = async (deployment: string): Promise<Autoscaler> => {
  const { spec, status = {} } = JSON.parse(
    await kubectl('get', `hpa/${deployment}`, '-o', 'json'),
  ) as HorizontalPodAutoscaler;
  return {
    least: spec.minReplicas,
    most: spec.maxReplicas,
    replicas: status.currentReplicas ?? 0,
    isActive: (status.conditions ?? []).some(
      ({ type, status: is }) => type === 'ScalingActive' && is === 'True',
    ),
  };
};

/** What the stand-in for Stripe has been asked for, by way of the API server, since no ingress shows it. */
export const charges = async (): Promise<ListedPayment[]> =>
  JSON.parse(
    await kubectl('get', '--raw', `/api/v1/namespaces/${NAMESPACE}/services/stripe:3000/proxy/payments`),
  ) as ListedPayment[];
