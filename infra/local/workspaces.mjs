import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

/**
 * @typedef {object} Workspace
 * @property {string} name the package's, such as `@ticketing/orders`
 * @property {string} folder relative to the root, such as `orders`
 * @property {string[]} dependsOn the names of the workspaces it needs at run time
 */

/**
 * The workspaces of the root package.json that have `file`, each after those it depends on.
 *
 * @param {string} file relative to the workspace
 * @returns {Workspace[]}
 */
export const workspacesWith = (file) => {
  const { workspaces } = readJson('package.json');
  const all = workspaces.map((/** @type {string} */ folder) => {
    const { name, dependencies = {} } = readJson(path.join(folder, 'package.json'));
    return {
      name,
      folder,
      dependsOn: Object.keys(dependencies).filter((each) => each.startsWith('@ticketing/')),
    };
  });
  return inOrder(all).filter(({ folder }) => existsSync(path.join(root, folder, file)));
};

/**
 * @param {Workspace[]} workspaces
 * @returns {Workspace[]}
 */
const inOrder = (workspaces) => {
  /** @type {Set<Workspace>} */
  const ordered = new Set();
  /** @param {Workspace} workspace */
  const add = (workspace) => {
    for (const needed of workspaces) if (workspace.dependsOn.includes(needed.name)) add(needed);
    ordered.add(workspace);
  };
  for (const workspace of workspaces) add(workspace);
  return [...ordered];
};

/** @param {string} file relative to the root */
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
