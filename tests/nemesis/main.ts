/** `npm run faults`: see `usage`. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { reportOf, violationsIn } from './report.ts';
import { runNemesis } from './run.ts';

const usage = `Usage: npm run faults -- [--minutes 1] [--seed N] [--transport nats-streaming] [--keep FOLDER]

Starts two of every service, has a crowd buy and sell while processes are killed and stopped, the database, the broker, Redis
and Stripe fail, lets all heal, and checks what was promised. It needs nothing that runs already, and leaves nothing.

  --minutes    how long the crowd is there, from 0.5 to 240
  --seed       the same number plans the same faults and gives everybody the same wishes; a random one without it
  --transport  nats-streaming or jetstream
  --keep       writes what everybody asked and was told into this folder

Exit status: 0 nothing was violated, 1 something was, or the run said nothing, 2 misused.`;

/** Told to the person at the keyboard, with exit status 2; nothing was done. */
class Misused extends Error {}

const transports = ['nats-streaming', 'jetstream'] as const;

const readArguments = () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      transport: { type: 'string', default: 'nats-streaming' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 0.5 && minutes <= 240)) throw new Misused('--minutes must be a number from 0.5 to 240');
  const seed = Number(values.seed);
  if (!/^\d{1,9}$/.test(values.seed)) throw new Misused('--seed must be a whole number of at most 9 digits');
  const transport = transports.find((each) => each === values.transport);
  if (transport === undefined) throw new Misused(`--transport must be ${transports.join(' or ')}`);
  return { minutes, seed, transport, keep: values.keep, help: values.help };
};

const began = Date.now();
const say = (line: string): void => {
  const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(5);
  process.stderr.write(`${seconds} s  ${line}\n`);
};

/** @returns the exit status */
const run = async (): Promise<number> => {
  const { minutes, seed, transport, keep, help } = readArguments();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const broken = new AbortController();
  process.on('SIGINT', () => {
    if (broken.signal.aborted) process.exit(130);
    say('broken off: ending everything; once more to end at once');
    broken.abort(new Error('broken off'));
  });
  const result = await runNemesis({ transport, seed, openMs: minutes * 60_000, say, signal: broken.signal });
  if (keep !== undefined) {
    await mkdir(keep, { recursive: true });
    const file = path.join(keep, `${transport}-${seed}.jsonl`);
    await result.keep(file);
    say(`history in ${file}`);
  }
  process.stdout.write(`${reportOf(result)}\n`);
  const violations = violationsIn(result);
  process.stdout.write(violations === 0 ? 'Nothing was violated.\n' : `${violations} violations.\n`);
  return violations === 0 ? 0 : 1;
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
