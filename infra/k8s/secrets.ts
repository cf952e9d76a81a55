/**
 * `npm run k8s:secrets`: everything secret that overlays/dev needs, made on the spot and put into the cluster kubectl
 * speaks to. What is there already stays, since databases keep the password of their first start; so it can run before
 * each deployment, and `skaffold dev` has it do so. Nothing of it is for production, and nothing is written to a file
 * but the local certificate authority, which one may want to trust.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { newSigningKeys, publicKeySet, signingKeysSchema } from '../../auth/src/keys/signing-keys.ts';
import { root } from '../local/setup.mjs';

const run = promisify(execFile);

const NAMESPACE = 'ticketing';
const HOST = 'ticketing.dev';
const TLS_SECRET = 'ticketing-dev-tls';
const CA_DAYS = 3650;
/** Browsers take no longer ones. */
const CERTIFICATE_DAYS = 397;
const RENEW_DAYS = 30;
const DAY_MS = 86_400_000;

/** The certificate authority of this clone, kept where nothing is committed. */
const authorityFolder = path.join(root, '.data/k8s');

type Values = Readonly<Record<string, string>>;

/** Begins with a letter, so that no reader takes it for a number. */
const password = (): string => `p${randomBytes(18).toString('hex')}`;

const kubectl = async (args: readonly string[], input?: string): Promise<string> => {
  if (input === undefined) return (await run('kubectl', args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  const child = spawn('kubectl', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${said.trim()}`);
  return '';
};

/** What is in the cluster already, decoded. */
const presentSecrets = async (): Promise<Map<string, Values>> => {
  const { items } = JSON.parse(await kubectl(['get', 'secrets', '-n', NAMESPACE, '-o', 'json'])) as {
    items: { metadata: { name: string }; data?: Record<string, string> }[];
  };
  return new Map(
    items.map(({ metadata, data = {} }) => [
      metadata.name,
      Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
      ),
    ]),
  );
};

const openssl = async (args: readonly string[]): Promise<void> => {
  try {
    await run('openssl', args);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error('openssl is not on the PATH; it makes the certificate of ticketing.dev');
    }
    throw error;
  }
};

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** The authority that signs our certificate: trusted once, it serves every cluster this clone is deployed to. */
const localAuthority = async (): Promise<{ key: string; certificate: string }> => {
  const key = path.join(authorityFolder, 'authority.key');
  const certificate = path.join(authorityFolder, 'authority.crt');
  const there = await Promise.all([access(key), access(certificate)]).then(
    () => true,
    () => false,
  );
  if (!there) {
    await mkdir(authorityFolder, { recursive: true, mode: 0o700 });
    await openssl([
      ...['req', '-x509', ...newKey, '-days', String(CA_DAYS)],
      ...['-subj', '/CN=ticketing.dev on this machine'],
      // Good for this name and no other, whoever gets hold of its key.
      ...['-addext', `nameConstraints=critical,permitted;DNS:${HOST}`],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
      ...['-keyout', key, '-out', certificate],
    ]);
  }
  return { key, certificate };
};

/** A certificate for ticketing.dev, signed by the local authority. */
const newCertificate = async (): Promise<Values> => {
  const authority = await localAuthority();
  const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-tls-'));
  try {
    const at = (file: string) => path.join(folder, file);
    await openssl([
      'req',
      '-new',
      ...newKey,
      '-subj',
      `/CN=${HOST}`,
      '-keyout',
      at('key'),
      '-out',
      at('csr'),
    ]);
    await writeFile(
      at('extensions'),
      `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:${HOST}\n`,
    );
    await openssl([
      ...['x509', '-req', '-in', at('csr'), '-CA', authority.certificate, '-CAkey', authority.key],
      ...['-set_serial', `0x${randomBytes(16).toString('hex')}`, '-days', String(CERTIFICATE_DAYS)],
      ...['-extfile', at('extensions'), '-out', at('crt')],
    ]);
    return {
      'tls.crt': await readFile(at('crt'), 'utf8'),
      'tls.key': await readFile(at('key'), 'utf8'),
      'ca.crt': await readFile(authority.certificate, 'utf8'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const isGood = (tls: Values | undefined): tls is Values => {
  const certificate = tls?.['tls.crt'];
  if (certificate === undefined || tls?.['ca.crt'] === undefined) return false;
  return Date.parse(new X509Certificate(certificate).validTo) > Date.now() + RENEW_DAYS * DAY_MS;
};

/**
 * The Secrets of overlays/dev, those that are there taken as they are. Each service has one of its own name, with what
 * is its alone; each store and the broker has one with its password.
 */
const devSecrets = async (present: ReadonlyMap<string, Values>): Promise<Map<string, Values>> => {
  const secrets = new Map<string, Values>();
  const kept = (name: string, make: () => Values): Values => {
    const values = present.get(name) ?? make();
    secrets.set(name, values);
    return values;
  };

  const mongoUrl = (service: string): string => {
    const { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: word } = kept(
      `${service}-mongo`,
      () => ({ MONGO_INITDB_ROOT_USERNAME: service, MONGO_INITDB_ROOT_PASSWORD: password() }),
    );
    return `mongodb://${user}:${word}@${service}-mongo:27017/${service}?authSource=admin`;
  };
  const nats = kept('nats', () => ({ NATS_USER: 'ticketing', NATS_PASSWORD: password() }));
  const natsUrl = `nats://${nats.NATS_USER}:${nats.NATS_PASSWORD}@nats:4222`;
  const { REDISCLI_AUTH: redisPassword } = kept('redis', () => ({ REDISCLI_AUTH: password() }));
  const stripe = kept('stripe', () => ({ STRIPE_WEBHOOK_SECRET: `whsec_${password()}` }));

  const keys = signingKeysSchema.parse(
    JSON.parse(present.get('auth')?.SESSION_PRIVATE_KEYS ?? JSON.stringify(newSigningKeys())),
  );
  const publicKeys = JSON.stringify(publicKeySet(keys));

  secrets.set('auth', { MONGO_URL: mongoUrl('auth'), SESSION_PRIVATE_KEYS: JSON.stringify(keys) });
  const ofService = (service: string): Values => ({
    MONGO_URL: mongoUrl(service),
    NATS_URL: natsUrl,
    SESSION_PUBLIC_KEYS: publicKeys,
  });
  secrets.set('tickets', ofService('tickets'));
  secrets.set('orders', ofService('orders'));
  secrets.set('payments', {
    ...ofService('payments'),
    STRIPE_SECRET_KEY: 'sk_test_ticketing',
    STRIPE_PUBLISHABLE_KEY: 'pk_test_ticketing',
    STRIPE_WEBHOOK_SECRET: stripe.STRIPE_WEBHOOK_SECRET ?? '',
  });
  secrets.set('expiration', { NATS_URL: natsUrl, REDIS_URL: `redis://:${redisPassword}@redis:6379` });
  const tls = present.get(TLS_SECRET);
  secrets.set(TLS_SECRET, isGood(tls) ? tls : await newCertificate());
  return secrets;
};

const manifestOf = (name: string, values: Values) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: name === TLS_SECRET ? 'kubernetes.io/tls' : 'Opaque',
  metadata: { name, namespace: NAMESPACE, labels: { 'app.kubernetes.io/part-of': 'ticketing' } },
  stringData: values,
});

const apply = (manifest: object) =>
  kubectl(
    ['apply', '--server-side', '--force-conflicts', '--field-manager=ticketing-dev', '-f', '-'],
    JSON.stringify(manifest),
  );

try {
  const context = (await kubectl(['config', 'current-context'])).trim();
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const present = await presentSecrets();
  const secrets = await devSecrets(present);
  const items = [...secrets].map(([name, values]) => manifestOf(name, values));
  await apply({ apiVersion: 'v1', kind: 'List', items });
  await mkdir(authorityFolder, { recursive: true, mode: 0o700 });
  const trusted = path.join(authorityFolder, 'ca.crt');
  await writeFile(trusted, secrets.get(TLS_SECRET)?.['ca.crt'] ?? '');
  const made = [...secrets.keys()].filter((name) => !present.has(name));
  process.stdout.write(
    `Secrets in ${context}, namespace ${NAMESPACE}: ${made.length} made, ${secrets.size - made.length} kept.\n` +
      `The authority of https://${HOST} there: ${path.relative(process.cwd(), trusted) || trusted}\n`,
  );
} catch (error) {
  process.stderr.write(`k8s:secrets: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
