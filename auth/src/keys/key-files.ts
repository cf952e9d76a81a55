import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { newSigningKeys, publicKeySet, type SigningKeys, signingKeysSchema } from './signing-keys.ts';

export interface KeyFiles {
  /** For auth alone: `SESSION_PRIVATE_KEYS`. Only its owner may read it. */
  readonly privateFile: string;
  /** For every other service: `SESSION_PUBLIC_KEYS`. */
  readonly publicFile: string;
}

const OWNER_ONLY = 0o600;
const EVERYBODY_READS = 0o644;

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** Writes beside the target and then puts it in place at once, so nobody ever reads half a file. */
const writeWhole = async (
  file: string,
  json: object,
  mode: number,
  place: (from: string, to: string) => Promise<void>,
): Promise<void> => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(`${JSON.stringify(json, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
};

const readKeys = async (file: string): Promise<SigningKeys | undefined> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return signingKeysSchema.parse(JSON.parse(text));
  } catch {
    // The reason would quote the file.
    throw new Error(`${file} holds no set of session keys; repair it, or take it away to get a new one`);
  }
};

/**
 * Makes sure that a folder holds a set of session keys: `private.jwks.json` and, derived from it, `public.jwks.json`.
 * Keys that are there stay, so it can run before each start; two runs at once agree on one set.
 * @param change what to do with keys that are there: `rotate`, `retire`
 * @throws {Error} when there is a private file without usable keys: it is never overwritten
 */
export const keepKeyFiles = async (
  folder: string,
  change?: (keys: SigningKeys) => SigningKeys,
): Promise<KeyFiles> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const privateFile = path.join(folder, 'private.jwks.json');
  const publicFile = path.join(folder, 'public.jwks.json');

  let keys = await readKeys(privateFile);
  if (keys === undefined) {
    try {
      // `link` and not `rename`: it never replaces what another run has put there meanwhile.
      await writeWhole(privateFile, newSigningKeys(), OWNER_ONLY, link);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    keys = await readKeys(privateFile);
  } else if (change !== undefined) {
    keys = change(keys);
    // The public half first: those who verify must know a key before it signs.
    await writeWhole(publicFile, publicKeySet(keys), EVERYBODY_READS, rename);
    await writeWhole(privateFile, keys, OWNER_ONLY, rename);
  }
  if (keys === undefined) throw new Error(`${privateFile} has gone while it was used`);
  await writeWhole(publicFile, publicKeySet(keys), EVERYBODY_READS, rename);
  return { privateFile, publicFile };
};
