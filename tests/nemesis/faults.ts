/**
 * The nemesis: kinds of faults, a plan of them that follows from a seed, and what carries it out.
 * Several go on at once, but one at a time of each thing that they take.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { controlStripe } from '../support/stripe.ts';
import type { OwnSystem } from '../support/system.ts';

/** Services that run twice, and are killed and stopped. */
export const withReplicas = ['auth', 'tickets', 'orders', 'payments', 'expiration'] as const;
export const REPLICAS = [0, 1] as const;

export interface Kind {
  readonly name: string;
  /** The rule of docs/protocol.md that it tests. */
  readonly rule: string;
  /** How likely it is, beside the others. */
  readonly weight: number;
  /** How long it lasts, at least and at most, in milliseconds. */
  readonly lasts: readonly [number, number];
  /** What it can befall, each with the things that it takes meanwhile. */
  readonly targets: readonly Target[];
}

export interface Target {
  /** `orders 2`. */
  readonly name: string;
  /** No two faults take the same thing at the same time. */
  readonly takes: readonly string[];
  begin(): Promise<unknown>;
  /** All is well again, and ready, once it resolves. */
  end(): Promise<unknown>;
}

/** A process that can be stopped by SIGSTOP, and goes on after SIGCONT. */
const frozen = (name: string, pid: () => number): Target => ({
  name,
  takes: [name],
  begin: async () => process.kill(pid(), 'SIGSTOP'),
  end: async () => process.kill(pid(), 'SIGCONT'),
});

/** A process that ends as in a crash, and is started anew. */
const killed = (name: string, { kill, restart }: Pick<OwnSystem['gateway'], 'kill' | 'restart'>): Target => ({
  name,
  takes: [name],
  begin: kill,
  end: restart,
});

const servicesOf = (system: OwnSystem): Kind[] => {
  const nameOf = (service: string, replica: number) => `${service} ${replica + 1}`;
  const one = (service: string, replica: number) => system.service(service, replica);
  const each = withReplicas.flatMap((service) => REPLICAS.map((replica) => ({ service, replica })));
  const stopped = each.map(({ service, replica }) =>
    frozen(nameOf(service, replica), () => one(service, replica).pid),
  );
  return [
    {
      name: 'a replica killed',
      rule: 'part 1: a crash between any two transitions',
      weight: 6,
      lasts: [0, 3_000],
      targets: each.map(({ service, replica }) => killed(nameOf(service, replica), one(service, replica))),
    },
    {
      name: 'both replicas killed',
      rule: 'part 1: a crash between any two transitions',
      weight: 2,
      lasts: [0, 2_000],
      targets: withReplicas.map((service) => ({
        name: service,
        takes: REPLICAS.map((replica) => nameOf(service, replica)),
        begin: () => Promise.all(REPLICAS.map((replica) => one(service, replica).kill())),
        end: () => Promise.all(REPLICAS.map((replica) => one(service, replica).restart())),
      })),
    },
    {
      name: 'a replica stopped (SIGSTOP)',
      rule: 'part 1: the version and the fencing token refuse who has slept',
      weight: 4,
      lasts: [1_000, 12_000],
      targets: stopped,
    },
    {
      name: 'a replica stopped for longer than its messages wait for it',
      rule: 'part 1: late and repeated events',
      weight: 1,
      lasts: [15_000, 40_000],
      targets: stopped,
    },
  ];
};

/** The name under which the database is taken; while it is, nobody can end a hold. */
export const DATABASE = 'mongod';

