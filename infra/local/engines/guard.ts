import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const WATCHDOG = fileURLToPath(new URL('./watchdog.mjs', import.meta.url));

let watchdog: ChildProcess | undefined;

const tell = (order: string): void => {
  if (!watchdog) {
    // In a process group of its own: it has to outlive whatever ends us, Ctrl-C included.
    watchdog = spawn(process.execPath, [WATCHDOG], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
    });
    watchdog.once('exit', () => {
      watchdog = undefined;
    });
    watchdog.stdin?.on('error', () => {});
    watchdog.unref();
    if (watchdog.stdin && 'unref' in watchdog.stdin && typeof watchdog.stdin.unref === 'function') {
      watchdog.stdin.unref();
    }
  }
  watchdog.stdin?.write(`${order}\n`);
};

/** From now on the process ends soon after this one does, however this one ends. */
export const endWithUs = (pid: number): void => tell(`+process ${pid}`);

/** The process has ended; its pid may become somebody else's. */
export const forget = (pid: number): void => tell(`-process ${pid}`);

/** The folder is deleted once this process and the engines it started have ended. */
export const deleteAfterUs = (folder: string): void => tell(`+folder ${folder}`);
