/**
 * `npm run test:cluster`: the tests of what Skaffold has deployed, `skaffold run -p test`, in the cluster kubectl
 * speaks to. Arguments go on to jest: `npm run test:cluster -- rollout`; those that deploy something else run only when
 * they are named (jest.config.mjs). ticketing.dev is taken to be at INGRESS_ADDRESS (127.0.0.1) and to have a certificate
 * of the authority that `npm run k8s:secrets` has made, so that nothing of this machine has to be changed for it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const authority = path.join(root, '.data/k8s/ca.crt');

if (!existsSync(authority)) {
  process.stderr.write('There is no .data/k8s/ca.crt: deploy first, with skaffold run -p test.\n');
  process.exit(1);
}

const HOST = 'ticketing.dev';
const address = process.env.INGRESS_ADDRESS || '127.0.0.1';

/**
 * By which a browser is told of the certificate that the ingress shows, after it has been looked at here.
 * @returns {Promise<string>}
 */
const certificatePin = () =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { host: address, port: 443, servername: HOST, ca: readFileSync(authority) },
      () => {
        const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
        socket.destroy();
        if (key === undefined) reject(new Error('the ingress has shown no certificate'));
        else resolve(createHash('sha256').update(key).digest('base64'));
      },
    );
    socket.once('error', reject);
  });

/** @returns {string | undefined} */
const chromiumHere = () =>
  process.env.CHROMIUM_PATH ||
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) =>
      ['chromium', 'chromium-browser', 'google-chrome'].map((name) => path.join(folder, name)),
    )
    .find(existsSync);

const scratch = mkdtempSync(path.join(tmpdir(), 'ticketing-cluster-'));

/** A Chromium that knows where ticketing.dev is, and its certificate; without one, tests in a browser say so. */
const chromiumForCluster = async () => {
  const chromium = chromiumHere();
  if (chromium === undefined) return {};
  const script = path.join(scratch, 'chromium');
  const pin = await certificatePin();
  const options = `--host-resolver-rules='MAP ${HOST} ${address}' --ignore-certificate-errors-spki-list=${pin}`;
  writeFileSync(script, `#!/bin/sh\nexec '${chromium}' ${options} "$@"\n`, { mode: 0o755 });
  return { CHROMIUM_PATH: script };
};

const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--import',
    pathToFileURL(path.join(here, 'ticketing-dev.mjs')).href,
    path.join(root, 'node_modules/jest/bin/jest.js'),
    '--config',
    path.join(here, 'jest.config.mjs'),
    // They share one cluster, and this process knows where ticketing.dev is.
    '--runInBand',
    ...process.argv.slice(2),
  ],
  {
    cwd: here,
    stdio: 'inherit',
    env: {
      BASE_URL: `https://${HOST}`,
      ...process.env,
      ...(await chromiumForCluster()),
      NODE_EXTRA_CA_CERTS: authority,
    },
  },
);
child.once('exit', (code) => {
  rmSync(scratch, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
