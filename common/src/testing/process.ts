import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A service in a process of its own, as it runs in production. */
export interface ServiceProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** Resolves once it has ended, whoever ended it. */
  readonly ended: Promise<unknown>;
  /** Ends it as a crash would (SIGKILL); resolves once it has ended. */
  kill(): Promise<void>;
  /** Ends it gracefully (SIGTERM); resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** The process ends when its stdin does, which is when whoever started it has gone, however it went. */
const ENDS_WITH_US = 'data:text/javascript,process.stdin.on("end",()=>process.exit(1)).resume()';

/**
 * Starts a service as it is shipped, compiled, with its whole environment, and resolves once it is ready. Compiling it
 * first is for who runs the tests: once, as a process that has to compile itself takes twice as long to start.
 * @param folder the service's: `new URL('..', import.meta.url).pathname` in its tests
 * @param env settings; without `PORT` it takes any free one
 * @param main what is run instead, relative to the folder: a main of a test's own
 * @throws with its exit code and what it printed when it ends instead
 */
export const startServiceProcess = async (
  folder: string,
  env: Readonly<Record<string, string>>,
  main = 'dist/main.js',
): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, ['--import', ENDS_WITH_US, path.join(folder, main)], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const printed: string[] = [];
  child.stderr.on('data', (chunk) => printed.push(String(chunk)));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (printed.length < 1_000) printed.push(line);
      const { msg, port: its } = JSON.parse(line) as { msg?: string; port?: number };
      if (msg === 'ready' && its !== undefined) resolve(its);
    });
    // Its last words may come after it has ended.
    once(child, 'close').then(() => {
      const how = child.exitCode ?? child.signalCode;
      reject(new Error(`it ended (${how}) instead of getting ready:\n${printed.join('\n')}`));
    }, reject);
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    ended,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
};
