import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { withLock } from '../lock.mjs';
import { isRunning, startTimeOf } from '../process-identity.mjs';
import { type Home, writeWhole } from './home.ts';
import { StartRefused } from './start-refused.ts';

/** A process, told apart from a later one with the same pid by when it started. */
interface Identity {
  readonly pid: number;
  readonly startTime: string | undefined;
}

/** Engines are ended after the services that write to them. */
export type Role = 'service' | 'engine';

interface RecordedProcess extends Identity {
  readonly name: string;
  readonly role: Role;
}

interface ProcessesFile {
  readonly supervisor: Identity;
  readonly processes: readonly RecordedProcess[];
}

/** The right to run in a home, and the list of what has to end with us, kept where the next run finds it. */
export interface ProcessesRecord {
  add(process: { name: string; role: Role; pid: number }): void;
  remove(pid: number): void;
  /** Nothing of this run is left. */
  release(): void;
}

const SERVICE_GRACE_MS = 5_000;
/** mongod may have a lot to write. */
const ENGINE_GRACE_MS = 60_000;

/**
 * Takes a home for this run. One whose supervisor lives is refused; what a supervisor left that died (`kill -9`, a
 * crash) is ended first, so that nobody else writes to the data. Of two starts at once, one wins.
 *
 * @param signal ends the wait for another start, and for what is being ended: the next start goes on with that
 * @throws {StartRefused} when it runs already
 */
export const takeHome = (
  home: Home,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<ProcessesRecord> => {
  const onWait = (owner: string) => report(`Waiting for ${owner}, which is starting with the same data …`);
  const take = async (): Promise<ProcessesRecord> => {
    const before = readProcesses(home);
    if (before !== undefined) {
      if (isRunning(before.supervisor)) throw new StartRefused(alreadyRunning(home, before.supervisor.pid));
      await endWhatIsLeft(before.processes, report, signal);
    }
    rmSync(home.runFile, { force: true });

    const processes = new Map<number, RecordedProcess>();
    const supervisor = { pid: process.pid, startTime: startTimeOf(process.pid) };
    const write = () => writeWhole(home.processesFile, { supervisor, processes: [...processes.values()] });
    write();
    return {
      add(one) {
        processes.set(one.pid, { ...one, startTime: startTimeOf(one.pid) });
        write();
      },
      remove(pid) {
        if (processes.delete(pid)) write();
      },
      release() {
        rmSync(home.runFile, { force: true });
        rmSync(home.processesFile, { force: true });
      },
    };
  };
  return withLock(home.lock, take, { onWait, signal });
};

const readProcesses = (home: Home): ProcessesFile | undefined => {
  try {
    const file: ProcessesFile = JSON.parse(readFileSync(home.processesFile, 'utf8'));
    return typeof file.supervisor.pid === 'number' && Array.isArray(file.processes) ? file : undefined;
  } catch {
    return undefined;
  }
};

const alreadyRunning = (home: Home, pid: number): string => {
  const where = baseUrlOf(home);
  return [
    `ticketing.dev runs already with the data in ${home.folder}: process ${pid}${where === undefined ? ', still starting' : `, ${where}`}.`,
    `To stop it: Ctrl-C in its terminal, or kill ${pid}.`,
    'To run another one beside it: PORT=3001 TICKETING_HOME=/another/folder npm start',
  ].join('\n');
};

const baseUrlOf = (home: Home): string | undefined => {
  try {
    const { baseUrl } = JSON.parse(readFileSync(home.runFile, 'utf8'));
    return typeof baseUrl === 'string' ? baseUrl : undefined;
  } catch {
    return undefined;
  }
};

const endWhatIsLeft = async (
  processes: readonly RecordedProcess[],
  report: (line: string) => void,
  abort: AbortSignal,
): Promise<void> => {
  for (const [role, graceMs] of [
    ['service', SERVICE_GRACE_MS],
    ['engine', ENGINE_GRACE_MS],
  ] as const) {
    const left = processes.filter((each) => each.role === role && isRunning(each));
    if (left.length === 0) continue;
    report(
      `The last run did not stop: ending ${left.map(({ name, pid }) => `${name} (${pid})`).join(', ')} …`,
    );
    await end(left, graceMs, abort);
  }
};

/** Gently first. Each is looked at again before each signal, since a pid may have become somebody else's. */
const end = async (
  processes: readonly RecordedProcess[],
  graceMs: number,
  abort: AbortSignal,
): Promise<void> => {
  for (const { pid } of processes.filter(isRunning)) signal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (processes.some(isRunning)) {
    if (Date.now() > deadline) {
      // Each leads a group of its own, with whatever it has started.
      for (const { pid } of processes.filter(isRunning)) signal(-pid, 'SIGKILL');
    }
    abort.throwIfAborted();
    await delay(50);
  }
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
};
