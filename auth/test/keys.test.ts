import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, watch, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jwksSchema } from '@ticketing/common/http';
import { ConfigError } from '@ticketing/common/service';
import { readAuthConfig } from '../src/config.ts';
import { keepKeyFiles } from '../src/keys/key-files.ts';
import { newSigningKeys, publicKeySet, retire, rotate } from '../src/keys/signing-keys.ts';

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'auth-keys-')), 'keys');
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

const readJson = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

describe('a set of session keys', () => {
  it('names each key by its thumbprint (RFC 7638), so that the same key has the same name everywhere', () => {
    const [{ x, y, kid }] = newSigningKeys().keys;
    const members = `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`;
    expect(kid).toBe(createHash('sha256').update(members).digest('base64url'));
  });

  it('has a public half that the other services take, and that holds nothing private', () => {
    const keys = rotate(newSigningKeys());
    const published = publicKeySet(keys);
    expect(jwksSchema.parse(published).keys.map(({ kid }) => kid)).toEqual(keys.keys.map(({ kid }) => kid));
    for (const { d } of keys.keys) expect(JSON.stringify(published)).not.toContain(d);
  });

  it('puts a new key first and keeps the old ones, until they are retired', () => {
    const old = newSigningKeys();
    const rotated = rotate(old);
    expect(rotated.keys.slice(1)).toEqual(old.keys);
    expect(retire(rotated).keys).toEqual([rotated.keys[0]]);
  });
});

describe('the files of the keys', () => {
  it('are a private one that only its owner reads, and a public one', async () => {
    const { privateFile, publicFile } = await keepKeyFiles(folder);
    expect((await stat(privateFile)).mode & 0o777).toBe(0o600);
    expect((await stat(publicFile)).mode & 0o777).toBe(0o644);
    expect((await readJson(publicFile)).keys[0].kid).toBe((await readJson(privateFile)).keys[0].kid);
    expect(JSON.stringify(await readJson(publicFile))).not.toContain('"d"');
    expect((await readdir(folder)).sort()).toEqual(['private.jwks.json', 'public.jwks.json']);
  });

  it('stay as they are when they are there already', async () => {
    const { privateFile } = await keepKeyFiles(folder);
    const before = await readFile(privateFile, 'utf8');
    await keepKeyFiles(folder);
    expect(await readFile(privateFile, 'utf8')).toBe(before);
  });

  it('are one set, also when ten runs make them at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => keepKeyFiles(folder)));
    const { privateFile, publicFile } = await keepKeyFiles(folder);
    expect((await readJson(privateFile)).keys).toHaveLength(1);
    expect((await readJson(publicFile)).keys[0].kid).toBe((await readJson(privateFile)).keys[0].kid);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('are those of the run that came first, when another makes some at the same moment', async () => {
    await mkdir(folder);
    const first = newSigningKeys();
    const target = path.join(folder, 'private.jwks.json');
    // As soon as one run has begun to write its draft, the other is done.
    const watcher = watch(folder, (_event, name) => {
      if (name?.startsWith('private.jwks.json.') && !existsSync(target)) {
        writeFileSync(target, JSON.stringify(first));
      }
    });
    const { privateFile, publicFile } = await keepKeyFiles(folder);
    watcher.close();
    expect(await readJson(privateFile)).toEqual(first);
    expect(await readJson(publicFile)).toEqual(publicKeySet(first));
  });

  it('are never overwritten when the private one cannot be read', async () => {
    const { privateFile } = await keepKeyFiles(folder);
    await writeFile(privateFile, '{"keys":[{"secret');
    await expect(keepKeyFiles(folder)).rejects.toThrow(/holds no set of session keys/);
    await expect(keepKeyFiles(folder)).rejects.not.toThrow(/secret/);
    expect(await readFile(privateFile, 'utf8')).toBe('{"keys":[{"secret');
  });

  it('get a public half again where only the private one is left', async () => {
    const { publicFile } = await keepKeyFiles(folder);
    const before = await readJson(publicFile);
    await rm(publicFile);
    await keepKeyFiles(folder);
    expect(await readJson(publicFile)).toEqual(before);
  });
});

describe('npm run keys', () => {
  const run = promisify(execFile);
  const root = fileURLToPath(new URL('..', import.meta.url));
  const keys = (...given: string[]) =>
    run(process.execPath, ['--import', 'tsx', 'src/keys/make-keys.ts', ...given], { cwd: root });

  it('makes keys, rotates and retires them, and says where they are', async () => {
    const { stdout } = await keys(folder);
    const file = path.join(folder, 'private.jwks.json');
    expect(stdout).toBe(
      `SESSION_PRIVATE_KEYS=${file}\nSESSION_PUBLIC_KEYS=${path.join(folder, 'public.jwks.json')}\n`,
    );
    const [first] = (await readJson(file)).keys;
    await keys(folder, '--rotate');
    const rotated = (await readJson(file)).keys;
    expect(rotated).toEqual([expect.any(Object), first]);
    await keys(folder, '--retire');
    expect((await readJson(file)).keys).toEqual([rotated[0]]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }, 120_000);

  it.each([[[]], [['a', 'b']], [['a', '--rotate', '--retire']], [['a', '--forget']]])(
    'explains itself when it is asked for %j',
    async (given) => {
      await expect(keys(...given)).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Usage'),
      });
    },
    120_000,
  );
});

