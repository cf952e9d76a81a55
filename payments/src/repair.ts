/**
 * The operator's command `repair`; see `usage`. Runs beside the service, with the service's own settings, and says
 * nothing to the broker: what it changes, the service tells from the outbox.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '@ticketing/common/clock';
import { writtenLater } from '@ticketing/common/operations';
import { ConfigError, createLogger } from '@ticketing/common/service';
import { connectMongo } from '@ticketing/common/store';
import { readRepairConfig } from './config.ts';
import { usualAges } from './difference.ts';
import { openOrderReplica } from './store/orders.ts';
import { openPaymentStore } from './store/payments.ts';
import { connectStripe } from './stripe/connect-stripe.ts';
import { StripeUnavailable } from './stripe/stripe-port.ts';
import { drivePayment } from './use-cases/drive-payment.ts';
import { type Reported, reconcile } from './use-cases/reconcile.ts';

const usage = `Usage: repair [--since 2d] [--older-than 15m]

Compares Stripe's intents with payments and orders, repairs what has one right answer, and lists every difference: it
cancels authorisations that nobody needs, drives attempts that are open for too long, and notes refunds of completed
orders. Harmless at any time, and twice. To only compare, and more than this, is for the command reconcile.

  --since       intents and orders made since (30m, 24h, 7d); open attempts are looked at however old they are
  --older-than  looks at all that is older than this; without it at intents of 5 minutes, attempts of 15 minutes,
                and at authorisations whose attempt is unknown after an hour

Settings, those of payments: MONGO_URL, STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY, STRIPE_WEBHOOK_SECRET,
STRIPE_API_BASE, STRIPE_TIMEOUT_MS, DEPLOYMENT.

Exit status: 0 nothing differs any more, 1 differences are left, or not all could be compared, 2 misused.`;

/** Said to the operator, with exit status 2; nothing was done. */
class Misused extends Error {}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const durationOf = (option: string, text: string): number => {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs === undefined) throw new Misused(`${option} ${text}: must be like 30m, 24h, or 7d`);
  return Number(count) * unitMs;
};

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        since: { type: 'string', default: '2d' },
        'older-than': { type: 'string' },
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

const rowOf = (difference: Reported): string[] => [
  difference.kind,
  difference.intentId ?? '-',
  difference.paymentId,
  difference.orderId,
  difference.repaired ? 'repaired' : (difference.repair ?? 'yours to decide'),
];

const sayTable = (reported: readonly Reported[]): void => {
  const rows = [['DIFFERENCE', 'INTENT', 'PAYMENT', 'ORDER', 'REPAIR'], ...reported.map(rowOf)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
};

/** @returns the exit status */
const run = async (): Promise<number> => {
  const { since, 'older-than': olderThan, help } = readArguments();
  if (help) {
    say(usage);
    return 0;
  }
  const sinceMs = durationOf('--since', since);
  const ageMs = olderThan === undefined ? undefined : durationOf('--older-than', olderThan);
  const ages = ageMs === undefined ? usualAges : { intentMs: ageMs, unknownMs: ageMs, attemptMs: ageMs };

  const config = readRepairConfig();
  const clock = systemClock;
  const logger = createLogger('repair', 'error', process.stderr);
  const mongo = await connectMongo(config.MONGO_URL, 'long work');
  try {
    const payments = openPaymentStore({ mongo, relay: writtenLater(), clock });
    const orders = openOrderReplica({ mongo });
    const stripe = connectStripe(config);
    const drive = drivePayment({ payments, orders, stripe, clock, pause, logger, at: async () => {} });
    const look = reconcile({ payments, orders, stripe, clock, logger, drive });

    const reported = await look({ since: new Date(clock.now().getTime() - sinceMs), repair: true, ages });
    const left = reported.filter(({ repaired }) => !repaired).length;
    if (reported.length === 0) say('Stripe, payments and orders agree.');
    else sayTable(reported);
    if (reported.length > 0) say(`${reported.length} found, ${left} left.`);
    return left === 0 ? 0 : 1;
  } finally {
    await mongo.close();
  }
};

try {
  process.exitCode = await run();
} catch (error) {
  const { message } = error instanceof Error ? error : { message: String(error) };
  const reason = error instanceof StripeUnavailable ? `Stripe did not answer: ${message}` : message;
  process.stderr.write(`${reason}\n`);
  process.exitCode = error instanceof Misused || error instanceof ConfigError ? 2 : 1;
}
