/** The operators' command; see `usage`. Runs beside the service, with the service's own settings. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { systemClock } from '@ticketing/common/clock';
import { NotFound } from '@ticketing/common/errors';
import { ConfigError } from '@ticketing/common/service';
import { connectMongo } from '@ticketing/common/store';
import { readOperatorConfig } from './config.ts';
import { kinds, type Thing } from './report.ts';
import { openStores } from './store/open-stores.ts';
import type { Queued } from './store/reports.ts';
import type { Deps } from './use-cases/deps.ts';
import { dismissReports, hideThing, restoreThing, showThing } from './use-cases/moderate.ts';

const usage = `Usage:
  community reports [--limit 50]       what people reported and nobody has decided, what waits longest first
  community show THING                 how it stands, its reports, what was decided
  community hide THING --why TEXT      hides it from everybody, and closes its reports; a profile goes with all that its
                                       person wrote and liked, and they can write no more
  community restore THING --why TEXT   shows it again
  community dismiss THING --why TEXT   closes its reports: it stays as it is

  THING   post ID, comment ID, or profile HANDLE (or the id of its person)
  --by    who decides; without it the user of this machine. Each decision is kept, with its time and reason.

Harmless twice. Settings, those of community: MONGO_URL.

Exit status: 0 done, 1 failed, 2 misused, or there is no such thing.`;

/** Said to the operator, with exit status 2; nothing was done. */
class Misused extends Error {}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const readArguments = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        limit: { type: 'string', default: '50' },
        why: { type: 'string', default: '' },
        by: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Misused(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
};

/** What is named: a person by their handle as well. */
const thingOf = async ({ profiles }: Deps, kind: string | undefined, name = ''): Promise<Thing> => {
  const known = kinds.find((each) => each === kind);
  if (known === undefined || name === '')
    throw new Misused(`Say which: post ID, comment ID or profile HANDLE\n\n${usage}`);
  if (/^[0-9a-f]{24}$/.test(name)) return { kind: known, id: name };
  if (known !== 'profile') throw new Misused(`${name} is no id: 24 hexadecimal digits`);
  const profile = await profiles.findByHandle(name.replace(/^@/, '').toLowerCase());
  if (profile === undefined) throw new Misused(`No profile ${name}.`);
  return { kind: known, id: profile.id };
};

/** What people wrote is shown on one line, so that no text can look like another row. */
const onOneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};

const rowOf = ({ kind, id, reports, reasons, since, said }: Queued): string =>
  `${kind} ${id}  ${since.toISOString()}  ${reports} (${[...reasons].sort().join(', ')})  ${onOneLine(said)}`;

const readLimit = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    throw new Misused('--limit must be a whole number from 1 to 1000');
  return limit;
};

const run = async (): Promise<void> => {
  const { positionals, values } = readArguments();
  const [command, kind, name, ...more] = positionals;
  if (values.help) return say(usage);
  if (more.length > 0) throw new Misused(usage);
  const limit = readLimit(values.limit);
  const mongo = await connectMongo(readOperatorConfig().MONGO_URL, 'long work');
  try {
    const deps: Deps = { ...openStores({ mongo }), clock: systemClock };
    if (command === 'reports') {
      const queue = await deps.reports.queue(limit);
      for (const queued of queue) say(rowOf(queued));
      return say(
        queue.length === 0 ? 'Nothing is reported.' : `${await deps.reports.countOpen()} open reports.`,
      );
    }
    if (!['show', 'hide', 'restore', 'dismiss'].includes(command ?? '')) throw new Misused(usage);
    const thing = await thingOf(deps, kind, name);
    if (command === 'show') return say(JSON.stringify(await showThing(deps)(thing), null, 2));

    const why = values.why.trim();
    if (why === '' || why.length > 500) throw new Misused('Say why, in up to 500 characters: --why "…"');
    const decision = { ...thing, operator: values.by?.trim() || userInfo().username, why };
    if (command === 'dismiss') return say(`${await dismissReports(deps)(decision)} reports closed.`);
    await (command === 'hide' ? hideThing : restoreThing)(deps)(decision);
    say(`${thing.kind} ${thing.id} ${command === 'hide' ? 'is hidden' : 'is shown again'}.`);
  } finally {
    await mongo.close();
  }
};

try {
  await run();
} catch (error) {
  const misused = [Misused, ConfigError, NotFound].some((kind) => error instanceof kind);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = misused ? 2 : 1;
}
