/**
 * One run: the system with two replicas of every service, a crowd, and faults by a seed; then all heals, and the checker
 * judges (docs/protocol.md, "Invariants").
 */
import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '@ticketing/common/testing';
import { controlStripe } from '../support/stripe.ts';
import { type OwnSystem, ownSystem } from '../support/system.ts';
import { check, rowsOf } from './checker.ts';
import { gatherCrowd } from './crowd.ts';
import { DATABASE, kindsOf, openNemesis, planFaults, REPLICAS, withReplicas } from './faults.ts';
import { openHistory } from './history.ts';
import { type Judged, judged, noneEnds, tally } from './judged.ts';
import { HOLD_SECONDS, openStores } from './stores.ts';
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

export interface Result extends Judged {
  readonly options: RunOptions;
  /** Faults that were carried out, by name. */
  readonly faults: Readonly<Record<string, number>>;
  /** How long people could reserve, of the time in which they were there: a replica of `orders` was ready. In milliseconds. */
  readonly upMs: number;
}

const replicas = Object.fromEntries(withReplicas.map((service) => [service, REPLICAS.length]));

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
    await stores.settled().catch(() => say('not everything has come to rest'));

    // What is left by now is what the checker tells of.
    const report = await stores.reconcile();
    const evidence = await stores.evidence();
    const rows = [
      ...check({ ...evidence, entries: history.entries, uptime }),
      ...rowsOf(report),
      noneEnds(system.run.processes.length, deaths),
    ];
    const happenings = nemesis.carried.map(({ kind, target, began, ended }) => ({
      name: `FAULT ${kind.name}: ${target.name}`,
      began,
      ended,
    }));
    return {
      ...judged({ entries: history.entries, evidence, happenings, rows }),
      options,
      faults: tally(nemesis.carried.map(({ kind }) => kind.name)),
      upMs: uptime.between(opened, opened + openMs),
    };
  } finally {
    await uptime.stop();
    await stores.close();
  }
};
