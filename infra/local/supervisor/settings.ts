import path from 'node:path';
import { parseArgs } from 'node:util';
import { CLUSTER_ID } from '../engines/index.ts';
import { namesOf } from '../services.mjs';
import { StartRefused } from './start-refused.ts';

export type Transport = 'nats-streaming' | 'jetstream';

/** What `npm start` can be told (README.md, "Settings of npm start"). */
export interface Settings {
  /** Absolute. */
  readonly home: string;
  /** Of the gateway; 0 is any free one. */
  readonly port: number;
  readonly holdSeconds: number;
  readonly transport: Transport;
  /** Servers that run already and are used instead of ones of our own. */
  readonly mongoUrl: string | undefined;
  readonly natsUrl: string | undefined;
  /** Where the server of `natsUrl` tells about itself; undefined where that was not said. */
  readonly natsMonitorUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly stripe: {
    readonly secretKey: string | undefined;
    readonly publishableKey: string | undefined;
    readonly webhookSecret: string | undefined;
    readonly apiBase: string | undefined;
  };
  readonly cookieSecure: boolean;
  readonly rateLimits: boolean;
  readonly logLevel: string;
  readonly client: boolean;
  readonly seed: boolean;
  /** The service that is not started, while its database is restored from a backup (docs/operations.md). */
  readonly without: string | undefined;
  /** Everything from its sources, started anew when they change (`npm run dev`). */
  readonly dev: boolean;
}

interface Setting<T> {
  readonly meaning: string;
  /** @throws an Error that says what the value must be */
  readonly read: (value: string | undefined) => T;
}

const must = (what: string): never => {
  throw new Error(`must be ${what}`);
};

const wholeNumber =
  (min: number, max: number, otherwise: number) =>
  (value: string | undefined): number => {
    if (value === undefined) return otherwise;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : must(`a whole number from ${min} to ${max}`);
  };

const oneOf =
  <T extends string>(allowed: readonly T[], otherwise: T) =>
  (value: string | undefined): T =>
    value === undefined
      ? otherwise
      : (allowed.find((each) => each === value) ?? must(`${allowed.join(' or ')}`));

const onOff = (otherwise: 'on' | 'off') => (value: string | undefined) =>
  oneOf(['on', 'off'], otherwise)(value) === 'on';

const url =
  (...schemes: string[]) =>
  (value: string | undefined): string | undefined => {
    if (value === undefined) return undefined;
    // Not `new URL`, which knows no list of hosts; the drivers say the rest.
    const isOne = schemes.some(
      (scheme) => value.startsWith(`${scheme}://`) && value.length > scheme.length + 3,
    );
    return isOne ? value : must(`a URL that begins with ${schemes.map((each) => `${each}://`).join(' or ')}`);
  };

const optional = (value: string | undefined) => value;

/** Every setting by the name of its variable; what `npm start -- --help` shows. */
export const settingsTable = {
  PORT: {
    meaning: 'where the gateway listens (3000); 0 is any free port',
    read: wholeNumber(0, 65_535, 3000),
  },
  ORDER_HOLD_SECONDS: {
    meaning: 'how long a reserved ticket waits for its payment (900)',
    read: wholeNumber(1, 86_400, 900),
  },
  TICKETING_HOME: { meaning: 'folder for data, keys and logs (.data/)', read: optional },
  TRANSPORT: {
    meaning: 'the broker, nats-streaming or jetstream (nats-streaming)',
    read: oneOf<Transport>(['nats-streaming', 'jetstream'], 'nats-streaming'),
  },
  MONGO_URL: {
    meaning: 'a MongoDB that runs already, instead of one of our own',
    read: url('mongodb', 'mongodb+srv'),
  },
  NATS_URL: {
    meaning: `a broker that runs already, of the kind TRANSPORT says; NATS Streaming as cluster ${CLUSTER_ID}`,
    read: url('nats', 'tls'),
  },
  NATS_MONITOR_URL: {
    meaning: 'the monitoring port of a NATS Streaming that runs already; npm run restored asks there',
    read: url('http', 'https'),
  },
  REDIS_URL: { meaning: 'a Redis that runs already', read: url('redis', 'rediss') },
  STRIPE_SECRET_KEY: { meaning: 'your own test account at Stripe, instead of our stand-in', read: optional },
  STRIPE_PUBLISHABLE_KEY: { meaning: 'its publishable key', read: optional },
  STRIPE_WEBHOOK_SECRET: { meaning: 'what its webhooks are signed with', read: optional },
  STRIPE_API_BASE: { meaning: 'any server that speaks Stripe’s API', read: url('http', 'https') },
  COOKIE_SECURE: {
    meaning: 'on, where something in front of us ends TLS (off)',
    read: onOff('off'),
  },
  RATE_LIMITS: { meaning: 'off, for load tests (on)', read: onOff('on') },
  LOG_LEVEL: {
    meaning: 'fatal, error, warn, info, debug or trace (info)',
    read: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'info'),
  },
} satisfies Record<string, Setting<unknown>>;

