import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineName, Report } from './engine-name.ts';
import { execute } from './execute.ts';
import { freePort } from './free-port.ts';
import { endWithUs, forget } from './guard.ts';
import { type LocatedEngine, locateEngine } from './locate.ts';

/** A server that this process started and answers for. */
export interface RunningEngine {
  readonly name: EngineName;
  readonly version: string;
  readonly url: string;
  /** The same before and after `restart`. */
  readonly port: number;
  /** Where it tells about itself over HTTP, the same before and after `restart`; not every engine has one. */
  readonly monitorUrl?: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  readonly process: ChildProcess;
  /** What the server prints. */
  readonly logFile: string;
  /** Ends it the way that keeps everything it was given (SIGTERM); resolves once it has ended, also when it had before. */
  stop(): Promise<void>;
  /** Ends it as a crash would (SIGKILL); resolves once it has ended. */
  kill(): Promise<void>;
  /** Stops it if it runs, and starts it on the same port and data; resolves once it answers. */
  restart(): Promise<void>;
}

export interface StartOptions {
  /** Where it keeps its data; made if missing. Its log is there as well. */
  dataDir: string;
  /** Without it, a free one is chosen. */
  port?: number;
  report?: Report;
  /** Instead of the one `locateEngine` finds. */
  located?: LocatedEngine;
  /** Further arguments for the server. */
  args?: readonly string[];
  /** Also end it when this process dies without stopping it (default true). */
  endWithUs?: boolean;
}

/** What is different from engine to engine. */
export interface EngineKind {
  name: EngineName;
  /**
   * Where in a container the data belongs, and the ports the server listens on there: `monitorPort` where it has one
   * that tells about it over HTTP.
   */
  container: { dataDir: string; port: number; monitorPort?: number };
  /** Prepares the data folder and gives the arguments. `address` is where to listen. */
  prepare(setting: EngineSetting): Promise<readonly string[]>;
  url(port: number): string;
  /**
   * Asks the server on this port whether it is ready to work; rejects while it is not. Gives what identifies
   * it (its pid or the name we gave it), so that we cannot take somebody else's server for ours.
   */
  probe(port: number): Promise<{ pid?: number; serverName?: string }>;
}

export interface EngineSetting {
  /** As the server sees it, which in a container is not as we see it. */
  address: { host: string; port: number; monitorPort: number | undefined };
  dataDir: string;
  /** Where to write a file that the server shall read, and how the server calls that folder. */
  configDir: { here: string; there: string };
  serverName: string;
}

const READY_MS = 120_000;
const STOP_MS = 60_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const PORTS_TO_TRY = 10;

/** Starts an engine and resolves once it answers. */
export const startEngine = async (kind: EngineKind, options: StartOptions): Promise<RunningEngine> => {
  const report = options.report ?? (() => {});
  const located = options.located ?? (await locateEngine(kind.name, { report }));
  const dataDir = path.resolve(options.dataDir);
  const logFile = path.join(dataDir, `${kind.name}.log`);
  await mkdir(dataDir, { recursive: true });

  const launch = (ports: Ports) => launchOn(ports, { kind, located, dataDir, logFile, options });
  const hasMonitor = kind.container.monitorPort !== undefined;
  let running = await onSomePorts({ given: options.port, hasMonitor }, launch);
  const { port, monitorPort } = running.ports;

  const stop = () => end(running, 'SIGTERM');
  return {
    name: kind.name,
    version: located.version,
    url: kind.url(port),
    port,
    ...(monitorPort === undefined ? {} : { monitorUrl: `http://127.0.0.1:${monitorPort}` }),
    logFile,
    get pid() {
      return running.pid;
    },
    get process() {
      return running.child;
    },
    stop,
    kill: () => end(running, 'SIGKILL'),
    restart: async () => {
      await stop();
      running = await onSamePorts(() => launch(running.ports));
    },
  };
};

/** Where it listens, on loopback. */
interface Ports {
  port: number;
  monitorPort: number | undefined;
}

interface Launched {
  child: ChildProcess;
  pid: number;
  ports: Ports;
  container: string | undefined;
}

/** A port we chose was taken by somebody else before the server could bind it. */
class PortTaken extends Error {
  override name = 'PortTaken';
  readonly port: number;

  constructor(engine: EngineName, port: number) {
    super(`${engine}: port ${port} is taken by another process.`);
    this.port = port;
  }
}

/** Other ports are tried, except for the one that is given. */
const onSomePorts = async (
  { given, hasMonitor }: { given: number | undefined; hasMonitor: boolean },
  launch: (ports: Ports) => Promise<Launched>,
): Promise<Launched> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = given ?? (await freePort());
    try {
      return await launch({ port, monitorPort: hasMonitor ? await freePort() : undefined });
    } catch (error) {
      if (!(error instanceof PortTaken) || error.port === given || attempt === PORTS_TO_TRY) throw error;
    }
  }
};

/** An outgoing connection of anybody may sit on a port for a moment; its clients expect us there and nowhere else. */
const onSamePorts = async (launch: () => Promise<Launched>): Promise<Launched> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch();
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === PORTS_TO_TRY) throw error;
      await delay(500 * attempt);
    }
  }
};

