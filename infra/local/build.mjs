/**
 * `npm run build`: compiles every workspace that has a tsconfig.build.json into its dist/, those first that
 * others need, and bundles the one that has a next.config.ts into its .next/standalone/. What is up to date is left
 * alone: nothing to do takes a fraction of a second.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { run } from './run.mjs';
import { isMain, root, setUp } from './setup.mjs';
import { workspacesWith } from './workspaces.mjs';

/** @typedef {import('./workspaces.mjs').Workspace} Workspace */
/** @typedef {{ inputs: string, outputs: string[] }} Stamp what was built, and into which files */

/**
 * A way to build a workspace, for those that have the `marker` file. Beside src/, its inputs are `inputs`; what a
 * name ends in that is of no matter, `ignores` says. `make` gives the files it has made, or throws with what is wrong.
 *
 * @typedef {object} Builder
 * @property {string} marker
 * @property {string[]} inputs files and folders of the workspace
 * @property {RegExp} ignores
 * @property {(workspace: Workspace, signal: AbortSignal | undefined) => Promise<string[]>} make
 */

/** Beside the installed compiler, which a new install removes together with it. */
const stampFile = (/** @type {Workspace} */ { folder }) =>
  path.join(root, 'node_modules/.cache/ticketing-build', `${folder.replaceAll('/', '+')}.json`);

const isFile = (/** @type {string} */ file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true;

/**
 * @param {string} folder
 * @returns {string[]} all files in it, sorted
 */
const filesIn = (folder) =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .sort()
    : [];

/**
 * @param {Workspace} workspace
 * @param {Builder} builder
 * @param {Map<string, string>} hashes of the workspaces it may depend on
 */
const hashInputs = (workspace, { marker, inputs, ignores }, hashes) => {
  const here = path.join(root, workspace.folder);
  const hash = createHash('sha256');
  const files = [
    ...['src', ...inputs].flatMap((folder) => filesIn(path.join(here, folder))),
    ...[marker, ...inputs].map((file) => path.join(here, file)).filter(isFile),
    path.join(here, 'package.json'),
    path.join(root, 'tsconfig.base.json'),
    path.join(root, 'package-lock.json'),
  ].filter((file) => !ignores.test(file));
  for (const file of files)
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  for (const needed of workspace.dependsOn) hash.update(hashes.get(needed) ?? '');
  return hash.digest('hex');
};

/**
 * @param {Workspace} workspace
 * @param {string} inputs
 */
const isUpToDate = (workspace, inputs) => {
  try {
    /** @type {Stamp} */
    const stamp = JSON.parse(readFileSync(stampFile(workspace), 'utf8'));
    return stamp.inputs === inputs && stamp.outputs.every((file) => existsSync(path.join(root, file)));
  } catch {
    return false;
  }
};

/**
 * With TypeScript, each file for itself.
 *
 * @type {Builder['make']}
 */
const compile = async (workspace, signal) => {
  const { code, output } = await run(
    process.execPath,
    [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--listEmittedFiles'],
    { cwd: path.join(root, workspace.folder), capture: true, ...(signal === undefined ? {} : { signal }) },
  );
  const lines = output.split('\n');
  const emitted = lines.flatMap((line) =>
    line.startsWith('TSFILE: ') ? [line.slice('TSFILE: '.length).trim()] : [],
  );
  if (code !== 0) throw new Error(lines.filter((line) => !line.startsWith('TSFILE: ')).join('\n'));
  // Of sources that are gone: they would still be found by imports and tests.
  for (const file of filesIn(path.join(root, workspace.folder, 'dist'))) {
    if (!emitted.includes(file)) rmSync(file);
  }
  return emitted;
};

/**
 * With Next, for production: a server with all it imports (`output: 'standalone'`). It leaves out what a CDN might
 * serve instead; here that server serves it.
 *
 * @type {Builder['make']}
 */
const bundle = async (workspace, signal) => {
  const here = path.join(root, workspace.folder);
  const { code, output } = await run(
    process.execPath,
    [path.join(root, 'node_modules/next/dist/bin/next'), 'build'],
    {
      cwd: here,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      capture: true,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  if (code !== 0) throw new Error(output);
  const made = path.join(here, '.next/standalone', workspace.folder);
  for (const folder of ['public', '.next/static']) {
    const from = path.join(here, folder);
    if (existsSync(from)) cpSync(from, path.join(made, folder), { recursive: true });
  }
  return filesIn(made);
};

/** @type {Builder[]} */
const builders = [
  { marker: 'tsconfig.build.json', inputs: [], ignores: /\.test\.tsx?$/, make: compile },
  {
    marker: 'next.config.ts',
    inputs: ['public', 'postcss.config.mjs', 'tsconfig.json'],
    ignores: /\.test\.tsx?$/,
    make: bundle,
  },
];

/**
 * @param {Workspace} workspace
 * @param {string} inputs
 * @param {string[]} made
 */
const writeStamp = (workspace, inputs, made) => {
  /** @type {Stamp} */
  const stamp = { inputs, outputs: made.map((file) => path.relative(root, file)) };
  mkdirSync(path.dirname(stampFile(workspace)), { recursive: true });
  writeFileSync(stampFile(workspace), JSON.stringify(stamp));
};

/**
 * These workspaces and those they depend on, each after those it needs; all of them where none is named.
 *
 * @param {readonly string[] | undefined} folders
 */
const wantedWorkspaces = (folders) => {
  const all = builders.flatMap((builder) =>
    workspacesWith(builder.marker).map((workspace) => ({ workspace, builder })),
  );
  if (folders === undefined) return all;
  /** @type {Set<string>} */
  const names = new Set();
  for (const { workspace } of [...all].reverse()) {
    if (!folders.includes(workspace.folder) && !names.has(workspace.name)) continue;
    for (const name of [workspace.name, ...workspace.dependsOn]) names.add(name);
  }
  return all.filter(({ workspace }) => names.has(workspace.name));
};

/**
 * Builds what is not up to date. Two runs at once: the second one waits and finds everything done.
 *
 * @param {(line: string) => void} report
 * @param {{ folders?: readonly string[], signal?: AbortSignal }} [options] only these workspaces, with what they
 *   depend on; and what ends the build at once
 * @throws when something does not compile; the message holds the compiler's
 */
export const build = (report, { folders, signal } = {}) =>
  withLock(
    path.join(root, '.build.lock'),
    async () => {
      /** @type {Map<string, string>} */
      const hashes = new Map();
      for (const { workspace, builder } of wantedWorkspaces(folders)) {
        const inputs = hashInputs(workspace, builder, hashes);
        hashes.set(workspace.name, inputs);
        if (isUpToDate(workspace, inputs)) continue;
        const since = Date.now();
        const made = await builder.make(workspace, signal).catch((error) => {
          throw new Error(`${workspace.name} does not compile:\n${error.message}`, { cause: error });
        });
        writeStamp(workspace, inputs, made);
        report(`Built ${workspace.name} (${((Date.now() - since) / 1000).toFixed(1)} s).`);
      }
    },
    { onWait: (owner) => report(`Waiting for ${owner}, which is building …`) },
  );

if (isMain(import.meta.url)) {
  await setUp();
  try {
    await build((line) => process.stderr.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
