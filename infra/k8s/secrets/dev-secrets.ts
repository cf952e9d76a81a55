/** The Secrets of overlays/dev: which there should be, and when nobody should make them. */
import { X509Certificate } from 'node:crypto';
import { publicKeySet, type SigningKeys, signingKeysSchema } from '../../../auth/src/keys/signing-keys.ts';
import { namesOf, services } from '../../local/services.mjs';

export const NAMESPACE = 'ticketing';
/** By which the API server notes what `npm run k8s:secrets` has written. */
export const FIELD_MANAGER = 'ticketing-dev';
export const TLS_SECRET = 'ticketing-dev-tls';

const RENEW_DAYS = 30;
const DAY_MS = 86_400_000;

export type Values = Readonly<Record<string, string>>;

interface PresentSecret {
  readonly values: Values;
  /** Written by this command; anybody else's Secret is not ours to touch. */
  readonly isOurs: boolean;
}

/** What is in the cluster's namespace, by name. */
export type Present = ReadonlyMap<string, PresentSecret>;

/** What kubectl is told of the cluster: Skaffold's, when it is Skaffold that asks, and not the one that is current. */
export const contextArgs = ({
  SKAFFOLD_KUBE_CONTEXT: context,
}: Readonly<Record<string, string | undefined>>) => (context ? ['--context', context] : []);

/** Reads the answer of `kubectl get secrets -o json --show-managed-fields`. */
export const secretsIn = (answer: string): Present => {
  const { items } = JSON.parse(answer) as {
    items: {
      metadata: { name: string; managedFields?: { manager?: string }[] };
      data?: Record<string, string>;
    }[];
  };
  return new Map(
    items.map(({ metadata: { name, managedFields = [] }, data = {} }) => [
      name,
      {
        values: Object.fromEntries(
          Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
        ),
        isOurs: managedFields.some(({ manager }) => manager === FIELD_MANAGER),
      },
    ]),
  );
};

const NAMES = [
  ...namesOf(),
  ...namesOf({ store: 'mongo' }).map((service) => `${service}-mongo`),
  ...['nats', 'redis', 'stripe', 'reconcile', TLS_SECRET],
];

/** With them, real money moves (https://docs.stripe.com/keys). */
const isLiveKey = (value: string): boolean => /^\s*[sr]k_live_/.test(value);

/**
 * Why nothing may be made beside these, in a sentence; undefined where it may. A cluster whose Secrets come from
 * elsewhere, or which takes real money, is not one that somebody develops on, whatever kubectl's context is called.
 */
export const whyNotHere = (present: Present): string | undefined => {
  const live = [...present].filter(([, { values }]) => Object.values(values).some(isLiveKey));
  if (live.length > 0) {
    return `a live key of Stripe’s is in the Secret ${live.map(([name]) => name).join(', ')}`;
  }
  const foreign = [...present].filter(([name, { isOurs }]) => NAMES.includes(name) && !isOurs);
  if (foreign.length === 0) return undefined;
  return `there are Secrets that this command has not made: ${foreign.map(([name]) => name).join(', ')}`;
};

const isGood = (tls: Values | undefined, now: Date): boolean => {
  const certificate = tls?.['tls.crt'];
  if (certificate === undefined || tls?.['ca.crt'] === undefined) return false;
  return Date.parse(new X509Certificate(certificate).validTo) > now.getTime() + RENEW_DAYS * DAY_MS;
};

/** Where new values come from. */
export interface Makers {
  password(): string;
  signingKeys(): SigningKeys;
  certificate(): Promise<Values>;
}

/**
 * All Secrets of overlays/dev and overlays/test. Each service, and the job that compares, has one of its own name, with what
 * is its alone; each store and the broker has one with its password. A value that is there stays, be it one that somebody has put in place of ours; only a
 * certificate that ends soon is made anew. What others are derived from comes first, so that whoever applies them in
 * this order and is cut off finds, the next time, nothing that does not fit.
 */
