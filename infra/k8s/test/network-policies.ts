/** What network policies mean (https://kubernetes.io/docs/concepts/services-networking/network-policies/), read off the rendered manifests. */
import type { Resource } from '../checks/render.ts';

type Labels = Readonly<Record<string, string>>;

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number | string; readonly protocol?: string }[];
}

interface Policy {
  readonly namespace: string;
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/** Somebody in the cluster. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  /** Those of its namespace, beside the one that every namespace has, its name. */
  readonly namespaceLabels?: Labels;
  readonly labels: Labels;
  /** Port name → number. */
  readonly ports: Readonly<Record<string, number>>;
}

const isSelected = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => {
    if (operator !== 'In') throw new Error(`the operator ${operator} is not read here`);
    return values.includes(labels[key] ?? '');
  });

const isPeer = (peer: Peer, pod: Pod, policy: Policy): boolean => {
  // No address of a pod is in a block that leaves out everything private.
  if (peer.ipBlock !== undefined) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? pod.namespace === policy.namespace
      : isSelected(peer.namespaceSelector, {
          ...pod.namespaceLabels,
          'kubernetes.io/metadata.name': pod.namespace,
        });
  return inNamespace && isSelected(peer.podSelector ?? {}, pod.labels);
};

const isPort = ({ ports }: Rule, number: number, of: Pod): boolean =>
  ports === undefined ||
  ports.some(
    ({ port, protocol = 'TCP' }) =>
      protocol === 'TCP' && (typeof port === 'number' ? port : of.ports[port]) === number,
  );

export const policiesIn = (resources: readonly Resource[]): Policy[] =>
  resources
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => {
      const { podSelector, policyTypes, ingress = [], egress = [] } = spec as Partial<Policy>;
      // Without it, its meaning depends on which rules there are.
      if (policyTypes === undefined || podSelector === undefined) {
        throw new Error(`${metadata.name} does not say what it is about`);
      }
      return { namespace: metadata.namespace ?? 'default', podSelector, policyTypes, ingress, egress };
    });

/** The policies that say with whom a pod may speak, in one direction. Without any, with everybody. */
const policiesAbout = (policies: readonly Policy[], type: 'Ingress' | 'Egress', pod: Pod): Policy[] =>
  policies.filter(
    (policy) =>
      policy.namespace === pod.namespace &&
      policy.policyTypes.includes(type) &&
      isSelected(policy.podSelector, pod.labels),
  );

/** Whether a pod may speak to addresses outside of the cluster. */
export const mayLeave = (policies: readonly Policy[], pod: Pod): boolean => {
  const about = policiesAbout(policies, 'Egress', pod);
  const leadsOut = ({ to }: Rule) => to === undefined || to.some(({ ipBlock }) => ipBlock !== undefined);
  return about.length === 0 || about.some(({ egress }) => egress.some(leadsOut));
};

/** Whether a connection comes about: the one may go out, and the other lets him in. */
export const mayTalk = (policies: readonly Policy[], from: Pod, to: Pod, port: number): boolean => {
  const allows = (type: 'Ingress' | 'Egress', subject: Pod, other: Pod): boolean => {
    const about = policiesAbout(policies, type, subject);
    if (about.length === 0) return true;
    return about.some((policy) =>
      (type === 'Ingress' ? policy.ingress : policy.egress).some((rule) => {
        const peers = type === 'Ingress' ? rule.from : rule.to;
        return (
          isPort(rule, port, to) && (peers === undefined || peers.some((peer) => isPeer(peer, other, policy)))
        );
      }),
    );
  };
  return allows('Egress', from, to) && allows('Ingress', to, from);
};

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
    }[];
  };
}

/** Of a CronJob, that of the Jobs it makes. */
const templateOf = ({ kind, spec }: Resource): PodTemplate => {
  const job = kind === 'CronJob' ? (spec as { jobTemplate: { spec: object } }).jobTemplate.spec : spec;
  return (job as { template: PodTemplate }).template;
};

/** The pods that the Deployments, StatefulSets, Jobs and CronJobs of these manifests make. */
export const podsIn = (resources: readonly Resource[]): Pod[] =>
  resources
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'CronJob'].includes(kind))
    .map((resource) => {
      const { metadata } = resource;
      const template = templateOf(resource);
      return {
        name: metadata.name,
        namespace: metadata.namespace ?? 'default',
        labels: template.metadata.labels,
        ports: Object.fromEntries(
          template.spec.containers.flatMap(({ ports = [] }) =>
            ports.map(({ name, containerPort }) => [name, containerPort]),
          ),
        ),
      };
    });
