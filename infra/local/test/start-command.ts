import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach } from '@jest/globals';
import { root } from '../setup.mjs';
import type { RunFile } from '../supervisor/index.ts';
import { type RunningProcess, watched } from './run-process.ts';

/** `npm start`, as a process of its own; it is ended after the test that has started it. */
export interface Start extends RunningProcess {
  /** What run.json says, once it is ready. @throws with what it printed, when it ends before */
  ready(): Promise<RunFile>;
}

const running = new Set<RunningProcess>();
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGTERM');
    await ended;
  }
  running.clear();
});

export const start = (
  home: string,
  options: { env?: Record<string, string>; args?: string[]; npm?: boolean; of?: string } = {},
): Start => {
  const { env = {}, args = ['--no-client'], npm = false, of = root } = options;
  const [command, before] = npm
    ? ['npm', ['start', '--']]
    : [process.execPath, [path.join(of, 'infra/local/start.mjs')]];
  const child = spawn(command, [...before, ...args], {
    cwd: of,
    env: { ...process.env, PORT: '0', TICKETING_HOME: home, ...env },
    stdio: 'pipe',
    // So that a signal to it reaches it alone, as `kill` would.
    detached: true,
  });
  const started = watched(child);
  const { printed, complained, ended } = started;
  running.add(started);
  const ready = async (): Promise<RunFile> => {
    const isReady = new Promise<true>((resolve) => {
      const look = () => {
        if (/^Ready: /m.test(printed())) resolve(true);
      };
      child.stdout.on('data', look);
      look();
    });
    if ((await Promise.race([isReady, ended])) !== true) {
      throw new Error(`it ended:\n${printed()}\n${complained()}`);
    }
    return JSON.parse(readFileSync(path.join(home, 'run.json'), 'utf8'));
  };
  return { ...started, ready };
};
