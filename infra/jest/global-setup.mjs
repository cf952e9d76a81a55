import vm from 'node:vm';
import { tsImport } from 'tsx/esm/api';
import { enginesWanted } from './preset.mjs';

/** @type {{ stop(): Promise<void> } | undefined} */
let engines;

/** Starts, once a run, the engines that the packages of this run asked for; see preset.mjs. */
export default async () => {
  // Without the flag jest runs ES modules as CommonJS, or fails far from the cause.
  if (!('SourceTextModule' in vm)) {
    throw new Error(
      'Tests are ES modules: run "npm test", or node --experimental-vm-modules for jest itself.',
    );
  }
  if (enginesWanted.size === 0) return;
  const { startTestEngines } = await tsImport('../local/engines/for-tests.ts', import.meta.url);
  engines = await startTestEngines([...enginesWanted], (/** @type {string} */ line) =>
    process.stderr.write(`${line}\n`),
  );
};

export const stopEngines = async () => {
  await engines?.stop();
};