interface Launch {
  kind: EngineKind;
  located: LocatedEngine;
  dataDir: string;
  logFile: string;
  options: StartOptions;
}

const launchOn = async (ports: Ports, launch: Launch): Promise<Launched> => {
  const { kind, located, dataDir, logFile, options } = launch;
  const serverName = `ticketing-${randomUUID()}`;
  const inContainer = 'image' in located;
  const args = await kind.prepare({
    address: inContainer
      ? { host: '0.0.0.0', port: kind.container.port, monitorPort: kind.container.monitorPort }
      : { host: '127.0.0.1', ...ports },
    dataDir: inContainer ? kind.container.dataDir : dataDir,
    configDir: { here: dataDir, there: inContainer ? kind.container.dataDir : dataDir },
    serverName,
  });
  const all = [...args, ...(options.args ?? [])];
  const container = inContainer ? serverName : undefined;
  const [command, commandArgs] =
    'image' in located
      ? dockerRun(kind, located.image, serverName, ports, dataDir, all)
      : [located.command, all];

  // The log is a file, not a pipe: a pipe that nobody reads for a while would stall the server.
  rotate(logFile);
  const log = openSync(logFile, 'a');
  const logStart = statSync(logFile).size;
  let child: ChildProcess;
  try {
    // A process group of its own: Ctrl-C at the terminal reaches only those who then stop things in order.
    child = spawn(command, commandArgs, { detached: true, stdio: ['ignore', log, log], cwd: dataDir });
  } finally {
    closeSync(log);
  }
  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${kind.name} has no pid`);
  const launched = { child, pid, ports, container };
  if (options.endWithUs ?? true) {
    endWithUs(pid);
    child.once('exit', () => forget(pid));
  }
  // A running server alone does not keep us alive.
  child.unref();

  try {
    await ready(kind, launched, serverName);
    return launched;
  } catch (error) {
    await end(launched, 'SIGKILL');
    const printed = readFileSync(logFile).subarray(logStart).toString('utf8');
    const taken = portTakenIn(printed, ports);
    if (taken !== undefined) throw new PortTaken(kind.name, taken);
    const last = printed.trimEnd().split('\n').slice(-15).join('\n');
    throw new Error(
      `${kind.name} did not start: ${messageOf(error)}. Its log (${logFile}) ends with:\n${last}`,
    );
  }
};

/** Which of our ports somebody else has, as the server's log says; undefined where it does not say that. */
const portTakenIn = (printed: string, { port, monitorPort }: Ports): number | undefined => {
  const line = /^.*(address already in use|EADDRINUSE|port is already allocated).*$/im.exec(printed)?.[0];
  if (line === undefined) return undefined;
  return monitorPort !== undefined && new RegExp(`:${monitorPort}\\b`).test(line) ? monitorPort : port;
};

const dockerRun = (
  kind: EngineKind,
  image: string,
  name: string,
  { port, monitorPort }: Ports,
  dataDir: string,
  args: readonly string[],
): [string, readonly string[]] => [
  'docker',
  [
    ...['run', '--rm', '--name', name],
    ...['--publish', `127.0.0.1:${port}:${kind.container.port}`],
    ...(monitorPort === undefined
      ? []
      : ['--publish', `127.0.0.1:${monitorPort}:${kind.container.monitorPort}`]),
    ...['--volume', `${dataDir}:${kind.container.dataDir}`],
    // So that the data is ours, and can be deleted without being root.
    ...(process.getuid && process.getgid ? ['--user', `${process.getuid()}:${process.getgid()}`] : []),
    image,
    ...args,
  ],
];

const ready = async (kind: EngineKind, { child, pid, ports, container }: Launched, serverName: string) => {
  const deadline = Date.now() + READY_MS;
  for (let last: unknown; ; ) {
    if (hasEnded(child)) throw new Error(`it ended with ${child.signalCode ?? `code ${child.exitCode}`}`);
    if (Date.now() > deadline) throw new Error(`no answer in ${READY_MS / 1000} s (${messageOf(last)})`);
    try {
      const server = await kind.probe(ports.port);
      const isOurs = container !== undefined || server.pid === pid || server.serverName === serverName;
      // Somebody else's server answers there, so ours is about to fail to bind; wait for that.
      if (isOurs && !hasEnded(child)) return;
      last = new Error('another server answers on the port');
    } catch (error) {
      last = error;
    }
    await delay(50);
  }
};

const end = async ({ child, pid, container }: Launched, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
  if (hasEnded(child)) return;
  child.ref();
  const ended = once(child, 'exit');
  if (container !== undefined && signal === 'SIGKILL') {
    // Killing the docker command would leave the container running.
    await execute('docker', ['kill', container], { timeoutMs: 30_000 });
  }
  child.kill(signal);
  const inTime = await Promise.race([ended.then(() => true), delay(STOP_MS, false, { ref: false })]);
  if (!inTime) {
    process.kill(pid, 'SIGKILL');
    await ended;
  }
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const rotate = (logFile: string): void => {
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`);
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