const enginesOf = ({ engines: { mongo, broker, redis } }: OwnSystem): Kind[] => [
  ...(mongo === undefined
    ? []
    : [
        {
          name: 'mongod killed',
          rule: 'rule 1: journalled before it is answered',
          weight: 2,
          lasts: [0, 4_000] as const,
          targets: [killed(DATABASE, mongo)],
        },
        {
          name: 'mongod stopped (SIGSTOP)',
          rule: 'rule 1: a write without an answer is unknown',
          weight: 2,
          lasts: [500, 8_000] as const,
          targets: [frozen(DATABASE, () => mongo.pid)],
        },
      ]),
  ...(broker === undefined
    ? []
    : [
        {
          name: 'the broker killed',
          rule: 'rule 3: the outbox keeps what is not published',
          weight: 2,
          lasts: [0, 8_000] as const,
          targets: [killed('broker', broker)],
        },
        {
          name: 'the broker stopped (SIGSTOP)',
          rule: 'rule 3: the outbox keeps what is not published',
          weight: 2,
          lasts: [1_000, 15_000] as const,
          targets: [frozen('broker', () => broker.pid)],
        },
      ]),
  ...(redis === undefined
    ? []
    : [
        {
          name: 'Redis killed',
          rule: 'invariant 4: the sweeper ends holds without it',
          weight: 1,
          lasts: [0, 6_000] as const,
          targets: [killed('redis', redis)],
        },
        {
          name: 'Redis stopped (SIGSTOP)',
          rule: 'invariant 4: the sweeper ends holds without it',
          weight: 1,
          lasts: [1_000, 8_000] as const,
          targets: [frozen('redis', () => redis.pid)],
        },
        {
          name: 'Redis emptied (FLUSHALL)',
          rule: 'invariant 4: the sweeper ends holds without it',
          weight: 2,
          lasts: [0, 0] as const,
          targets: [
            {
              name: 'redis',
              takes: ['redis'],
              begin: async () => {
                const client = new Redis(redis.url);
                try {
                  await client.flushall();
                } finally {
                  client.disconnect();
                }
              },
              end: async () => {},
            },
          ],
        },
      ]),
];

const MANY = 1_000_000;

const stripeOf = (system: OwnSystem): Kind[] => {
  const fault = (name: string, takes: string, on: object, off: object): Target => ({
    name,
    takes: [takes],
    begin: () => controlStripe(system, on),
    end: () => controlStripe(system, off),
  });
  const webhooks = (mode: string) =>
    fault(mode, 'webhooks', { webhooks: mode, lateMs: 4_000 }, { webhooks: 'normal' });
  const calls = '/v1/payment_intents';
  return [
    {
      name: 'Stripe slow',
      rule: 'part 1: payment attempt',
      weight: 2,
      lasts: [2_000, 8_000],
      targets: [
        fault('slow', 'stripe latency', { latencyMs: 1_500 }, { latencyMs: 0 }),
        fault('slower than it is waited for', 'stripe latency', { latencyMs: 7_000 }, { latencyMs: 0 }),
      ],
    },
    {
      name: 'Stripe answers 500',
      rule: 'part 1: the next key',
      weight: 2,
      lasts: [500, 4_000],
      targets: [
        fault(
          'before the work',
          'stripe errors',
          { failNext: { status: 500, count: MANY } },
          { failNext: null },
        ),
        fault(
          'after the work',
          'stripe errors',
          { failNext: { status: 500, count: MANY, method: 'POST', when: 'after' } },
          { failNext: null },
        ),
      ],
    },
    {
      name: 'answers of Stripe lost',
      rule: 'part 1: what the intent is, never what a call said',
      weight: 3,
      lasts: [500, 5_000],
      targets: [
        fault(
          'cut',
          'stripe answers',
          { loseAnswers: { count: MANY, by: 'cutting' } },
          { loseAnswers: null },
        ),
        ...['', '/*/confirm', '/*/capture', '/*/cancel'].map((path) =>
          fault(
            `silent at ${calls}${path}`,
            'stripe answers',
            { loseAnswers: { count: MANY, method: 'POST', path: `${calls}${path}`, by: 'silence' } },
            { loseAnswers: null },
          ),
        ),
      ],
    },
    {
      name: 'webhooks late, twice, never, in another order',
      rule: 'part 1: a webhook only wakes',
      weight: 3,
      lasts: [3_000, 15_000],
      targets: ['late', 'twice', 'never', 'reordered'].map(webhooks),
    },
  ];
};

