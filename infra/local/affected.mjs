/**
 * `git diff --name-only --no-renames main... | node infra/local/affected.mjs`: the workspaces whose tests may tell a
 * difference, as a JSON list; for CI, which runs a job for each. A workspace is concerned by its own files and by those
 * of every workspace it uses, in tests too; a file that belongs to none concerns them all, unless no test looks at it.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { namesOf } from './services.mjs';
import { isMain, root } from './setup.mjs';

/** @param {string} file relative to the root */
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** @returns {{ folder: string, name: string, uses: string[] }[]} */
const workspaces = () =>
  readJson('package.json').workspaces.map((/** @type {string} */ folder) => {
    const { name, dependencies = {}, devDependencies = {} } = readJson(path.join(folder, 'package.json'));
    return { folder, name, uses: Object.keys({ ...dependencies, ...devDependencies }) };
  });

/** What people read, and what is looked at by `npm run check`, `npm run check:manifests` and who builds images. */
const NOT_TESTED = new RegExp(
  [
    /^(docs|bench|img|infra\/docker|\.github|\.ci)\//,
    /\.md$/,
    /^(biome|knip)\.json$/,
    /^skaffold\.yaml$/,
    /^\.(dockerignore|editorconfig|gitignore)$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/**
 * What the tests of a workspace use without its package.json saying so: what they run as a process, import by its path,
 * or read. A workspace (with all that it uses itself), or single files: then whoever else uses the workspace does not
 * see them. Each begins as the file does, from the root.
 *
 * @type {Record<string, readonly string[]>}
 */
const USED_BY_PATH = {
  // Its README, whose examples are run, is published with it.
  common: ['common/README.md', 'common/CHANGELOG.md'],
  'infra/local': [
    // The gateway's routes, the making of keys, when images are built, and what CI says.
    'infra/k8s/base/ingress.yaml',
    'auth/src/keys/',
    // What operators type.
    'reconcile/src/',
    'payments/src/repair.ts',
    'infra/docker/',
    '.github/workflows/images.yml',
    '.ci/run',
  ],
  // The routes of the services against those of the ingress and of docs/http.md, their limits against what operators are
  // told, the settings of the job against those that it is given.
  'infra/k8s': [
    ...namesOf(),
    'reconcile/src/config.ts',
    'infra/local',
    ...['docs/operations.md', 'docs/http.md'],
    // What is written by hand of services.json.
    ...['README.md', 'docs/architecture.md', 'skaffold.yaml'],
  ],
  // Everything that `npm start` starts.
  tests: [...namesOf(), ...['client', 'infra/local', 'infra/local/stripe'], 'infra/k8s/base/ingress.yaml'],
};

/**
 * @param {readonly string[]} files relative to the root
 * @returns {string[]} folders of workspaces that have tests, in the order of package.json
 */
export const affected = (files) => {
  const all = workspaces();
  /** The innermost: infra/local/stripe is a workspace of its own. */
  const ownerOf = (/** @type {string} */ file) =>
    all
      .filter(({ folder }) => file.startsWith(`${folder}/`))
      .sort((a, b) => b.folder.length - a.folder.length)[0];
  const owners = files.filter((file) => !NOT_TESTED.test(file)).map(ownerOf);
  /** @type {Set<string>} */
  const names = new Set(owners.flatMap((owner) => (owner === undefined ? [] : [owner.name])));
  if (owners.includes(undefined)) for (const { name } of all) names.add(name);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const { name, uses } of all) if (uses.some((used) => names.has(used))) names.add(name);
  }
  const folders = all.filter(({ name }) => names.has(name)).map(({ folder }) => folder);
  // Looked at last: what concerns only the tests of one workspace does not concern those who use that one.
  const hasChanged = (/** @type {string} */ used) =>
    all.some(({ folder }) => folder === used)
      ? folders.includes(used)
      : files.some((file) => file.startsWith(used));
  return all
    .map(({ folder }) => folder)
    .filter((folder) => folders.includes(folder) || USED_BY_PATH[folder]?.some(hasChanged))
    .filter((folder) => existsSync(path.join(root, folder, 'jest.config.mjs')));
};

if (isMain(import.meta.url)) {
  const files = readFileSync(0, 'utf8').split('\n').filter(Boolean);
  process.stdout.write(`${JSON.stringify(affected(files))}\n`);
}
