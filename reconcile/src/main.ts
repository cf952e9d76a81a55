/** The command `reconcile`; see `usage`. Run by operators, and by a CronJob; it only reads. */
import { parseArgs } from 'node:util';
import { ConfigError } from '@ticketing/common/service';
import { connectMongo } from '@ticketing/common/store';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { readReconcileConfig } from './config.ts';
import { linesOf } from './print.ts';
import { reconcile } from './reconcile.ts';
import type { Report } from './report.ts';
import { stripeIntents } from './stripe-intents.ts';

const usage = `Usage: reconcile [--since 2d | --all] [--second-look 30s] [--json]

Compares the stores of tickets, orders and payments with each other and with Stripe, and lists what differs. It only
reads. What looks wrong is looked at a second time, a while later; it counts only if it is still wrong.

  --since        what was saved or made since (30m, 24h, 7d); what is open is looked at however old it is
  --all          everything there is
  --second-look  how long after the first look (500ms, 30s, 5m)
  --json         the report as JSON

Settings: TICKETS_MONGO_URL, ORDERS_MONGO_URL, PAYMENTS_MONGO_URL (users that can only read will do),
EXPIRATION_REDIS_URL (optional), STRIPE_SECRET_KEY, STRIPE_API_BASE, STRIPE_TIMEOUT_MS, DEPLOYMENT.

Exit status: 0 nothing differs, 1 something differs, or not all could be compared, 2 misused, or bad settings.`;

/** Said to the operator, with exit status 2; nothing was done. */
class Misused extends Error {}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const durationOf = (option: string, text: string, units: readonly string[], like: string): number => {
  const [, count, unit = ''] = /^(\d{1,5})([a-z]+)$/.exec(text) ?? [];
  const unitMs = units.includes(unit) ? UNITS_MS[unit] : undefined;
  if (unitMs === undefined) throw new Misused(`${option} ${text}: must be like ${like}`);
  return Number(count) * unitMs;
};

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        since: { type: 'string' },
        all: { type: 'boolean', default: false },
        'second-look': { type: 'string', default: '30s' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Misused(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** How often progress is told: on a terminal often, in a log only where it takes long. */
const PROGRESS_MS = process.stderr.isTTY ? 1_000 : 30_000;

const tellProgress = (): ((progress: string) => void) => {
  let toldAt = Date.now();
  return (progress) => {
    if (Date.now() - toldAt < PROGRESS_MS) return;
    toldAt = Date.now();
    process.stderr.write(`${progress} …\n`);
  };
};

const stores = ['tickets', 'orders', 'payments'] as const;

const compare = async (since: Date, secondLookMs: number): Promise<Report> => {
  const config = readReconcileConfig();
  const open: Connection[] = [];
  const connect = async (name: (typeof stores)[number], url: string): Promise<Connection> => {
    try {
      const connection = await connectMongo(url, 'long work');
      open.push(connection);
      return connection;
    } catch (error) {
      throw new Error(`the store of ${name}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  };
  const { EXPIRATION_REDIS_URL } = config;
  const redis =
    EXPIRATION_REDIS_URL === undefined
      ? undefined
      : new Redis(EXPIRATION_REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: 2 });
  // Each command that fails says so by itself.
  redis?.on('error', () => {});
  try {
    const look = reconcile({
      tickets: await connect('tickets', config.TICKETS_MONGO_URL),
      orders: await connect('orders', config.ORDERS_MONGO_URL),
      payments: await connect('payments', config.PAYMENTS_MONGO_URL),
      expiration: redis,
      stripe: stripeIntents({
        secretKey: config.STRIPE_SECRET_KEY,
        apiBase: config.STRIPE_API_BASE,
        deployment: config.DEPLOYMENT,
        timeoutMs: config.STRIPE_TIMEOUT_MS,
      }),
    });
    return await look({ since, secondLookMs, report: tellProgress() });
  } finally {
    redis?.disconnect();
    await Promise.all(open.map((connection) => connection.close()));
  }
};

/** @returns the exit status */
const run = async (): Promise<number> => {
  const { since, all, 'second-look': secondLook, json, help } = readArguments();
  if (help) {
    say(usage);
    return 0;
  }
  if (all && since !== undefined) throw new Misused('--since and --all: say only one of them');
  const sinceMs = durationOf('--since', since ?? '2d', ['m', 'h', 'd'], '30m, 24h, or 7d');
  const secondLookMs = durationOf('--second-look', secondLook, ['ms', 's', 'm'], '500ms, 30s, or 5m');
  const report = await compare(all ? new Date(0) : new Date(Date.now() - sinceMs), secondLookMs);
  if (json) say(JSON.stringify(report, null, 2));
  else for (const line of linesOf(report)) say(line);
  return report.findings.length === 0 ? 0 : 1;
};

try {
  process.exitCode = await run();
} catch (error) {
  const isMisuse = error instanceof Misused || error instanceof ConfigError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${isMisuse ? message : `Not all could be compared: ${message}`}\n`);
  process.exitCode = isMisuse ? 2 : 1;
}
