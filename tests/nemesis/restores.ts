/**
 * One restore: a crowd, a backup of one service's database, the loss of that database, the backup put back and
 * `npm run restored` (docs/protocol.md, rule 8); then the checker judges as after faults. What nobody had heard of is
 * lost with the store, as rule 8 says: that alone is left out, and counted.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '@ticketing/common/testing';
import { run } from '@ticketing/local/run';
import { inherited } from '@ticketing/local/supervisor';
import { MongoClient } from 'mongodb';
import { type OwnSystem, ownSystem } from '../support/system.ts';
import { type Backup, backUp, contentsOf, putBack } from './backup.ts';
import { check, rowsOf } from './checker.ts';
import { gatherCrowd } from './crowd.ts';
import { openHistory } from './history.ts';
import { type Happening, type Judged, judged, noneEnds } from './judged.ts';
import {
  endInTime,
  isUnheard,
  type Lost,
  lostUnheard,
  paidKeeps,
  type Restorable,
  sameAfter,
} from './lost.ts';
import { HOLD_SECONDS, openStores, type Stores } from './stores.ts';
import { type Uptime, watchUptime } from './uptime.ts';

/** When the backup is made: before the crowd comes, while it buys, once it has gone home. */
export const moments = ['before', 'during', 'after'] as const;

export interface RestoreOptions {
  /** Whose database is lost. */
  readonly service: Restorable;
  readonly moment: (typeof moments)[number];
  readonly transport: 'nats-streaming' | 'jetstream';
  /** The same seed gives everybody the same wishes. */
  readonly seed: number;
  /** How long the crowd is there, in milliseconds. */
  readonly openMs: number;
  /** Told what is being done. */
  readonly say?: (line: string) => void;
  /** Breaks it off: everything is ended, and it rejects. */
  readonly signal?: AbortSignal;
}

export interface RestoreResult extends Judged {
  readonly options: RestoreOptions;
  /** How many there are in the end. */
  readonly orders: number;
  /** Answers that told of a change which was lost with the store before anybody else had heard of it. */
  readonly unheard: number;
}

const SELLERS = 2;
const BUYERS = 20;
/** Nothing of the lost service has arrived for so long. */
const QUIET = '5s';
/** The command waits for quiet, which comes, and does not wait for anything else. */
const COMMAND_MS = 300_000;
/** In which a hold that is open has ended, with all that may delay it. */
const HOLD_ENDS_MS = HOLD_SECONDS * 1_000 + 20_000;

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * `npm run restored`, as an operator types it.
 * @throws with what it printed, where its exit status is not 0
 */
const restored = async (
  system: OwnSystem,
  { service, signal }: RestoreOptions,
  from: Date,
): Promise<void> => {
  const args = ['restored', '--service', service, '--backup-from', from.toISOString(), '--quiet', QUIET];
  const ended = AbortSignal.timeout(COMMAND_MS);
  const { code, output } = await run(process.execPath, ['infra/local/operate.mjs', ...args], {
    cwd: root,
    env: { ...inherited(), TICKETING_HOME: system.home.folder },
    capture: true,
    signal: signal === undefined ? ended : AbortSignal.any([signal, ended]),
  });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
};

/**
 * Runs it once, in a system of its own, which is gone afterwards.
 * @throws when the run says nothing: it was broken off, the system did not start, or the command did not end with 0
 */
