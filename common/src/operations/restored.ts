/**
 * What the commands `restored` of the services have in common (docs/protocol.md, rule 8): a service whose database was
 * restored from a backup takes back from the copies of the others what it has forgotten. Each service brings what that is.
 */
import { parseArgs } from 'node:util';
import type { Connection } from 'mongoose';
import type { DeadLetters } from '../dead-letters/index.ts';
import type { EventType } from '../events/index.ts';
import { BusUnavailable, type Transport, watchBroker } from '../messaging/index.ts';
import { createRelay } from '../outbox/index.ts';
import { ConfigError } from '../service/index.ts';
import { clientNameOf, clientsOf, connectMongo } from '../store/index.ts';
import { type Quiet, untilQuiet } from './until-quiet.ts';

/** It cannot be done, or not now; the message says why, and what to do. Exit status 1. */
export class NotRestored extends Error {
  override readonly name = 'NotRestored';
}

/** Things that are listed to the operator. */
const MOST_LISTED = 100;

/** The first of them, a line each, and how many there are more. */
export const someOf = (all: readonly string[]): string[] => {
  const more = all.length - MOST_LISTED;
  return [...all.slice(0, MOST_LISTED), ...(more > 0 ? [`… and ${more} more`] : [])].map(
    (line) => `  ${line}`,
  );
};

/** Told to the operator with exit status 2; nothing was done. */
class Misused extends Error {}

/** Settings that every such command has. */
interface Settings {
  readonly MONGO_URL: string;
  readonly TRANSPORT: Transport;
  readonly NATS_URL: string;
  readonly NATS_CLUSTER_ID: string;
  readonly NATS_MONITOR_URL?: string | undefined;
}

/** What a restore is given. */
export interface Restoration<C> {
  readonly config: C;
  /** The restored database, on a connection for long work. */
  readonly mongo: Connection;
  /** When the backup was made. */
  readonly backupFrom: Date;
  /** Whether the command was given this option. */
  has(option: string): boolean;
  /** Tells the operator. */
  say(line: string): void;
}

/** What a restore has opened. */
export interface Opened {
  /** Of each consumer of the service's events, what it has given up. */
  readonly letters: Readonly<Record<string, DeadLetters>>;
  /**
   * Takes back what others know. Done again, also after it broke off anywhere, it comes to the same.
   * @throws {NotRestored}
   */
  restore(): Promise<void>;
  close(): Promise<unknown>;
}

export interface RestoredCommand<C extends Settings> {
  readonly service: string;
  /** What it publishes. */
  readonly events: readonly EventType[];
  /** What the command does for this service, for `--help`. */
  readonly about: string;
  /** Options beside those of all, each with its line for `--help`. */
  readonly options?: Readonly<Record<string, string>>;
  /** The names of its settings, for `--help`. */
  readonly settings: string;
  /** @throws {ConfigError} */
  readConfig(): C;
  open(given: Restoration<C>): Promise<Opened>;
}

/** The relay of a command that publishes nothing: what it writes, the service publishes from the outbox. */
export const writtenLater = () =>
  createRelay({
    bus: { publish: () => Promise.reject(new BusUnavailable('left in the outbox, for the service')) },
  });

const UNITS_MS = { s: 1_000, m: 60_000 };

type Described = Pick<RestoredCommand<Settings>, 'service' | 'about' | 'options' | 'settings'>;

