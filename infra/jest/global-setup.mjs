import vm from 'node:vm';
import { tsImport } from 'tsx/esm/api';
import { build } from '../local/build.mjs';
import { compiledWanted, enginesWanted } from './preset.mjs';

/** @type {{ stop(): Promise<void> } | undefined} */
let engines;

/** @param {string} line */
const report = (line) => process.stderr.write(`${line}\n`);

/** Compiles and starts, once a run, what the packages of this run asked for; see preset.mjs. */
export default async () => {
  // Without the flag jest runs ES modules as CommonJS, or fails far from the cause.
  if (!('SourceTextModule' in vm)) {
    throw new Error(
      'Tests are ES modules: run "npm test", or node --experimental-vm-modules for jest itself.',
    );
  }
  if (compiledWanted.size > 0) await build(report, { folders: [...compiledWanted] });
  if (enginesWanted.size === 0) return;
  const { startTestEngines } = await tsImport('../local/engines/for-tests.ts', import.meta.url);
  engines = await startTestEngines([...enginesWanted], report);
};

export const stopEngines = async () => {
  await engines?.stop();
};
