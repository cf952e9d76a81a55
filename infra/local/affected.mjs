/**
 * `git diff --name-only main... | node infra/local/affected.mjs`: the workspaces whose tests may tell a difference, as
 * a JSON list; for CI, which runs a job for each. A workspace is concerned by its own files and by those of every
 * workspace it uses, in tests too; a file that belongs to none concerns them all, unless only people read it.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMain, root } from './setup.mjs';

/** @param {string} file relative to the root */
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** @returns {{ folder: string, name: string, uses: string[] }[]} */
const workspaces = () =>
  readJson('package.json').workspaces.map((/** @type {string} */ folder) => {
    const { name, dependencies = {}, devDependencies = {} } = readJson(path.join(folder, 'package.json'));
    return { folder, name, uses: Object.keys({ ...dependencies, ...devDependencies }) };
  });

/** Nothing that runs. */
const FOR_PEOPLE = /^docs\/|^bench\/|^\.github\/|^\.ci\/|\.md$|^\.editorconfig$/;

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
  const concerned = files.filter((file) => !FOR_PEOPLE.test(file));
  const owners = concerned.map(ownerOf);
  /** @type {Set<string>} */
  const names = new Set(owners.flatMap((owner) => (owner === undefined ? [] : [owner.name])));
  if (owners.includes(undefined)) for (const { name } of all) names.add(name);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const { name, uses } of all) if (uses.some((used) => names.has(used))) names.add(name);
  }
  return all
    .filter(({ name, folder }) => names.has(name) && existsSync(path.join(root, folder, 'jest.config.mjs')))
    .map(({ folder }) => folder);
};

if (isMain(import.meta.url)) {
  const files = readFileSync(0, 'utf8').split('\n').filter(Boolean);
  process.stdout.write(`${JSON.stringify(affected(files))}\n`);
}