const usageOf = ({ service, about, options = {}, settings }: Described): string => {
  const rows = Object.entries({
    'backup-from TIME': 'when the backup was made, as 2026-11-29T10:00:00Z; earlier is harmless',
    'quiet 60s': `for how long nothing of ${service} may have arrived anywhere (5s, 2m)`,
    ...options,
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  return `Usage: restored --backup-from TIME [--quiet 60s]${Object.keys(options)
    .map((name) => ` [--${name}]`)
    .join('')}

For ${service}, after its database was restored from a backup and before it starts. The other services run. It waits until
nothing of ${service} is under way, and then takes back from the others what the backup does not have: ${about}
It is harmless twice, and can be broken off at any time and run again. No process of ${service} may run.

${rows.map(([name, help]) => `  --${name.padEnd(width)}  ${help}`).join('\n')}

Settings: ${settings}.

Exit status: 0 done, 1 not done, it says why, 2 misused.`;
};

const durationOf = (text: string): number => {
  const [, count, unit = ''] = /^(\d{1,4})([sm])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit as keyof typeof UNITS_MS];
  if (unitMs === undefined) throw new Misused(`--quiet ${text}: must be like 60s or 2m`);
  return Number(count) * unitMs;
};

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

const timeOf = (text: string | undefined): Date => {
  const time = new Date(text !== undefined && TIME.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new Misused('--backup-from: say when the backup was made, as 2026-11-29T10:00:00Z');
  if (time.getTime() > Date.now()) throw new Misused(`--backup-from ${text}: this time is yet to come`);
  return time;
};

const readArguments = (command: Described) => {
  const extra = Object.keys(command.options ?? {});
  try {
    const { values } = parseArgs({
      options: {
        'backup-from': { type: 'string' },
        quiet: { type: 'string', default: '60s' },
        help: { type: 'boolean', default: false },
        ...Object.fromEntries(extra.map((name) => [name, { type: 'boolean' as const }])),
      },
    });
    return values as { 'backup-from'?: string; quiet: string; help: boolean } & Record<string, unknown>;
  } catch (error) {
    throw new Misused(`${error instanceof Error ? error.message : error}\n\n${usageOf(command)}`);
  }
};

/** @throws {NotRestored} while processes of the service are connected to its database */
const refuseWhileRunning = async (service: string, mongo: Connection, url: string): Promise<void> => {
  const clients = await clientsOf(mongo, clientNameOf(service, url));
  if (clients.length === 0) return;
  throw new NotRestored(
    `${service} runs: it is connected from ${clients.sort().join(', ')}. End all its processes, then run this again.`,
  );
};

/** What consumers have given up of these events, a sentence each. */
const givenUp = async (
  letters: Readonly<Record<string, DeadLetters>>,
  types: readonly string[],
): Promise<string[]> => {
  const lines: string[] = [];
  for (const [consumer, kept] of Object.entries(letters))
    for await (const id of kept.ids()) {
      const letter = await kept.find(id);
      if (letter !== undefined && types.includes(letter.type))
        lines.push(`${consumer} has given up ${letter.type}: replay or drop its dead letter ${id}`);
    }
  return lines;
};

interface Waiting extends Pick<Quiet, 'quietMs' | 'say'> {
  readonly config: Settings;
  readonly types: readonly string[];
  readonly letters: Opened['letters'];
}

/** @throws {BusUnavailable} when the broker does not answer */
const untilNothingIsUnderWay = async ({ config, types, letters, ...quiet }: Waiting): Promise<void> => {
  const watch = await watchBroker({
    transport: config.TRANSPORT,
    url: config.NATS_URL,
    clusterId: config.NATS_CLUSTER_ID,
    monitorUrl: config.NATS_MONITOR_URL,
  });
  const look = async () => {
    const { waiting, newest } = await watch.look(types);
    return { waiting: [...waiting, ...(await givenUp(letters, types))], newest };
  };
  try {
    await untilQuiet({ look, ...quiet });
  } finally {
    await watch.close();
  }
};

/** @returns the exit status */
const run = async <C extends Settings>(command: RestoredCommand<C>): Promise<number> => {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { service, events } = command;
  const values = readArguments(command);
  if (values.help) {
    say(usageOf(command));
    return 0;
  }
  const quietMs = durationOf(values.quiet);
  const backupFrom = timeOf(values['backup-from']);
  const config = command.readConfig();
  const mongo = await connectMongo(config.MONGO_URL, 'long work');
  let opened: Opened | undefined;
  try {
    await refuseWhileRunning(service, mongo, config.MONGO_URL);
    opened = await command.open({ config, mongo, backupFrom, has: (option) => values[option] === true, say });
    const types = events.map(({ type }) => type);
    say(`Waiting until nothing of ${service} is under way:`);
    await untilNothingIsUnderWay({ config, types, letters: opened.letters, quietMs, say });
    await refuseWhileRunning(service, mongo, config.MONGO_URL);
    await opened.restore();
    say(`Done. Start ${service}; then compare all: npm run reconcile -- --all`);
    return 0;
  } finally {
    await opened?.close();
    await mongo.close();
  }
};

/** Runs the command of a service with the arguments of this process, and sets its exit status. */
export const restoredCommand = async <C extends Settings>(command: RestoredCommand<C>): Promise<void> => {
  try {
    process.exitCode = await run(command);
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: String(error) };
    process.stderr.write(
      `${error instanceof BusUnavailable ? `The broker does not answer: ${message}` : message}\n`,
    );
    process.exitCode =
      error instanceof Misused || error instanceof ConfigError || error instanceof TypeError ? 2 : 1;
  }
};