type SettingName = keyof typeof settingsTable;

export const isSetting = (name: string): name is SettingName => Object.hasOwn(settingsTable, name);

/** The command's flags, and what each means. */
export const flagsTable = {
  'no-client': 'without the web shop, for work on the services',
  'no-seed': 'without demo accounts and tickets',
  without: 'NAME: all but this service, and without demo data, while its database is restored',
  dev: 'from the sources, and anew whenever they change: npm run dev',
  help: 'show this',
};

/** What the flags say. */
export type Flags = Pick<Settings, 'client' | 'seed' | 'without' | 'dev'>;

/**
 * Reads the flags of the command.
 * @throws {StartRefused} for one it does not know, or a service that there is not
 */
export const readFlags = (args: readonly string[]): Flags & { help: boolean } => {
  const flags = parseFlags(args);
  const names = namesOf();
  if (flags.without !== undefined && !names.includes(flags.without))
    throw new StartRefused(`--without ${flags.without}: must be ${names.join(' or ')}`);
  return flags;
};

const parseFlags = (args: readonly string[]): Flags & { help: boolean } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'no-client': { type: 'boolean' },
        'no-seed': { type: 'boolean' },
        without: { type: 'string' },
        dev: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    const { without } = values;
    return {
      client: !values['no-client'],
      seed: !values['no-seed'] && without === undefined,
      without,
      dev: values.dev === true,
      help: values.help === true,
    };
  } catch (error) {
    const known = Object.keys(flagsTable).map((flag) => `--${flag}`);
    throw new StartRefused(
      `${error instanceof Error ? error.message.split('. ')[0] : error}. Flags are ${known.join(', ')}: npm start -- --no-seed`,
    );
  }
};

/**
 * Reads all settings. A variable set to nothing counts as not set.
 *
 * @param env where they are; nothing else of it is looked at
 * @param places `root` is where the default data folder is, and a relative one is relative to `cwd`
 * @throws {StartRefused} listing every bad one
 */
export const readSettings = (
  env: NodeJS.ProcessEnv,
  flags: Flags,
  places: { readonly root: string; readonly cwd: string },
): Settings => {
  const bad: string[] = [];
  const read = <N extends SettingName>(name: N): ReturnType<(typeof settingsTable)[N]['read']> => {
    type Value = ReturnType<(typeof settingsTable)[N]['read']>;
    try {
      return settingsTable[name].read(env[name] || undefined) as Value;
    } catch (error) {
      bad.push(`  ${name} ${error instanceof Error ? error.message : error}`);
      // Never used: the list of bad ones is thrown below.
      return undefined as Value;
    }
  };
  const home = read('TICKETING_HOME');
  const settings: Settings = {
    home: home === undefined ? path.join(places.root, '.data') : path.resolve(places.cwd, home),
    port: read('PORT'),
    holdSeconds: read('ORDER_HOLD_SECONDS'),
    transport: read('TRANSPORT'),
    mongoUrl: read('MONGO_URL'),
    natsUrl: read('NATS_URL'),
    natsMonitorUrl: read('NATS_MONITOR_URL'),
    redisUrl: read('REDIS_URL'),
    stripe: {
      secretKey: read('STRIPE_SECRET_KEY'),
      publishableKey: read('STRIPE_PUBLISHABLE_KEY'),
      webhookSecret: read('STRIPE_WEBHOOK_SECRET'),
      apiBase: read('STRIPE_API_BASE'),
    },
    cookieSecure: read('COOKIE_SECURE'),
    rateLimits: read('RATE_LIMITS'),
    logLevel: read('LOG_LEVEL'),
    client: flags.client,
    seed: flags.seed,
    without: flags.without,
    dev: flags.dev,
  };
  if (bad.length > 0) {
    throw new StartRefused(
      `Bad settings in the environment:\n${bad.join('\n')}\nPut them right or unset them; npm start -- --help lists all.`,
    );
  }
  return settings;
};
