import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface Ended {
  /** In words: `ended with code 1`, `was ended by SIGKILL`. */
  readonly how: string;
  readonly code: number | null;
}

/** A process of ours, in a process group of its own, whose output goes to a file. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<Ended>;
  readonly hasEnded: boolean;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL to its whole group when it has not ended after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Calls back for each message it sends, where it was launched with `ipc`. */
  onMessage(listener: (message: unknown) => void): void;
}

export interface LaunchOptions {
  /** Arguments for node. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly ipc?: boolean;
}

/**
 * Starts a node process. Its output goes into its log file directly: through a pipe of ours, it would stall when
 * we are slow, and break when we die.
 */
export const launch = ({ args, cwd, env, logFile, ipc = false }: LaunchOptions): Child => {
  const log = openSync(logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, args, {
      cwd,
      env,
      // Ctrl-C reaches every process of the terminal's group at once; ours are stopped in order, by us.
      detached: true,
      stdio: ['ignore', log, log, ...(ipc ? (['ipc'] as const) : [])],
    });
  } finally {
    closeSync(log);
  }
  const { pid } = child;
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => {
      if (pid === undefined) resolve({ how: `could not be started (${error.message})`, code: null });
    });
    child.once('exit', (code, signal) => {
      resolve({ how: signal === null ? `ended with code ${code}` : `was ended by ${signal}`, code });
    });
  });
  if (pid === undefined) throw new Error(`${process.execPath} could not be started in ${cwd}`);
  let hasEnded = false;
  const gone = ended.then((how) => {
    hasEnded = true;
    // What it started and left behind; mostly there is no such group any more.
    signalGroup(pid, 'SIGKILL');
    return how;
  });

  return {
    pid,
    ended: gone,
    get hasEnded() {
      return hasEnded;
    },
    signal: (name) => {
      if (!hasEnded) child.kill(name);
    },
    async stop(graceMs) {
      if (hasEnded) return;
      child.kill('SIGTERM');
      const timer = new AbortController();
      const late = delay(graceMs, true, { signal: timer.signal }).catch(() => false);
      if (await Promise.race([gone.then(() => false), late])) signalGroup(pid, 'SIGKILL');
      timer.abort();
      await gone;
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
  };
};

const signalGroup = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(-pid, name);
  } catch {
    // There is nobody left in it.
  }
};