export const devSecrets = async (present: Present, make: Makers, now: Date): Promise<Map<string, Values>> => {
  const secrets = new Map<string, Values>();
  const kept = (name: string, fresh: () => Values): Values => {
    const values = { ...fresh(), ...present.get(name)?.values };
    secrets.set(name, values);
    return values;
  };

  const mongoUrl = (service: string): string => {
    const { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: word } = kept(
      `${service}-mongo`,
      () => ({ MONGO_INITDB_ROOT_USERNAME: service, MONGO_INITDB_ROOT_PASSWORD: make.password() }),
    );
    return `mongodb://${user}:${word}@${service}-mongo:27017/${service}?authSource=admin`;
  };
  const nats = kept('nats', () => ({ NATS_USER: 'ticketing', NATS_PASSWORD: make.password() }));
  const natsUrl = `nats://${nats.NATS_USER}:${nats.NATS_PASSWORD}@nats:4222`;
  const { REDISCLI_AUTH: redisPassword } = kept('redis', () => ({ REDISCLI_AUTH: make.password() }));
  const stripe = kept('stripe', () => ({ STRIPE_WEBHOOK_SECRET: `whsec_${make.password()}` }));

  // It signs sessions, and reads them with what follows from its own keys.
  const authStore = { MONGO_URL: mongoUrl('auth') };
  const { SESSION_PRIVATE_KEYS: privateKeys = '' } = kept('auth', () => ({
    ...authStore,
    SESSION_PRIVATE_KEYS: JSON.stringify(make.signingKeys()),
  }));
  const publicKeys = JSON.stringify(publicKeySet(signingKeysSchema.parse(JSON.parse(privateKeys))));
  const ownOf: Readonly<Record<string, Values>> = {
    payments: {
      STRIPE_SECRET_KEY: 'sk_test_ticketing',
      STRIPE_PUBLISHABLE_KEY: 'pk_test_ticketing',
      STRIPE_WEBHOOK_SECRET: stripe.STRIPE_WEBHOOK_SECRET ?? '',
    },
  };
  for (const { name, store, broker, paths } of services.filter(({ name }) => name !== 'auth')) {
    const fresh = {
      ...(store === 'mongo'
        ? { MONGO_URL: mongoUrl(name) }
        : { REDIS_URL: `redis://:${redisPassword}@redis:6379` }),
      ...(broker ? { NATS_URL: natsUrl } : {}),
      ...(paths.length > 0 ? { SESSION_PUBLIC_KEYS: publicKeys } : {}),
      ...ownOf[name],
    };
    kept(name, () => fresh);
  }

  // The job that compares reads each store by the URL that its service has, a URL of one's own too. (In production it has
  // users that can only read: docs/deploy.md.)
  const given = (service: string, key: string): string => secrets.get(service)?.[key] ?? '';
  kept('reconcile', () => ({
    TICKETS_MONGO_URL: given('tickets', 'MONGO_URL'),
    ORDERS_MONGO_URL: given('orders', 'MONGO_URL'),
    PAYMENTS_MONGO_URL: given('payments', 'MONGO_URL'),
    EXPIRATION_REDIS_URL: given('expiration', 'REDIS_URL'),
    STRIPE_SECRET_KEY: given('payments', 'STRIPE_SECRET_KEY'),
  }));
  const tls = present.get(TLS_SECRET)?.values;
  secrets.set(TLS_SECRET, tls !== undefined && isGood(tls, now) ? tls : await make.certificate());
  return secrets;
};

/** Those of them that are not in the cluster as they should be. */
export const missingFrom = (present: Present, secrets: ReadonlyMap<string, Values>): Map<string, Values> =>
  new Map(
    [...secrets].filter(([name, values]) =>
      Object.entries(values).some(([key, value]) => present.get(name)?.values[key] !== value),
    ),
  );
