/** `npm run faults`: see `usage`. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Judged } from './judged.ts';
import { services } from './lost.ts';
import { reportOf, reportOfRestore, type TriedRestore, tableOfRestores, violationsIn } from './report.ts';
import { moments, runRestore } from './restores.ts';
import { runNemesis } from './run.ts';

/** How long the crowd of a restore is there. */
const OPEN_MS = 20_000;

const usage = `Usage: npm run faults -- [--minutes 1] [--seed N] [--transport nats-streaming] [--keep FOLDER]
       npm run faults -- --restores [--service NAME] [--moment MOMENT] [--transport NAME] [--seed N] [--keep FOLDER]

Starts two of every service, has a crowd buy and sell while processes are killed and stopped, the database, the broker, Redis
and Stripe fail, lets all heal, and checks what was promised. It needs nothing that runs already, and leaves nothing.

With --restores: has a crowd buy and sell, loses the database of one service, restores it from a backup, and checks the same;
for each service, moment of the backup and broker, one after the other.

  --minutes    how long the crowd is there, from 0.5 to 240; not with --restores
  --seed       the same number plans the same faults and gives everybody the same wishes; a random one without it
  --transport  nats-streaming or jetstream
  --keep       writes what everybody asked and was told into this folder
  --service    whose database is lost: ${services.join(', ')}; all of them without it
  --moment     when the backup is made, beside the crowd: ${moments.join(', ')}; all of them without it

Exit status: 0 nothing was violated, 1 something was, or a run said nothing, 2 misused.`;

/** Told to the person at the keyboard, with exit status 2; nothing was done. */
class Misused extends Error {}

const transports = ['nats-streaming', 'jetstream'] as const;

/** @returns undefined where nothing was said */
const oneOf = <T extends string>(name: string, allowed: readonly T[], given: string | undefined) => {
  const found = allowed.find((each) => each === given);
  if (given !== undefined && found === undefined)
    throw new Misused(`--${name} must be ${allowed.join(' or ')}`);
  return found;
};

const readArguments = () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      transport: { type: 'string' },
      keep: { type: 'string' },
      restores: { type: 'boolean', default: false },
      service: { type: 'string' },
      moment: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { restores, help, keep } = values;
  if (restores && values.minutes !== undefined)
    throw new Misused(`--minutes is not for --restores: the crowd of each is there for ${OPEN_MS / 1000} s`);
  for (const name of ['service', 'moment'] as const)
    if (!restores && values[name] !== undefined) throw new Misused(`--${name} is for --restores alone`);
  const minutes = Number(values.minutes ?? 1);
  if (!(minutes >= 0.5 && minutes <= 240)) throw new Misused('--minutes must be a number from 0.5 to 240');
  const seed = Number(values.seed);
  if (!/^\d{1,9}$/.test(values.seed)) throw new Misused('--seed must be a whole number of at most 9 digits');
  return {
    minutes,
    seed,
    transport: oneOf('transport', transports, values.transport),
    service: oneOf('service', services, values.service),
    moment: oneOf('moment', moments, values.moment),
    restores,
    keep,
    help,
  };
};

type Arguments = ReturnType<typeof readArguments>;

const began = Date.now();
const say = (line: string): void => {
  const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(5);
  process.stderr.write(`${seconds} s  ${line}\n`);
};

const keepHistory = async (
  folder: string | undefined,
  name: string,
  { keep }: Pick<Judged, 'keep'>,
): Promise<void> => {
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}.jsonl`);
  await keep(file);
  say(`history in ${file}`);
};

const print = (...lines: readonly string[]): void => {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
};

const verdict = (violations: number): string =>
  violations === 0 ? 'Nothing was violated.' : `${violations} violations.`;

/** @returns the exit status */
const runFaults = async (
  { minutes, seed, transport = 'nats-streaming', keep }: Arguments,
  signal: AbortSignal,
): Promise<number> => {
  const result = await runNemesis({ transport, seed, openMs: minutes * 60_000, say, signal });
  await keepHistory(keep, `${transport}-${seed}`, result);
  const violations = violationsIn(result);
  print(reportOf(result), verdict(violations));
  return violations === 0 ? 0 : 1;
};

/** One after the other; one that does not come to its end counts as failed. @returns the exit status */
const runRestores = async (given: Arguments, signal: AbortSignal): Promise<number> => {
  const { seed, keep } = given;
  const only = <T>(chosen: T | undefined, all: readonly T[]) => (chosen === undefined ? all : [chosen]);
  const plan = only(given.service, services).flatMap((service) =>
    only(given.moment, moments).flatMap((moment) =>
      only(given.transport, transports).map((transport) => ({ service, moment, transport })),
    ),
  );
  const tried: TriedRestore[] = [];
  for (const options of plan) {
    say(`${tried.length + 1} of ${plan.length}`);
    const result = await runRestore({ ...options, seed, openMs: OPEN_MS, say, signal }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        print(`${Object.values(options).join(', ')} did not come to its end: ${error}`, '');
        return undefined;
      },
    );
    tried.push({ options, result });
    if (result === undefined) continue;
    await keepHistory(keep, `${Object.values(options).join('-')}-${seed}`, result);
    print(reportOfRestore(result), '');
  }
  const violations = tried.reduce((sum, { result }) => sum + (result ? violationsIn(result) : 0), 0);
  const cut = tried.filter(({ result }) => result === undefined).length;
  print(`Restores, seed ${seed}:`, '', tableOfRestores(tried), '');
  print(...(cut === 0 ? [] : [`${cut} of ${tried.length} did not come to their end.`]));
  if (cut < tried.length) print(verdict(violations));
  return violations === 0 && cut === 0 ? 0 : 1;
};

/** @returns the exit status */
const run = async (): Promise<number> => {
  const given = readArguments();
  if (given.help) {
    print(usage);
    return 0;
  }
  const broken = new AbortController();
  process.on('SIGINT', () => {
    if (broken.signal.aborted) process.exit(130);
    say('broken off: ending everything; once more to end at once');
    broken.abort(new Error('broken off'));
  });
  return given.restores ? runRestores(given, broken.signal) : runFaults(given, broken.signal);
};

try {
  process.exitCode = await run();
} catch (error) {
  const isMisuse = error instanceof Misused || error instanceof TypeError;
  process.stderr.write(
    `${error instanceof Error ? error.message : error}\n${isMisuse ? `\n${usage}\n` : ''}`,
  );
  process.exitCode = isMisuse ? 2 : 1;
}
