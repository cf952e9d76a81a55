/**
 * One run: the system with two replicas of every service, a crowd, and faults by a seed; then all heals, and the checker
 * judges (docs/protocol.md, "Invariants").
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { connectMongo } from '@ticketing/common/store';
import { eventually, randomFrom } from '@ticketing/common/testing';
import { databaseUrl } from '@ticketing/local/supervisor';
import { type Report, reconcile, stripeIntents } from '@ticketing/reconcile';
import { Redis } from 'ioredis';
import { chargedIn, controlStripe } from '../support/stripe.ts';
import { type OwnSystem, ownSystem } from '../support/system.ts';
import { check, type Evidence, type Row, rowsOf } from './checker.ts';
import { gatherCrowd } from './crowd.ts';
import {
  type Carried,
  DATABASE,
  kindsOf,
  openNemesis,
  planFaults,
  REPLICAS,
  withReplicas,
} from './faults.ts';
import { countsOf, type Entry, openHistory, toldIn } from './history.ts';
import { watchUptime } from './uptime.ts';

export interface RunOptions {
  readonly transport: 'nats-streaming' | 'jetstream';
  /** The same seed plans the same faults and gives everybody the same wishes, if not at the same moment. */
  readonly seed: number;
  /** How long the crowd is there, in milliseconds. */
  readonly openMs: number;
  /** Told what is being done. */
  readonly say?: (line: string) => void;
  /** Breaks it off: everything is ended, and it rejects. */
  readonly signal?: AbortSignal;
}

export interface Result {
  readonly options: RunOptions;
  /** How often each was answered in each way. */
  readonly answers: Readonly<Record<string, number>>;
  /** Of orders and payments in the stores, how many are in each state. */
  readonly ended: Readonly<Record<string, number>>;
  /** Faults that were carried out, by name. */
  readonly faults: Readonly<Record<string, number>>;
  /** How long people could reserve, of the time in which they were there: a replica of `orders` was ready. In milliseconds. */
  readonly upMs: number;
  readonly rows: readonly Row[];
  /** All that was asked and done about these tickets, orders and payments, in the order of time. */
  story(ids: readonly string[]): string[];
  /** Writes all of the history into a file, one JSON a line. */
  keep(file: string): Promise<void>;
}

const HOLD_SECONDS = 5;
/** Until nothing moves any more: what a broker or a worker looks at again only after a while. */
const SETTLED_MS = 180_000;
const SECOND_LOOK_MS = 1_000;
/** Nobody is here any more, so nothing is too young to count. */
const NOTHING_UNDER_WAY = { intentMs: 0, unknownMs: 0, attemptMs: 0, overdueMs: 5_000 };

const replicas = Object.fromEntries(withReplicas.map((service) => [service, REPLICAS.length]));

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
};

/** What of the run can be read once it is over, from the stores and from Stripe. */
const openStores = async (system: OwnSystem) => {
  const connect = (service: string) => connectMongo(databaseUrl(system.run.mongoUri, service), 'long work');
  const [tickets, orders, payments] = await Promise.all([
    connect('tickets'),
    connect('orders'),
    connect('payments'),
  ]);
  const all = <T>(store: typeof orders, name: string) =>
    store.collection(name).find().toArray() as unknown as Promise<T[]>;
  const expiration = new Redis(system.run.redisUrl ?? '', { lazyConnect: true });
  // It is killed now and then; it is asked once all is well again.
  expiration.on('error', () => {});
  const stripe = stripeIntents({
    secretKey: 'sk_test_nemesis',
    apiBase: system.run.stripe?.url ?? '',
    deployment: 'ticketing',
  });
  const look = reconcile({ tickets, orders, payments, expiration, stripe });
  return {
    isAnyOpen: async (): Promise<boolean> =>
      (await orders.collection('orders').countDocuments({ status: 'awaiting payment' })) > 0,
    async evidence(): Promise<Omit<Evidence, 'entries' | 'uptime'>> {
      return {
        tickets: await all(tickets, 'tickets'),
        orders: await all(orders, 'orders'),
        payments: await all(payments, 'payments'),
        charged: await chargedIn(system),
      };
    },
    reconcile: (): Promise<Report> =>
      look({ since: new Date(0), secondLookMs: SECOND_LOOK_MS, ages: NOTHING_UNDER_WAY }),
    async close(): Promise<void> {
      expiration.disconnect();
      await Promise.all([tickets.close(), orders.close(), payments.close()]);
    },
  };
};

