import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach } from '@jest/globals';

const TSX = pathToFileURL(
  path.join(fileURLToPath(new URL('../../..', import.meta.url)), 'node_modules/tsx/dist/loader.mjs'),
).href;

export interface RunningProcess {
  child: ChildProcessWithoutNullStreams;
  /** What it has printed so far. */
  printed(): string;
  complained(): string;
  ended: Promise<number | null>;
}

/** Collects what a process prints. */
export const watched = (child: ChildProcessWithoutNullStreams): RunningProcess => {
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { child, printed: () => out, complained: () => err, ended };
};

const isOver = ({ exitCode, signalCode }: ChildProcessWithoutNullStreams) =>
  exitCode !== null || signalCode !== null;

/** Runs one of the scripts in `processes/`; it is killed after the test if it has not ended. */
export const runProcess = (
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): RunningProcess => {
  const file = fileURLToPath(new URL(`./processes/${script}`, import.meta.url));
  const child = spawn(process.execPath, ['--import', TSX, file, ...args], { env, stdio: 'pipe' });
  running.add(child);
  return watched(child);
};

const running = new Set<ChildProcessWithoutNullStreams>();
afterEach(() => {
  for (const child of running) if (!isOver(child)) child.kill('SIGKILL');
  running.clear();
});
