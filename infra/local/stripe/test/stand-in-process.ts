import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const TSX = new URL('../../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;

export interface StandInProcess {
  readonly child: ChildProcess;
  /** What it has printed and complained of so far. */
  printed(): string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** The stand-in as `npm start` runs it: a process of its own. Whoever starts it ends it. */
export const startProcess = (env: Record<string, string>): StandInProcess => {
  const child = spawn(process.execPath, ['--conditions=ticketing-source', '--import', TSX, MAIN], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : (signal as NodeJS.Signals | null),
  );
  return { child, printed: () => printed, ended };
};
