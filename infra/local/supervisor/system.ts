import path from 'node:path';
import { build } from '../build.mjs';
import { seedDemo } from '../seed/seed-demo.ts';
import { root } from '../setup.mjs';
import { type Engines, type EngineUrls, startEngines } from './engines.ts';
import { environmentOf } from './environment.ts';
import { gatewayProcess, portRefusal, portTaken } from './gateway-process.ts';
import { type Home, homeAt, makeHome, writeWhole } from './home.ts';
import { followLogs, rotateLog } from './log-files.ts';
import type { LogLine } from './log-line.ts';
import { assertFree, holdPorts } from './ports.ts';
import { type ProcessesRecord, takeHome } from './processes-record.ts';
import type { RunFile } from './run-file.ts';
import type { ServiceRow, Surroundings } from './services.ts';
import { keepSessionKeys } from './session-keys.ts';
import type { Settings } from './settings.ts';
import { sourceCommand } from './source-command.ts';
import { StartRefused } from './start-refused.ts';
import {
  type Death,
  PortLost,
  readyOverHttp,
  type SupervisedProcess,
  supervise,
  tail,
} from './supervised.ts';

export interface SystemPlan {
  readonly settings: Settings;
  readonly rows: readonly ServiceRow[];
  /** Service → how many of it; one where nothing is said. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Settings for every service, beside those that `Settings` knows. */
  readonly passedOn: Readonly<Record<string, string>>;
  /** Whether to compile what is not up to date first. */
  readonly build: boolean;
  /** When the start began, in milliseconds since 1970. */
  readonly since: number;
  /** Told what is being done. */
  readonly report: (line: string) => void;
  /** Shown what the processes log; without it nobody follows their logs. */
  readonly showLog: ((line: LogLine) => void) | undefined;
  /** Ends a start that is no longer wanted; everything begun is stopped first. */
  readonly signal: AbortSignal;
}

export interface System {
  readonly baseUrl: string;
  /** What run.json says. */
  readonly run: RunFile;
  readonly home: Home;
  readonly engines: Engines;
  /** Whether demo accounts are there to sign in with. */
  readonly hasDemo: boolean;
  /** A replica of a service, the first one unless said otherwise. @throws when there is none */
  service(name: string, replica?: number): SupervisedProcess;
  readonly gateway: SupervisedProcess;
  /** Resolves with the first process that ends without having been asked to; nothing is restarted. */
  readonly died: Promise<Death>;
  /** Stops everything in order: gateway, services, brokers, stores. Idempotent. */
  stop(): Promise<void>;
}

const START_TRIES = 3;

/**
 * Starts everything: engines → services → gateway → demo data. When anything fails, what was started is stopped
 * again, and nothing is left.
 *
 * @throws {StartRefused} with what is wrong and what to do
 */
export const startSystem = async (plan: SystemPlan): Promise<System> => {
  const { settings, signal } = plan;
  const home = homeAt(settings.home);
  makeHome(home);
  const record = await takeHome(home, plan.report, signal);
  const parts: Parts = { gateway: undefined, services: [], engines: undefined };
  const logs = plan.showLog === undefined ? undefined : followLogs(plan.showLog);
  const report = (line: string) => {
    // What was logged before it is shown before it.
    logs?.flush();
    plan.report(line);
  };
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= stopParts(parts, report).finally(() => {
      logs?.close();
      record.release();
    });
    return stopped;
  };

  let tellDeath: (death: Death) => void = () => {};
  const died = new Promise<Death>((resolve) => {
    tellDeath = resolve;
  });
  // A death ends a start that is still under way, like everything else that goes wrong.
  const failed = new AbortController();
  void died.then((death) => failed.abort(new StartRefused(diedMeanwhile(death))));
  const abort = AbortSignal.any([signal, failed.signal]);

  try {
    if (settings.port !== 0) {
      await assertFree(settings.port).catch((error) => {
        throw portRefusal(settings.port, error);
      });
    }
    const starting: Starting = {
      plan: { ...plan, report },
      home,
      record,
      parts,
      abort,
      onDeath: tellDeath,
      newLog: (service) => {
        const file = home.logOf(service);
        rotateLog(file);
        logs?.follow(service, file);
        return file;
      },
    };
    const run = await startParts(starting);
    abort.throwIfAborted();
    const hasDemo =
      settings.seed && (await seedDemo({ baseUrl: run.baseUrl, marker: home.seeded, report, signal: abort }));
    abort.throwIfAborted();
    const told: RunFile = { ...run, startupSeconds: Math.round((Date.now() - plan.since) / 100) / 10 };
    writeWhole(home.runFile, told);

    const { gateway, engines } = parts;
    if (gateway === undefined || engines === undefined) throw new Error('started, and yet not there');
    return {
      baseUrl: told.baseUrl,
      run: told,
      home,
      engines,
      gateway,
      hasDemo,
      service: (name, replica = 0) => {
        const wanted = replica === 0 ? name : `${name}-${replica + 1}`;
        const instance = parts.services.find((each) => each.name === wanted);
        if (instance === undefined) throw new Error(`${wanted} is not part of this run`);
        return instance;
      },
      died,
      stop,
    };
  } catch (error) {
    await stop();
    // Whatever was under way was given up because of it, and knows only that.
    if (failed.signal.aborted) throw failed.signal.reason;
    throw error;
  }
};

