import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newSigningKeys, publicKeySet, signingKeysSchema } from '../../../auth/src/keys/signing-keys.ts';
import { execute } from '../../local/engines/execute.ts';
import { manifestsFolder } from '../checks/render.ts';
import {
  contextArgs,
  devSecrets,
  type Makers,
  missingFrom,
  type Present,
  secretsIn,
  type Values,
  whyNotHere,
} from '../secrets/dev-secrets.ts';

const NOW = new Date('2026-11-26T12:00:00Z');

/** Of nobody, and good until 29 December 2027. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUCbwVrsD3/91hD+llIdjEvSTjl2MwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNdGlja2V0aW5nLmRldjAeFw0yNjExMjcwMDIyNDlaFw0yNzEy
MjkwMDIyNDlaMBgxFjAUBgNVBAMMDXRpY2tldGluZy5kZXYwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQ/J5C49vHW5A2x7M+BiTRmT9KkrweZf8ytDl0f4X1jAeSb
FnmpXs5AOymfbBm8yXxsyIFhPP9JvfiMLYVKW/Doo1MwUTAdBgNVHQ4EFgQUvhZ0
XRjbKT5scxhQHMVMtvF0sZcwHwYDVR0jBBgwFoAUvhZ0XRjbKT5scxhQHMVMtvF0
sZcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA1JQxNYatVwwt
iZBtIyEKzS2o8pcGNQ6sQZXeMiiBE0gCIHBtYKdl8xbbWWuGj/n01DSw1XJWDsfJ
41xVQhGKFcJQ
-----END CERTIFICATE-----`;

let made = 0;
/** Each value is another one, so that two that are equal are the same. */
const fresh = (): string => {
  made += 1;
  return `fresh${made}`;
};
const makers: Makers = {
  password: fresh,
  signingKeys: newSigningKeys,
  certificate: async () => ({ 'tls.crt': CERTIFICATE, 'tls.key': fresh(), 'ca.crt': CERTIFICATE }),
};

const ours = (secrets: ReadonlyMap<string, Values>): Present =>
  new Map([...secrets].map(([name, values]) => [name, { values, isOurs: true }]));

/** A cluster that has been deployed to once. */
const deployed = async () => devSecrets(new Map(), makers, NOW);

describe('the cluster that gets development’s secrets', () => {
  it('is the one Skaffold deploys to, whichever kubectl would speak to', () => {
    expect(contextArgs({ SKAFFOLD_KUBE_CONTEXT: 'minikube' })).toEqual(['--context', 'minikube']);
    expect(contextArgs({})).toEqual([]);
    expect(contextArgs({ SKAFFOLD_KUBE_CONTEXT: '' })).toEqual([]);
  });

  it('may be empty, or hold what was made for it before', async () => {
    expect(whyNotHere(new Map())).toBeUndefined();
    expect(whyNotHere(ours(await deployed()))).toBeUndefined();
  });

  it('is not one whose secrets come from somewhere else', async () => {
    const present = new Map(ours(await deployed()));
    present.set('payments', { values: { STRIPE_SECRET_KEY: 'sk_test_theirs' }, isOurs: false });
    present.set('nats', { values: {}, isOurs: false });
    present.set('reconcile', { values: {}, isOurs: false });
    expect(whyNotHere(present)).toBe(
      'there are Secrets that this command has not made: nats, payments, reconcile',
    );
  });

  it('may hold secrets that are nobody’s business here', async () => {
    const present = new Map(ours(await deployed()));
    present.set('letsencrypt-account', { values: { 'tls.key': 'theirs' }, isOurs: false });
    expect(whyNotHere(present)).toBeUndefined();
  });

  it.each(['sk_live_51', 'rk_live_51', '\nsk_live_51'])(
    'is not one that takes real money, with %j',
    async (key) => {
      const secrets = await deployed();
      secrets.set('payments', { ...secrets.get('payments'), STRIPE_SECRET_KEY: key });
      expect(whyNotHere(ours(secrets))).toBe('a live key of Stripe’s is in the Secret payments');
    },
  );

  it('is read as kubectl tells of it', () => {
    const metadata = { managedFields: [{ manager: 'ticketing-dev' }, { manager: 'kubectl-edit' }] };
    const data = { REDISCLI_AUTH: Buffer.from('wörd').toString('base64') };
    const answer = {
      items: [
        { metadata: { ...metadata, name: 'redis' }, data },
        { metadata: { managedFields: [{ manager: 'externalsecrets' }], name: 'nats' }, data: {} },
        { metadata: { name: 'empty' } },
      ],
    };
    expect([...secretsIn(JSON.stringify(answer))]).toEqual([
      ['redis', { values: { REDISCLI_AUTH: 'wörd' }, isOurs: true }],
      ['nats', { values: {}, isOurs: false }],
      ['empty', { values: {}, isOurs: false }],
    ]);
  });
});

