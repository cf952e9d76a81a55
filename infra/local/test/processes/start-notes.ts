/**
 * Starts the two small services in the folder given, prints run.json in one line, and works on until it is killed:
 * `node --import tsx start-notes.ts <home>`.
 */
import { startSystem } from '../../supervisor/index.ts';
import { notesRows } from '../services/rows.ts';

const [home = ''] = process.argv.slice(2);
const { run } = await startSystem({
  home,
  services: notesRows,
  build: false,
  report: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(run)}\n`);
setInterval(() => {}, 60_000);