const diedMeanwhile = ({ name, how, logFile }: Death): string =>
  `${name} ${how} while the rest was starting.${tail(name, logFile)}\n` +
  'Nothing is restarted by itself: put the cause right, and run npm start again.';

/** What runs, as far as it has got. */
interface Parts {
  gateway: SupervisedProcess | undefined;
  services: readonly SupervisedProcess[];
  engines: Engines | undefined;
}

interface Starting {
  readonly plan: SystemPlan;
  readonly home: Home;
  readonly record: ProcessesRecord;
  readonly parts: Parts;
  readonly abort: AbortSignal;
  readonly onDeath: (death: Death) => void;
  readonly newLog: (service: string) => string;
}

const startParts = async (starting: Starting): Promise<RunFile> => {
  const { plan, home, record, parts, abort, onDeath } = starting;
  const { settings, report } = plan;
  const rows = plan.rows.filter((row) => row.when?.(settings) ?? true);
  const building = plan.build && !settings.dev ? compile(rows, report, abort) : Promise.resolve();
  const needs = new Set(rows.flatMap((row) => row.needs));
  // Side by side: where both have something to do, one waits for the network and the other for the processor.
  const [engines, built] = await Promise.allSettled([
    startEngines({ settings, needs, home, record, report, onDeath, abort }),
    building,
  ]);
  if (engines.status === 'fulfilled') parts.engines = engines.value.engines;
  for (const result of [engines, built]) if (result.status === 'rejected') throw result.reason;
  if (engines.status === 'rejected') throw engines.reason;
  abort.throwIfAborted();
  if (needs.has('session keys') || needs.has('private session keys')) await keepSessionKeys(home);

  for (let tries = 1; ; tries += 1) {
    try {
      return await startProcesses(starting, rows, engines.value.urls);
    } catch (error) {
      if (!(error instanceof PortLost)) throw error;
      if (tries === START_TRIES) throw new StartRefused(error.message);
      report(`Somebody took a port of ours; trying again with others`);
      await stopProcesses(parts, () => {});
    }
  }
};

const compile = async (
  rows: readonly ServiceRow[],
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await build(report, { folders: rows.map(({ folder }) => folder), signal });
  } catch (error) {
    throw new StartRefused(error instanceof Error ? error.message : String(error));
  }
};

