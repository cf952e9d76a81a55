import path from 'node:path';
import { services as listed, namesOf } from '../services.mjs';
import { root } from '../setup.mjs';
import { LOCAL_WEBHOOK_SECRET, stripeSettings } from '../stripe-settings.mjs';
import type { RunFile } from './run-file.ts';
import type { Settings } from './settings.ts';

/** What a service can ask to be given; each becomes a setting in its environment. */
export type Need =
  /** MONGO_URL, with a database of its name. */
  | 'mongo'
  /** NATS_URL, NATS_CLUSTER_ID, TRANSPORT. */
  | 'broker'
  /** REDIS_URL. */
  | 'redis'
  /** SESSION_PUBLIC_KEYS. */
  | 'session keys'
  /** SESSION_PRIVATE_KEYS: auth's alone. */
  | 'private session keys';

/** What is known when a service is started. */
export interface Surroundings {
  readonly settings: Settings;
  /** Of the gateway. */
  readonly baseUrl: string;
  /** Where another one listens, whether it is ready already or not; undefined when it is not part of this run. */
  urlOf(service: string): string | undefined;
}

export interface ServiceRow {
  /** As in the Ingress manifest, in logs and in run.json. */
  readonly name: string;
  /** Its workspace, relative to the root of the repository. */
  readonly folder: string;
  /** What node runs in that folder (`dist/main.js`). */
  readonly main?: string;
  /** What node runs there under `npm run dev`, to start anew when sources change (source-command.ts). */
  readonly dev?: (port: number) => readonly string[];
  readonly needs: readonly Need[];
  /** Where it says, with a 2xx, that it is ready. */
  readonly readyPath: string;
  /** Settings of its own, beside what it needs and what every service gets (environment.ts). */
  readonly env?: ((surroundings: Surroundings) => Readonly<Record<string, string>>) | undefined;
  /** Without it, it is part of every run. */
  readonly when?: (settings: Settings) => boolean;
  /** A path of the gateway that leads to it and is not in the Ingress manifest, because no cluster has it. */
  readonly localPath?: string;
  /** What it adds to run.json. */
  readonly tells?: (url: string) => Partial<RunFile>;
}

const STAND_IN = 'stripe';
/** Where the browser finds the stand-in for Stripe, through the gateway. */
const STAND_IN_PATH = '/stripe';

/** Settings of a single service, beside those that follow from services.json. */
const envOf: Readonly<Record<string, ServiceRow['env']>> = {
  payments: ({ settings: { stripe, home }, urlOf }) => ({
    ...stripeSettings({ home, apiBase: stripe.apiBase ?? urlOf(STAND_IN), keys: stripe }),
    ...(urlOf(STAND_IN) === undefined ? {} : { STRIPE_BROWSER_BASE: STAND_IN_PATH }),
  }),
};

/** Auth alone makes sessions; the others that people ask can tell whose one is. */
const sessionKeys = (name: string, isPublic: boolean): readonly Need[] =>
  name === 'auth' ? ['private session keys'] : isPublic ? ['session keys'] : [];

/** Everything that `npm start` runs: the services of services.json, the stand-in for Stripe, and the shop. */
export const services: readonly ServiceRow[] = [
  ...listed.map(({ name, store, broker, paths }) => ({
    name,
    folder: name,
    needs: [store, ...(broker ? (['broker'] as const) : []), ...sessionKeys(name, paths.length > 0)],
    readyPath: '/readyz',
    env: envOf[name],
  })),
  {
    name: STAND_IN,
    folder: 'infra/local/stripe',
    needs: [],
    readyPath: '/readyz',
    // With a key of one's own it is the real one that is asked.
    when: ({ stripe }) => stripe.secretKey === undefined && stripe.apiBase === undefined,
    localPath: STAND_IN_PATH,
    env: ({ settings, baseUrl, urlOf }) => ({
      NODE_ENV: 'development',
      DATA_DIR: path.join(settings.home, 'data', 'stripe'),
      PUBLIC_BASE: `${baseUrl}${STAND_IN_PATH}`,
      STRIPE_WEBHOOK_URL: `${urlOf('payments')}/api/payments/webhook`,
      STRIPE_WEBHOOK_SECRET: settings.stripe.webhookSecret ?? LOCAL_WEBHOOK_SECRET,
    }),
    tells: (url) => ({
      stripe: { url, paymentsUrl: `${url}/payments`, controlUrl: `${url}/control` },
    }),
  },
  {
    name: 'client',
    folder: 'client',
    main: '.next/standalone/client/server.js',
    dev: (port) => [
      path.join(root, 'node_modules/next/dist/bin/next'),
      ...['dev', '--hostname', '127.0.0.1', '--port', String(port)],
    ],
    needs: [],
    readyPath: '/readyz',
    when: ({ client }) => client,
    env: ({ settings, urlOf }) => ({
      ...(settings.dev ? { NODE_ENV: 'development' } : {}),
      NEXT_TELEMETRY_DISABLED: '1',
      // Next knows it by this name.
      HOSTNAME: '127.0.0.1',
      // As in its image: longer than the gateway keeps a connection that nothing is asked on.
      KEEP_ALIVE_TIMEOUT: '95000',
      ...Object.fromEntries(
        namesOf({ public: true }).map((service) => [`${service.toUpperCase()}_URL`, urlOf(service) ?? '']),
      ),
    }),
  },
];
