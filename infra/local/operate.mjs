/**
 * `npm run dead-letters -- …` and `npm run republish -- …`: the operator's command line of `common` (see its usage with
 * `--help`) for one service of a running `npm start`, found through run.json; `npm run community -- …`: that of
 * community. Where MONGO_URL or REDIS_URL is set, it is used instead: then any service of any system.
 *
 * `npm run reconcile -- …`: the job that compares the stores with each other and with Stripe; where ORDERS_MONGO_URL is
 * set, all its settings are taken from the environment. With `--repair` it is the command of payments, which repairs.
 *
 * `npm run restored -- --service X …`: the command of orders, tickets or payments that takes back what its database has
 * forgotten, after it was restored from a backup (docs/protocol.md, rule 8). The rest of the system runs meanwhile. Where
 * ORDERS_MONGO_URL or MONGO_URL is set, all its settings are taken from the environment.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { run } from './run.mjs';
import { namesOf } from './services.mjs';
import { root, setUp } from './setup.mjs';
import { stripeSettings } from './stripe-settings.mjs';

const [command = '', ...rest] = process.argv.slice(2);

/** @type {(message: string) => never} */
const refuse = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

/** Takes `--service NAME` out of the arguments; the rest is for the command. */
const takeService = () => {
  const at = rest.indexOf('--service');
  return at === -1 ? undefined : rest.splice(at, 2)[1];
};

/** Those whose state others know. */
const RESTORABLE = ['orders', 'tickets', 'payments'];

const takeRestorable = () => {
  const service = takeService();
  if (service !== undefined && RESTORABLE.includes(service)) return service;
  return refuse(
    'Say which service was restored: --service orders, --service tickets or --service payments.\n' +
      'No other service knows the state of the rest: people who signed up since the backup of auth do so again.',
  );
};

/** Takes `--repair` out of the arguments: it says which of two commands is meant. */
const takeRepair = () => {
  const at = rest.indexOf('--repair');
  return at !== -1 && rest.splice(at, 1).length > 0;
};

/**
 * Commands that a workspace brings itself, with what says that their settings are in the environment.
 *
 * @type {Readonly<Record<string, () => { folder: string, main: string, given: string | undefined }>>}
 */
const ownCommands = {
  reconcile: () =>
    takeRepair()
      ? { folder: 'payments', main: 'dist/repair.js', given: process.env.MONGO_URL }
      : { folder: 'reconcile', main: 'dist/main.js', given: process.env.ORDERS_MONGO_URL },
  restored: () => ({
    folder: takeRestorable(),
    main: 'dist/restored.js',
    given: process.env.ORDERS_MONGO_URL || process.env.MONGO_URL,
  }),
  community: () => ({ folder: 'community', main: 'dist/operate.js', given: process.env.MONGO_URL }),
};
const own = ownCommands[command]?.();

/**
 * @param {string} home
 * @param {string | undefined} standIn where the run's stand-in listens, if it has one
 */
const stripeOf = (home, standIn) => {
  if (standIn !== undefined) return stripeSettings({ home, apiBase: standIn, keys: {} });
  const { STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE } = process.env;
  if (!STRIPE_SECRET_KEY && !STRIPE_API_BASE)
    refuse('This run asks Stripe itself: set the STRIPE_ settings that npm start was given.');
  return stripeSettings({
    home,
    apiBase: STRIPE_API_BASE || undefined,
    keys: {
      secretKey: STRIPE_SECRET_KEY || undefined,
      publishableKey: STRIPE_PUBLISHABLE_KEY || undefined,
      webhookSecret: STRIPE_WEBHOOK_SECRET || undefined,
    },
  });
};

/**
 * As its service has them; TypeScript, which runs once the packages are there.
 *
 * @param {string} service
 */
const settingsOf = async (service) => {
  const home = path.resolve(root, process.env.TICKETING_HOME ?? '.data');
  const file = path.join(home, 'run.json');
  if (!existsSync(file))
    refuse(
      `Nothing runs in ${home}: npm start, or set the settings of the command, as MONGO_URL and NATS_URL.`,
    );
  /** @type {import('./supervisor/run-file.ts').RunFile} */
  const { transport, mongoUri, natsUrl, natsMonitorUrl, redisUrl, stripe } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const { tsImport } = await import('tsx/esm/api');
  /** @type {typeof import('./supervisor/environment.ts')} */
  const { databaseUrl } = await tsImport('./supervisor/environment.ts', import.meta.url);
  if (own?.folder === 'reconcile')
    return {
      TICKETS_MONGO_URL: databaseUrl(mongoUri, 'tickets'),
      ORDERS_MONGO_URL: databaseUrl(mongoUri, 'orders'),
      PAYMENTS_MONGO_URL: databaseUrl(mongoUri, 'payments'),
      ...(redisUrl === undefined ? {} : { EXPIRATION_REDIS_URL: redisUrl }),
      ...stripeOf(home, stripe?.url),
    };
  const database = databaseUrl(mongoUri, service);
  if (command === 'reconcile') return { MONGO_URL: database, ...stripeOf(home, stripe?.url) };
  if (command === 'restored') {
    /** @type {typeof import('./engines/nats-streaming.ts')} */
    const { CLUSTER_ID } = await tsImport('./engines/nats-streaming.ts', import.meta.url);
    const orders = { ORDERS_MONGO_URL: databaseUrl(mongoUri, 'orders') };
    return {
      MONGO_URL: database,
      TRANSPORT: transport,
      NATS_URL: natsUrl,
      NATS_CLUSTER_ID: CLUSTER_ID,
      ...(natsMonitorUrl === undefined ? {} : { NATS_MONITOR_URL: natsMonitorUrl }),
      ...(service === 'tickets' ? orders : {}),
      ...(service === 'payments' ? { ...orders, ...stripeOf(home, stripe?.url) } : {}),
      ...(service === 'orders'
        ? {
            TICKETS_MONGO_URL: databaseUrl(mongoUri, 'tickets'),
            PAYMENTS_MONGO_URL: databaseUrl(mongoUri, 'payments'),
            ...(redisUrl === undefined ? {} : { EXPIRATION_REDIS_URL: redisUrl }),
          }
        : {}),
    };
  }
  if (own !== undefined) return { MONGO_URL: database };
  return {
    NATS_URL: natsUrl,
    TRANSPORT: transport,
    SERVICE: service,
    // Dead letters of a service without a database are in Redis.
    ...(namesOf({ store: 'redis' }).includes(service) ? { REDIS_URL: redisUrl } : { MONGO_URL: database }),
  };
};

const service = own?.folder ?? takeService();
const given = own === undefined ? process.env.MONGO_URL || process.env.REDIS_URL : own.given;
if (!rest.includes('--help') && !given && !/^[a-z]+$/.test(service ?? '')) {
  refuse('Say which service: --service tickets');
}
await setUp();
const settings = given || service === undefined ? {} : await settingsOf(service);
const folder = own?.folder ?? 'common';
const main = own?.main ?? 'dist/operations/main.js';
await build((line) => process.stderr.write(`${line}\n`), { folders: [folder] });
const { code } = await run(
  process.execPath,
  [path.join(root, folder, main), ...(own === undefined ? [command] : []), ...rest],
  {
    env: { ...process.env, ...settings },
  },
);
process.exitCode = code;
