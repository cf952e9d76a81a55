/** The certificate of ticketing.dev on a cluster of one's own, and the authority that signs it. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../local/setup.mjs';
import type { Values } from './dev-secrets.ts';

const run = promisify(execFile);

export const HOST = 'ticketing.dev';
const CA_DAYS = 3650;
/** Browsers take no longer ones. */
const CERTIFICATE_DAYS = 397;

/** The certificate authority of this clone, kept where nothing is committed. */
const authorityFolder = path.join(root, '.data/k8s');

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

/** A certificate for ticketing.dev, signed by the local authority: the values of its Secret. */
export const newCertificate = async (): Promise<Values> => {
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

/**
 * Writes down who has signed the certificate that is in the cluster, which may be the authority of another clone: the one
 * file that a browser, or tests/cluster, has to trust.
 * @returns its path
 */
export const writeTrusted = async (authority: string): Promise<string> => {
  const file = path.join(authorityFolder, 'ca.crt');
  await mkdir(authorityFolder, { recursive: true, mode: 0o700 });
  await writeFile(file, authority);
  return file;
};