describe('the settings', () => {
  const MONGO_URL = 'mongodb://127.0.0.1/auth';
  const problemOf = (env: NodeJS.ProcessEnv): string => {
    try {
      readAuthConfig({ MONGO_URL, ...env });
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    throw new Error('the settings were taken');
  };
  const asJson = (value: unknown) => ({ SESSION_PRIVATE_KEYS: JSON.stringify(value) });

  it('need no broker, and derive the public keys', () => {
    const keys = newSigningKeys();
    const config = readAuthConfig({ MONGO_URL, ...asJson(keys) });
    expect(config.SESSION_PUBLIC_KEYS).toEqual(publicKeySet(keys));
    expect(config).not.toHaveProperty('NATS_URL');
    expect(config.COOKIE_SECURE).toBe(true);
  });

  it('take the keys from a file as well', async () => {
    const { privateFile } = await keepKeyFiles(folder);
    const { SESSION_PRIVATE_KEYS } = readAuthConfig({ MONGO_URL, SESSION_PRIVATE_KEYS: privateFile });
    expect(SESSION_PRIVATE_KEYS).toEqual(await readJson(privateFile));
  });

  it.each(['production', 'development'])('in %s there is no key to fall back on', (NODE_ENV) => {
    expect(problemOf({ NODE_ENV })).toContain('SESSION_PRIVATE_KEYS: is not set');
  });

  it('are all told at once when they are bad', () => {
    const problem = problemOf({ MONGO_URL: 'postgres://', COOKIE_SECURE: 'yes', PORT: '-1' });
    for (const name of ['MONGO_URL', 'COOKIE_SECURE', 'PORT', 'SESSION_PRIVATE_KEYS'])
      expect(problem).toContain(`${name}: `);
  });

  it.each([
    ['a path of nothing', '/nowhere/private.jwks.json', 'must be a JWKS'],
    ['no JSON', '{"keys":', 'must be a JWKS'],
    ['no keys', '{"keys":[]}', 'must be a JWKS'],
    [
      'only public keys',
      JSON.stringify(publicKeySet(newSigningKeys())),
      'begins with a key that cannot sign',
    ],
  ])('refuse %s', (_what, SESSION_PRIVATE_KEYS, why) => {
    expect(problemOf({ SESSION_PRIVATE_KEYS })).toContain(`SESSION_PRIVATE_KEYS: ${why}`);
  });

  it('refuse halves that do not belong together, which would sign what nobody can verify', () => {
    const [key] = newSigningKeys().keys;
    const [other] = newSigningKeys().keys;
    const mixed = asJson({ keys: [{ ...key, d: other.d }] });
    expect(problemOf(mixed)).toContain('do not belong together');
    expect(problemOf(mixed)).not.toContain(other.d);
  });

  it('refuse two keys of the same name', () => {
    const { keys } = newSigningKeys();
    expect(problemOf(asJson({ keys: [...keys, ...keys] }))).toContain('same kid');
  });

  it('take old keys without their private half, as they only verify', () => {
    const old = newSigningKeys();
    const keys = [newSigningKeys().keys[0], ...publicKeySet(old).keys];
    const config = readAuthConfig({ MONGO_URL, ...asJson({ keys }) });
    expect(config.SESSION_PUBLIC_KEYS.keys).toHaveLength(2);
  });
});
