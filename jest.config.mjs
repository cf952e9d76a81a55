import { existsSync, readFileSync } from 'node:fs';
import { runOf } from './infra/jest/preset.mjs';

/** @type {{ workspaces: string[] }} */
const { workspaces } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

/** All packages in one run: engines start once, and one report covers everything. */
export default runOf(
  workspaces
    .filter((workspace) => existsSync(new URL(`./${workspace}/jest.config.mjs`, import.meta.url)))
    .map((workspace) => `<rootDir>/${workspace}`),
);
