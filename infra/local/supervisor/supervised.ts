import { readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs, forget } from '../engines/index.ts';
import { type Child, type Ended, launch } from './child.ts';
import { lastLines } from './log-files.ts';
import { logFormatter } from './log-line.ts';
import type { ProcessesRecord } from './processes-record.ts';
import { StartRefused } from './start-refused.ts';
import { tryFor } from './try-for.ts';

/** A process that ended without having been asked to. */
export interface Death {
  readonly name: string;
  readonly pid: number;
  readonly how: string;
  readonly logFile: string;
}

/** One running copy of a service, and what can be done to it. */
export interface SupervisedProcess {
  /** `orders`, and `orders-2` for a second replica. */
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  readonly isRunning: boolean;
  /** Starts it on its port and waits until it is ready. */
  start(): Promise<void>;
  /** The graceful stop, bounded. */
  stop(): Promise<void>;
  /** Ends it as a crash would (SIGKILL); resolves once it has ended. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Whatever comes of it was wanted. */
  signal(name: NodeJS.Signals): void;
}

export interface SupervisedOptions {
  readonly name: string;
  readonly port: number;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly record: ProcessesRecord;
  /** Resolves once it is ready to work, and keeps trying until then; `signal` ends the wait. */
  readonly ready: (child: Child, signal: AbortSignal) => Promise<void>;
  readonly ipc?: boolean;
  readonly onDeath: (death: Death) => void;
  /** Ends a start that is no longer wanted. */
  readonly abort: AbortSignal;
}

/** A little more than services give themselves (STOP_SECONDS). */
const STOP_MS = 30_000;
const READY_MS = 120_000;
/** For one answer about it. */
const ASK_MS = 5_000;
const RESTART_TRIES = 5;

/** The port was taken between our choosing it and the service's binding it. */
export class PortLost extends Error {
  override name = 'PortLost';
}

export const supervise = (options: SupervisedOptions): SupervisedProcess => {
  const { name, port, args, cwd, env, logFile, record, onDeath, abort, ipc = false } = options;
  let child: Child | undefined;
  /** Ending is wanted of this one, so its end is no death. */
  let released: Child | undefined;

  const begin = async (): Promise<void> => {
    const logStart = sizeOf(logFile);
    const launched = launch({ args, cwd, env, logFile, ipc });
    child = launched;
    record.add({ name, role: 'service', pid: launched.pid });
    // Should we be killed, the engines are ended too, and nobody reads what it says.
    endWithUs(launched.pid);
    let isReady = false;
    const ended = launched.ended.then((how) => {
      record.remove(launched.pid);
      forget(launched.pid);
      if (isReady && released !== launched) onDeath({ name, pid: launched.pid, how: how.how, logFile });
      return how;
    });
    const waiting = new AbortController();
    try {
      await Promise.race([
        options.ready(launched, AbortSignal.any([waiting.signal, abort])),
        ended.then((how) => {
          throw notStarted(name, how, logFile, logStart);
        }),
      ]);
      isReady = true;
    } catch (error) {
      released = launched;
      await launched.stop(STOP_MS);
      throw error;
    } finally {
      waiting.abort();
    }
  };

  const end = async (how: (child: Child) => Promise<unknown>): Promise<void> => {
    if (child === undefined || child.hasEnded) return;
    released = child;
    await how(child);
  };
  const self: SupervisedProcess = {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    logFile,
    get pid() {
      return child?.pid ?? 0;
    },
    get isRunning() {
      return child !== undefined && !child.hasEnded;
    },
    start: begin,
    stop: () => end((running) => running.stop(STOP_MS)),
    kill: () =>
      end((running) => {
        running.signal('SIGKILL');
        return running.ended;
      }),
    async restart() {
      await self.stop();
      for (let tries = 1; ; tries += 1) {
        try {
          return await begin();
        } catch (error) {
          // Somebody's connection sits on the port for a moment; others expect us there and nowhere else.
          if (!(error instanceof PortLost) || tries === RESTART_TRIES) throw error;
          await delay(500 * tries);
        }
      }
    },
    signal(signalName) {
      released = child;
      child?.signal(signalName);
    },
  };
  return self;
};

const notStarted = (name: string, { how }: Ended, logFile: string, logStart: number): Error => {
  const message = `${name} did not start: it ${how}.${tail(name, logFile)}`;
  const printed = readFileSync(logFile).subarray(logStart);
  return printed.includes('EADDRINUSE') ? new PortLost(message) : new StartRefused(message);
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** What a person wants to see first: the end of the log, and where the rest is. */
export const tail = (name: string, logFile: string): string => {
  const format = logFormatter();
  const lines = lastLines(logFile, name).map((line) => `\n  ${format(line).replaceAll('\n', '\n  ')}`);
  return ` Its log (${logFile}) ${lines.length === 0 ? 'is empty.' : `ends with:${lines.join('')}`}`;
};

/** Asks `/readyz`, or whatever stands for it, until it says yes. */
export const readyOverHttp =
  (name: string, url: string, logFile: string) =>
  async (_child: Child, signal: AbortSignal): Promise<void> => {
    const deadline = Date.now() + READY_MS;
    for (let last = 'nothing'; !signal.aborted; ) {
      try {
        const { ok, said } = await tryFor(ASK_MS, signal, async (ending) => {
          const answer = await fetch(url, { signal: ending });
          return { ok: answer.ok, said: `${answer.status} ${(await answer.text()).slice(0, 300)}` };
        });
        if (ok) return;
        last = said;
      } catch {
        // Not listening yet.
      }
      if (Date.now() > deadline) {
        throw new StartRefused(
          `${name} is not ready after ${READY_MS / 1000} s; ${url} answers ${last}.${tail(name, logFile)}`,
        );
      }
      await delay(50, undefined, { signal }).catch(() => undefined);
    }
    throw new Error(`${name} is not waited for any longer`);
  };
