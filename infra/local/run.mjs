import { spawn } from 'node:child_process';

/**
 * Runs a command to its end and gives its exit code (128 + the number of the signal that ended it, as a shell
 * would) and, with `capture`, what it printed. A SIGTERM to us goes on to it; a Ctrl-C reaches both of us
 * anyway, and we wait for it. `signal` ends it, and rejects.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, capture?: boolean, signal?: AbortSignal }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export const run = (command, args, { capture = false, ...options } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    const passOn = () => child.kill('SIGTERM');
    const wait = () => {};
    process.on('SIGTERM', passOn).on('SIGINT', wait);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGTERM', passOn).off('SIGINT', wait);
      resolve({ code: code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGTERM' ? 15 : 9), output });
    });
  });
