/**
 * `npm run k8s:secrets`: everything secret that overlays/dev needs, made on the spot and put into the cluster kubectl
 * speaks to, or the one that Skaffold deploys to. What is there already stays, since databases keep the password of their
 * first start; so it can run before each deployment, and `skaffold dev` has it do so. Nothing of it is for production: it
 * refuses a cluster whose Secrets come from elsewhere, or which takes real money. Nothing is written to a file but the
 * local certificate authority, which one may want to trust.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { newSigningKeys } from '../../auth/src/keys/signing-keys.ts';
import { HOST, newCertificate, writeTrusted } from './secrets/certificate.ts';
import {
  contextArgs,
  devSecrets,
  FIELD_MANAGER,
  missingFrom,
  NAMESPACE,
  secretsIn,
  TLS_SECRET,
  type Values,
  whyNotHere,
} from './secrets/dev-secrets.ts';

const run = promisify(execFile);

/** Begins with a letter, so that no reader takes it for a number. */
const password = (): string => `p${randomBytes(18).toString('hex')}`;

const kubectl = async (args: readonly string[], input?: string): Promise<string> => {
  const all = [...contextArgs(process.env), ...args];
  if (input === undefined) return (await run('kubectl', all, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  const child = spawn('kubectl', all, { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`kubectl ${all.join(' ')}: ${said.trim()}`);
  return '';
};

const manifestOf = (name: string, values: Values) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: name === TLS_SECRET ? 'kubernetes.io/tls' : 'Opaque',
  metadata: { name, namespace: NAMESPACE, labels: { 'app.kubernetes.io/part-of': 'ticketing' } },
  data: Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
  ),
});

/** Not with --force-conflicts: a value that somebody else has set in the meantime is his, and kubectl says so. */
const apply = (manifest: object) =>
  kubectl(
    ['apply', '--server-side', `--field-manager=${FIELD_MANAGER}`, '-f', '-'],
    JSON.stringify(manifest),
  );

try {
  const [given] = contextArgs(process.env).slice(1);
  const context = given ?? (await kubectl(['config', 'current-context'])).trim();
  const present = secretsIn(
    await kubectl(['get', 'secrets', '-n', NAMESPACE, '-o', 'json', '--show-managed-fields']),
  );
  const refused = whyNotHere(present);
  if (refused !== undefined) {
    throw new Error(
      `nothing was changed in ${context}, namespace ${NAMESPACE}: ${refused}. These are for development; Secrets of ` +
        'your own are for skaffold run -p production (docs/deploy.md).',
    );
  }
  const make = { password, signingKeys: newSigningKeys, certificate: newCertificate };
  const secrets = await devSecrets(present, make, new Date());
  const made = missingFrom(present, secrets);
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const items = [...made].map(([name, values]) => manifestOf(name, values));
  if (items.length > 0) await apply({ apiVersion: 'v1', kind: 'List', items });
  const trusted = await writeTrusted(secrets.get(TLS_SECRET)?.['ca.crt'] ?? '');
  process.stdout.write(
    `Secrets in ${context}, namespace ${NAMESPACE}: ${made.size} made, ${secrets.size - made.size} kept.\n` +
      `The authority of https://${HOST} there: ${path.relative(process.cwd(), trusted) || trusted}\n`,
  );
} catch (error) {
  process.stderr.write(`k8s:secrets: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