const storyOf = (
  entries: readonly Entry[],
  carried: readonly Carried[],
  ids: readonly string[],
): string[] => {
  const isAbout = (entry: Entry) =>
    [entry.about, toldIn(entry).id, JSON.stringify(entry.body ?? '')].some((text) =>
      ids.some((id) => text?.includes(id)),
    );
  const about = entries.filter((entry) => entry.what !== 'browse' && isAbout(entry));
  const from = Math.min(...about.map(({ askedAt }) => askedAt)) - 5_000;
  const until = Math.max(...about.map(({ answeredAt }) => answeredAt)) + 5_000;
  const time = (at: number) => new Date(at).toISOString().slice(11);
  return [
    ...about.map((entry) => {
      const { who, what, about: id = '', askedAt, answeredAt, status, body } = entry;
      const told = `${status ?? 'no answer'} ${JSON.stringify(body)?.slice(0, 300)}`;
      return { at: askedAt, line: `${time(askedAt)} to ${time(answeredAt)} ${who} ${what} ${id}: ${told}` };
    }),
    ...carried
      .filter(({ began, ended = until }) => ended >= from && began <= until)
      .map(({ kind, target, began, ended }) => ({
        at: began,
        line: `${time(began)} to ${ended === undefined ? '…' : time(ended)} FAULT ${kind.name}: ${target.name}`,
      })),
  ]
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
};

/**
 * Runs it once, in a system of its own, which is gone afterwards.
 * @throws when the run says nothing: it was broken off, a fault could not be ended, or the system did not start
 */
export const runNemesis = async (options: RunOptions): Promise<Result> => {
  const { transport, seed, say = () => {}, signal } = options;
  say(`starting two of every service over ${transport}, seed ${seed}`);
  const system = await ownSystem({
    transport,
    holdSeconds: HOLD_SECONDS,
    replicas,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    return await runIn(system, options);
  } finally {
    say('stopping');
    await system.end();
  }
};

const runIn = async (system: OwnSystem, options: RunOptions): Promise<Result> => {
  const { seed, openMs, say = () => {}, signal } = options;
  const deaths: string[] = [];
  void system.died.then(({ name, how }) => deaths.push(`${name} ${how}`));
  const history = openHistory();
  const crowd = await gatherCrowd({ system, history, seed });
  const nemesis = openNemesis(planFaults(kindsOf(system), randomFrom(seed), openMs), say, signal);
  const uptime = watchUptime(
    REPLICAS.map((replica) => `${system.service('orders', replica).url}/readyz`),
    () => nemesis.isTaken(DATABASE),
  );
  const stores = await openStores(system);
  try {
    say(`${Math.round(openMs / 1000)} s of people and faults`);
    const opened = Date.now();
    const shopping = crowd.open();
    const progress = setInterval(() => {
      say(`${history.entries.length} answers, ${nemesis.carried.length} faults`);
    }, 10_000);
    try {
      const faults = nemesis.run();
      await pause(openMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      crowd.close();
      await Promise.all([faults, shopping]);
    } finally {
      clearInterval(progress);
      crowd.close();
    }
    signal?.throwIfAborted();
    await controlStripe(system, { reset: true });
    if (nemesis.failures.length > 0)
      throw new Error(`faults could not be carried out:\n${nemesis.failures.join('\n')}`);

    say('all is well again; waiting until nothing moves');
    await crowd.buyOne();
    await eventually(async () => {
      if (await stores.isAnyOpen()) throw new Error('some orders await payment still');
      if ((await stores.reconcile()).findings.length > 0) throw new Error('not all agrees yet');
    }, SETTLED_MS).catch(() => say('not everything has come to rest'));

    // What is left by now is what the checker tells of.
    const report = await stores.reconcile();
    const evidence = await stores.evidence();
    const rows = [
      ...check({ ...evidence, entries: history.entries, uptime }),
      ...rowsOf(report),
      {
        invariant: 'no process ends by itself',
        checked: system.run.processes.length,
        violations: deaths.map((detail) => ({ detail, ids: [] })),
      },
    ];
    return {
      options,
      answers: countsOf(history.entries),
      ended: tally([
        ...evidence.orders.map(({ status }) => `order ${status}`),
        ...evidence.payments.map(({ status }) => `payment ${status}`),
      ]),
      faults: tally(nemesis.carried.map(({ kind }) => kind.name)),
      upMs: uptime.between(opened, opened + openMs),
      rows,
      story: (ids) => storyOf(history.entries, nemesis.carried, ids),
      keep: (file) => writeFile(file, history.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')),
    };
  } finally {
    await uptime.stop();
    await stores.close();
  }
};