const startProcesses = async (
  starting: Starting,
  rows: readonly ServiceRow[],
  urls: EngineUrls,
): Promise<RunFile> => {
  const { plan, home, record, parts, onDeath } = starting;
  const { settings, report } = plan;
  // The first one that fails ends the waiting for the others.
  const failed = new AbortController();
  const abort = AbortSignal.any([starting.abort, failed.signal]);
  const replicas = rows.flatMap((row) =>
    Array.from({ length: plan.replicas[row.name] ?? 1 }, (_, index) => ({ row, index })),
  );
  const held = await holdPorts(replicas.length + 1);
  const [freePort = 0, ...ports] = held.ports;
  const port = settings.port === 0 ? freePort : settings.port;
  const baseUrl = `http://localhost:${port}`;

  const urlOf = (service: string): string | undefined => {
    const index = replicas.findIndex(({ row }) => row.name === service);
    return index === -1 ? undefined : `http://127.0.0.1:${ports[index]}`;
  };
  const surroundings: Surroundings = { settings, baseUrl, urlOf };
  const instances = new Map<string, SupervisedProcess[]>();
  // One that is left out has its place all the same: the gateway says that it is away.
  const leftOut = new Set<SupervisedProcess>();
  parts.services = replicas.map(({ row, index }, at) => {
    const name = index === 0 ? row.name : `${row.name}-${index + 1}`;
    const servicePort = ports[at] ?? 0;
    const folder = path.resolve(root, row.folder);
    const logFile = starting.newLog(name);
    const instance = supervise({
      name,
      port: servicePort,
      args: settings.dev ? sourceCommand(row, servicePort) : [path.join(folder, row.main ?? 'dist/main.js')],
      cwd: folder,
      env: { ...environmentOf(row, servicePort, { home, urls, surroundings }), ...plan.passedOn },
      logFile,
      record,
      ready: readyOverHttp(name, `http://127.0.0.1:${servicePort}${row.readyPath}`, logFile),
      onDeath,
      abort,
    });
    instances.set(row.name, [...(instances.get(row.name) ?? []), instance]);
    if (row.name === settings.without) leftOut.add(instance);
    return instance;
  });
  parts.gateway = supervise({
    name: 'gateway',
    port,
    logFile: starting.newLog('gateway'),
    record,
    onDeath,
    abort,
    ...gatewayProcess({ settings, port, rows, instances }),
  });

  await held.release();
  // The gateway beside them: it says that they are away until they are there.
  const gateway = parts.gateway;
  const starts = [
    ...parts.services.map(async (service) => {
      if (leftOut.has(service)) return report(`${service.name} is left out (--without)`);
      await service.start();
      report(`${service.name} on port ${service.port}`);
    }),
    gateway.start().then(
      () => report(`gateway on ${baseUrl}`),
      (error) => {
        throw settings.port !== 0 && error instanceof PortLost ? new StartRefused(portTaken(port)) : error;
      },
    ),
  ];
  await Promise.all(starts).catch(async (error) => {
    failed.abort();
    await Promise.allSettled(starts);
    throw error;
  });

  const { engines } = parts;
  return {
    baseUrl,
    startupSeconds: 0,
    transport: settings.transport,
    mongoUri: urls.mongo,
    natsUrl: urls.broker,
    natsMonitorUrl: urls.brokerMonitor,
    redisUrl: urls.redis,
    processes: [
      ...[engines?.mongo, engines?.broker, engines?.redis],
      ...parts.services.filter((service) => !leftOut.has(service)),
      parts.gateway,
    ]
      .filter((each) => each !== undefined)
      .map((each) => ({ name: each.name, pid: each.pid, port: each.port })),
    ...Object.assign({}, ...rows.map((row) => row.tells?.(urlOf(row.name) ?? '') ?? {})),
  };
};

const stopProcesses = async (parts: Parts, report: (line: string) => void): Promise<void> => {
  if (parts.gateway?.isRunning) {
    report('Stopping the gateway: no new requests');
    await parts.gateway.stop();
  }
  const running = parts.services.filter((service) => service.isRunning);
  if (running.length > 0) report(`Stopping ${running.map(({ name }) => name).join(', ')}`);
  await Promise.all(running.map((service) => service.stop()));
};

const stopParts = async (parts: Parts, report: (line: string) => void): Promise<void> => {
  await stopProcesses(parts, report);
  const { broker, redis, mongo } = parts.engines ?? {};
  for (const engine of [broker, redis, mongo]) {
    if (engine === undefined) continue;
    report(`Stopping ${engine.name}`);
    await engine.stop();
  }
};
