/**
 * What each image of ours adds to the one it is built on (a service: at most 90 MB), as Docker counts it,
 * uncompressed. Needs images that are built: `skaffold build`, or the docker build commands in infra/docker.
 *
 *     node --import tsx bench/image-sizes.ts [image ...]
 *
 * Without names it takes the newest of each that skaffold.yaml builds for production. Prints a table for
 * docs/deploy.md; exit status 1 if one is too large, cannot be found, or is not built on NODE_IMAGE (by default the
 * Dockerfiles' own).
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const MOST_MB = 90;
const MB = 1_000_000;

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFile(path.join(root, file), 'utf8');
const docker = async (...args: string[]) => (await run('docker', args)).stdout;

interface Image {
  readonly Size: number;
  readonly RootFS: { readonly Layers: readonly string[] };
}

const inspect = async (image: string): Promise<Image> =>
  JSON.parse(await docker('image', 'inspect', '--format', '{{json .}}', image)) as Image;

/** The images that Skaffold builds. */
const ours = async (): Promise<string[]> =>
  [...(await read('skaffold.yaml')).matchAll(/^ {4}- image: (\S+)$/gm)].map(([, name = '']) => name);

/** Only images for production have labels; those of `skaffold dev` hold what compiles, too. */
const LABELLED = 'label=org.opencontainers.image.title';

/** Docker lists the newest first. */
const newestOf = async (name: string): Promise<string> => {
  const [id] = (await docker('image', 'ls', '--quiet', '--no-trunc', '--filter', LABELLED, name)).split('\n');
  if (!id) throw new Error('is not built');
  return id;
};

const baseName =
  process.env.NODE_IMAGE ||
  /^ARG NODE_IMAGE=(\S+)$/m.exec(await read('infra/docker/service.Dockerfile'))?.[1] ||
  '';
const base = await inspect(baseName);

/** @throws why it cannot be said */
const addedMb = async (image: string): Promise<number> => {
  const { Size: size, RootFS } = await inspect(image);
  const isBuiltOnIt = base.RootFS.Layers.every((layer, at) => RootFS.Layers[at] === layer);
  if (!isBuiltOnIt) throw new Error(`is not built on the ${baseName} that is here`);
  return (size - base.Size) / MB;
};

const say = (line: string) => process.stdout.write(`${line}\n`);

const given = process.argv.slice(2);
say(`| image | added to ${baseName} (${Math.round(base.Size / MB)} MB) |`);
say('| --- | --- |');
for (const image of given.length > 0 ? given : await ours()) {
  try {
    const added = await addedMb(given.length > 0 ? image : await newestOf(image));
    say(`| \`${image}\` | ${added.toFixed(1)} MB |`);
    if (added <= MOST_MB) continue;
    process.stderr.write(`${image} adds more than ${MOST_MB} MB.\n`);
  } catch (error) {
    process.stderr.write(`${image}: ${error instanceof Error ? error.message : error}\n`);
  }
  process.exitCode = 1;
}
