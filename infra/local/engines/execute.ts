import { execFile } from 'node:child_process';

export interface Execution {
  ok: boolean;
  stdout: string;
  stderr: string;
  /** Why it failed, in one line; empty when it did not. */
  reason: string;
}

const stopped = new AbortController();

/**
 * Ends every command that runs, and each one from now on at once: for a process that is about to end and must not
 * leave a download behind.
 */
export const stopExecuting = (): void => stopped.abort();

/**
 * Runs a command to its end, without a shell. Never rejects: a command that cannot be started, takes longer
 * than `timeoutMs` or fails gives `ok: false` and the reason.
 */
export const execute = (
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs: number },
): Promise<Execution> =>
  new Promise((resolve) => {
    const { timeoutMs, ...rest } = options;
    execFile(
      command,
      args,
      {
        ...rest,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        signal: stopped.signal,
        maxBuffer: 16 * 1024 * 1024,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        const reason = !error
          ? ''
          : error.code === 'ENOENT'
            ? `${command} not found`
            : error.killed
              ? `${command} took longer than ${Math.round(timeoutMs / 1000)} s`
              : (lastLine(stderr) ?? lastLine(stdout) ?? error.message);
        resolve({ ok: !error, stdout, stderr, reason });
      },
    );
  });

const lastLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .at(-1);