/** What kubectl is asked for by the command, in a cluster that holds these Secrets. */
const kubectlCalls = async (answer: object, env: NodeJS.ProcessEnv) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-secrets-'));
  try {
    const calls = path.join(folder, 'calls');
    await writeFile(path.join(folder, 'answer'), JSON.stringify(answer));
    const kubectl = `#!/bin/sh\necho "$*" >> '${calls}'\nexec cat '${folder}/answer'\n`;
    await writeFile(path.join(folder, 'kubectl'), kubectl, { mode: 0o755 });
    const { ok, stderr } = await execute(
      process.execPath,
      ['--import', 'tsx', path.join(manifestsFolder, 'secrets.ts')],
      { env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, ...env }, timeoutMs: 30_000 },
    );
    return { ok, stderr, calls: (await readFile(calls, 'utf8')).trim().split('\n') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

describe('npm run k8s:secrets', () => {
  it('changes nothing where real tickets are sold, and asks the cluster that Skaffold named', async () => {
    const data = { STRIPE_SECRET_KEY: Buffer.from('sk_live_51').toString('base64') };
    const { ok, stderr, calls } = await kubectlCalls(
      { items: [{ metadata: { name: 'payments' }, data }] },
      { SKAFFOLD_KUBE_CONTEXT: 'minikube' },
    );
    expect(ok).toBe(false);
    expect(stderr).toContain('nothing was changed in minikube, namespace ticketing: a live key');
    expect(calls).toEqual(['--context minikube get secrets -n ticketing -o json --show-managed-fields']);
  });
});

describe('development’s secrets', () => {
  it('fit together: each service knows its database’s password, the broker’s, and who signs sessions', async () => {
    const secrets = await deployed();
    const { NATS_PASSWORD } = secrets.get('nats') ?? {};
    for (const service of ['tickets', 'orders', 'payments']) {
      const { MONGO_INITDB_ROOT_PASSWORD } = secrets.get(`${service}-mongo`) ?? {};
      expect(secrets.get(service)?.MONGO_URL).toContain(`${service}:${MONGO_INITDB_ROOT_PASSWORD}@`);
      expect(secrets.get(service)?.NATS_URL).toContain(`ticketing:${NATS_PASSWORD}@`);
      const privateKeys = signingKeysSchema.parse(
        JSON.parse(secrets.get('auth')?.SESSION_PRIVATE_KEYS ?? ''),
      );
      expect(secrets.get(service)?.SESSION_PUBLIC_KEYS).toBe(JSON.stringify(publicKeySet(privateKeys)));
    }
    const { STRIPE_WEBHOOK_SECRET } = secrets.get('stripe') ?? {};
    expect(secrets.get('payments')).toMatchObject({ STRIPE_WEBHOOK_SECRET });
    expect(missingFrom(new Map(), secrets)).toEqual(secrets);
  });

  it('let the job that compares read each store, and ask Stripe, as the service does that it looks at', async () => {
    const secrets = await deployed();
    expect(secrets.get('reconcile')).toEqual({
      TICKETS_MONGO_URL: secrets.get('tickets')?.MONGO_URL,
      ORDERS_MONGO_URL: secrets.get('orders')?.MONGO_URL,
      PAYMENTS_MONGO_URL: secrets.get('payments')?.MONGO_URL,
      EXPIRATION_REDIS_URL: secrets.get('expiration')?.REDIS_URL,
      STRIPE_SECRET_KEY: secrets.get('payments')?.STRIPE_SECRET_KEY,
    });
    expect(Object.values(secrets.get('reconcile') ?? {}).filter((value) => value === '')).toEqual([]);
  });

  it('let it ask Stripe with a key of one’s own, where that was there before it', async () => {
    const before = new Map(ours(await deployed()));
    const values = { ...before.get('payments')?.values, STRIPE_SECRET_KEY: 'sk_test_of_ones_own' };
    before.set('payments', { values, isOurs: true });
    before.delete('reconcile');
    const again = await devSecrets(before, makers, NOW);
    expect(again.get('reconcile')).toMatchObject({ STRIPE_SECRET_KEY: 'sk_test_of_ones_own' });
    expect([...missingFrom(before, again).keys()]).toEqual(['reconcile']);
  });

  it('stay as they are at the next deployment, what somebody has put in their place too', async () => {
    const secrets = await deployed();
    secrets.set('payments', {
      ...secrets.get('payments'),
      STRIPE_SECRET_KEY: 'sk_test_of_ones_own',
      MONGO_URL: 'mongodb://elsewhere/payments',
    });
    const present = ours(secrets);
    const again = await devSecrets(present, makers, NOW);
    expect(again).toEqual(secrets);
    expect(missingFrom(present, again).size).toBe(0);
  });

  it('are completed with what is missing, and fit what is there', async () => {
    const secrets = await deployed();
    const { STRIPE_WEBHOOK_SECRET, ...rest } = secrets.get('payments') ?? {};
    const present = new Map(ours(secrets));
    present.set('payments', { values: rest, isOurs: true });
    present.delete('orders');
    const again = await devSecrets(present, makers, NOW);
    expect(again.get('payments')).toEqual({ ...rest, STRIPE_WEBHOOK_SECRET });
    expect(again.get('orders')).toEqual(secrets.get('orders'));
    expect([...missingFrom(present, again).keys()].sort()).toEqual(['orders', 'payments']);
  });

  it('renew a certificate a month before it ends, and nothing else', async () => {
    const present = ours(await deployed());
    const ends = new Date(new X509Certificate(CERTIFICATE).validTo).getTime();
    const on = async (day: number) => {
      const again = await devSecrets(present, makers, new Date(ends - day * 86_400_000));
      return [...missingFrom(present, again).keys()];
    };
    expect(await on(31)).toEqual([]);
    expect(await on(29)).toEqual(['ticketing-dev-tls']);
  });
});
