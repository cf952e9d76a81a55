/**
 * `npm start`: installs what is missing, and then runs everything (supervisor/main.ts). Plain JavaScript, because
 * it has to run before anything is installed.
 */
import process from 'node:process';
import { setUp } from './setup.mjs';

const since = performance.timeOrigin;
try {
  await setUp();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
const { tsImport } = await import('tsx/esm/api');
/** @type {typeof import('./supervisor/main.ts')} */
const { main } = await tsImport('./supervisor/main.ts', import.meta.url);
process.exit(await main(process.argv.slice(2), since));