/** Faults whose rule is not built yet: they are listed in the report and not switched on. */
export const notYet = [
  { name: 'the broker loses its store', rule: 'rule 4' },
  { name: 'a primary steps down, is killed, is isolated', rule: 'rule 1, on a set of three' },
] as const;

export const kindsOf = (system: OwnSystem): Kind[] => [
  ...servicesOf(system),
  ...enginesOf(system),
  ...stripeOf(system),
];

export interface Planned {
  /** Milliseconds after the beginning. */
  readonly at: number;
  readonly lastsMs: number;
  readonly kind: Kind;
  readonly target: Target;
}

const LEAST_GAP_MS = 300;
const MOST_GAP_MS = 3_000;

/** The plan for a seed: the same seed, kinds and length make the same plan. Pure. */
export const planFaults = (
  kinds: readonly Kind[],
  random: (below: number) => number,
  lengthMs: number,
): Planned[] => {
  const weighted = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  const plan: Planned[] = [];
  for (let at = 1_000; at < lengthMs; at += LEAST_GAP_MS + random(MOST_GAP_MS - LEAST_GAP_MS)) {
    const kind = weighted[random(weighted.length)];
    const target = kind?.targets[random(kind.targets.length)];
    if (kind === undefined || target === undefined) continue;
    const [least, most] = kind.lasts;
    plan.push({ at, lastsMs: Math.min(least + random(most - least + 1), lengthMs - at), kind, target });
  }
  return plan;
};

/** A fault as it was carried out, in milliseconds since 1970. */
export interface Carried {
  readonly kind: Kind;
  readonly target: Target;
  readonly began: number;
  /** When all was well again; undefined while it is not. */
  ended: number | undefined;
}

/**
 * Carries out a plan. What takes a thing that another fault still has is left out, as a restart takes its time on a busy
 * machine: so the plan follows from the seed, and what was done is told by `carried`.
 */
export const openNemesis = (
  plan: readonly Planned[],
  say: (line: string) => void,
  signal = new AbortController().signal,
) => {
  /** Cut short where the run is broken off. */
  const rest = (ms: number) => pause(ms, undefined, { signal }).catch(() => undefined);

  const taken = new Set<string>();
  const carried: Carried[] = [];
  const underWay = new Set<Promise<void>>();
  const failures: string[] = [];

  const carryOut = async ({ kind, target, lastsMs }: Planned): Promise<void> => {
    const fault: Carried = { kind, target, began: Date.now(), ended: undefined };
    for (const thing of target.takes) taken.add(thing);
    carried.push(fault);
    say(`${kind.name}: ${target.name}, for ${lastsMs} ms`);
    try {
      await target.begin();
      await rest(lastsMs);
      await target.end();
    } catch (error) {
      failures.push(`${kind.name}, ${target.name}: ${error instanceof Error ? error.message : error}`);
    } finally {
      fault.ended = Date.now();
      for (const thing of target.takes) taken.delete(thing);
    }
  };

  return {
    /** Faults so far, in the order in which they began. */
    carried: carried as readonly Carried[],
    /** Faults that could not be begun or ended: then the run says nothing. */
    failures: failures as readonly string[],

    isTaken: (thing: string): boolean => taken.has(thing),

    /** Resolves once every fault has ended and all is up again. */
    async run(): Promise<void> {
      const began = Date.now();
      for (const planned of plan) {
        await rest(Math.max(0, began + planned.at - Date.now()));
        if (signal.aborted) break;
        if (planned.target.takes.some((thing) => taken.has(thing))) continue;
        const fault = carryOut(planned).finally(() => underWay.delete(fault));
        underWay.add(fault);
      }
      await Promise.all(underWay);
    },
  };
};