export const runRestore = async (options: RestoreOptions): Promise<RestoreResult> => {
  const { transport, service, moment, seed, say = () => {}, signal } = options;
  say(`${service}, backup made ${moment}, over ${transport}, seed ${seed}: starting`);
  const system = await ownSystem({
    transport,
    holdSeconds: HOLD_SECONDS,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    return await openAndRun(system, options);
  } finally {
    say('stopping');
    await system.end();
  }
};

const openAndRun = async (system: OwnSystem, options: RestoreOptions): Promise<RestoreResult> => {
  const client = new MongoClient(system.run.mongoUri);
  const stores = await openStores(system);
  const uptime = watchUptime([`${system.service('orders').url}/readyz`], () => false);
  try {
    return await runIn({ system, client, stores, uptime }, options);
  } finally {
    await uptime.stop();
    await stores.close();
    await client.close();
  }
};

interface Surroundings {
  readonly system: OwnSystem;
  readonly client: MongoClient;
  readonly stores: Stores;
  readonly uptime: Uptime;
}

const runIn = async (
  { system, client, stores, uptime }: Surroundings,
  options: RestoreOptions,
): Promise<RestoreResult> => {
  const { service, moment, seed, openMs, say = () => {}, signal } = options;
  const deaths: string[] = [];
  void system.died.then(({ name, how }) => deaths.push(`${name} ${how}`));
  const history = openHistory();
  say('people sign up');
  const crowd = await gatherCrowd({ system, history, seed, sellers: SELLERS, buyers: BUYERS });
  const happenings: Happening[] = [];
  const lived = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const began = Date.now();
    say(name);
    try {
      return await act();
    } finally {
      happenings.push({ name, began, ended: Date.now() });
    }
  };

  const rest = (ms: number) =>
    pause(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  const makeBackup = () => lived(`a backup of ${service}`, () => backUp(client, service));
  /** @returns when */
  const kill = () =>
    lived(`${service} killed`, async () => {
      const at = Date.now();
      await system.service(service).kill();
      return at;
    });

  /** People come and go home, and the store is lost. */
  const shop = async (): Promise<{ backup: Backup; lostAt: number }> => {
    say('the first of them come');
    await crowd.comeFirst();
    const before = moment === 'before' ? await makeBackup() : undefined;
    let during: Backup | undefined;
    let lostAt: number | undefined;
    say(`${Math.round(openMs / 1000)} s of people`);
    const shopping = crowd.open();
    try {
      await rest(openMs / 2);
      during = moment === 'during' ? await makeBackup() : undefined;
      await rest(openMs / 2);
      if (moment !== 'after') lostAt = await kill();
    } finally {
      crowd.close();
      await shopping;
    }
    signal?.throwIfAborted();
    const backup = before ?? during ?? (await makeBackup());
    if (moment === 'after') await someHoldsEnd();
    return { backup, lostAt: lostAt ?? (await kill()) };
  };

  /** So that the store knows more than its backup. */
  const someHoldsEnd = async (): Promise<void> => {
    const openNow = async () =>
      (await stores.evidence()).orders
        .filter(({ status }) => status === 'awaiting payment')
        .map(({ _id }) => String(_id));
    const held = await openNow();
    say(`${held.length} holds are open`);
    await eventually(async () => {
      const still = new Set(await openNow());
      if (held.length > 0 && held.every((id) => still.has(id))) throw new Error('no hold has ended');
    }, HOLD_ENDS_MS);
  };

  const readLost = async (at: number): Promise<Lost> => {
    const waiting = await client
      .db(service)
      .collection(service)
      .find({ 'outbox.0': { $exists: true } }, { projection: { _id: 1 } })
      .toArray();
    return {
      at,
      stored: await stores.evidence(),
      waiting: new Set(waiting.map(({ _id }) => String(_id))),
    };
  };

  const { backup, lostAt } = await shop();
  const lost = await readLost(lostAt);
  await lived(`the backup of ${service} put back`, () => putBack(client, service, backup));
  await lived('npm run restored', () => restored(system, options, backup.from));
  const first = await contentsOf(client, service);
  await lived('npm run restored, once more', () => restored(system, options, backup.from));
  const second = await contentsOf(client, service);
  const restarted = { at: Date.now(), orders: (await stores.evidence()).orders };
  await lived(`${service} started`, () => system.service(service).restart());

  say('waiting until nothing moves');
  await crowd.buyOne();
  await stores.settled().catch(() => say('not everything has come to rest'));

  // What is left by now is what the checker tells of.
  const report = await stores.reconcile();
  const evidence = await stores.evidence();
  const unheard = new Set(history.entries.filter(isUnheard(service, lost)));
  const entries = history.entries.map((entry) =>
    unheard.has(entry) ? { ...entry, status: undefined } : entry,
  );
  const inTime = endInTime(lost, restarted, evidence.orders, uptime);
  const rows = [
    ...check({ ...evidence, entries, uptime }).map((each) =>
      service === 'orders' && each.invariant === inTime.invariant ? inTime : each,
    ),
    paidKeeps(lost, evidence),
    sameAfter(first, second),
    lostUnheard(unheard.size),
    ...rowsOf(report),
    noneEnds(system.run.processes.length, deaths),
  ];
  return {
    ...judged({ entries: history.entries, evidence, happenings, rows }),
    options,
    orders: evidence.orders.length,
    unheard: unheard.size,
  };
};
