import { setTimeout as delay } from 'node:timers/promises';
import {
  type RunningEngine,
  type StartOptions,
  startJetStream,
  startMongo,
  startNatsStreaming,
  startRedis,
} from '../engines/index.ts';
import { type Look, lookAtBroker, lookAtMongo, lookAtRedis } from './given-servers.ts';
import type { Home } from './home.ts';
import type { ProcessesRecord } from './processes-record.ts';
import type { Need } from './services.ts';
import type { Settings } from './settings.ts';
import { StartRefused } from './start-refused.ts';
import type { Death } from './supervised.ts';

/** Where the servers are, ours or given. */
export interface EngineUrls {
  readonly mongo: string;
  readonly broker: string;
  /** Where the broker tells about itself; undefined for JetStream of our own, and where it was not said of a given one. */
  readonly brokerMonitor: string | undefined;
  readonly redis: string | undefined;
}

/** A server of ours; its end is no surprise when it was asked for here. */
export type SupervisedEngine = Pick<
  RunningEngine,
  'name' | 'version' | 'url' | 'port' | 'monitorUrl' | 'pid' | 'logFile' | 'stop' | 'kill' | 'restart'
>;

/** Those that we started, in the order in which they are stopped: what writes last is stopped last. */
export interface Engines {
  readonly broker: SupervisedEngine | undefined;
  readonly redis: SupervisedEngine | undefined;
  readonly mongo: SupervisedEngine | undefined;
}

type EngineRole = keyof Engines;

export interface EnginesOptions {
  readonly settings: Settings;
  readonly needs: ReadonlySet<Need>;
  readonly home: Home;
  readonly record: ProcessesRecord;
  readonly report: (line: string) => void;
  readonly onDeath: (death: Death) => void;
  readonly abort: AbortSignal;
}

export interface StartedEngines {
  readonly engines: Engines;
  readonly urls: EngineUrls;
}

/** How long a start that is no longer wanted is waited for: it may be in the middle of a download. */
const ABANDON_MS = 3_000;

/**
 * Starts the engines that services need, side by side, or finds that the given ones will do.
 * @throws {StartRefused} for a given one that does not, and what to do; what `engines` throws; either way none is left running
 */
export const startEngines = async (options: EnginesOptions): Promise<StartedEngines> => {
  const { settings, needs, home, report, abort } = options;
  const started: Partial<Record<EngineRole, SupervisedEngine>> = {};
  let isAbandoned = false;

  const start = async (
    role: EngineRole,
    begin: (options: StartOptions) => Promise<RunningEngine>,
  ): Promise<string> => {
    const folder = role === 'broker' ? settings.transport : role;
    const engine = await begin({ dataDir: home.dataOf(folder), report }).catch((error) => {
      throw new StartRefused(error instanceof Error ? error.message : String(error));
    });
    if (isAbandoned) {
      await engine.stop();
      throw new Error('no longer wanted');
    }
    started[role] = superviseEngine(engine, options);
    report(`${engine.name} ${engine.version} on port ${engine.port}`);
    return engine.url;
  };
  const use = async (variable: string, url: string, look: Look): Promise<string> => {
    const wrong = await look(url).catch(
      (error) => `does not answer (${error instanceof Error ? error.message : error}).\nStart it,`,
    );
    if (wrong !== undefined) {
      throw new StartRefused(
        `${variable} names a server that ${wrong} or unset ${variable}: one of our own is used then.`,
      );
    }
    report(`${variable} of the environment is used`);
    return url;
  };

  const { mongoUrl, natsUrl, natsMonitorUrl, redisUrl } = settings;
  const all = [
    mongoUrl === undefined ? start('mongo', startMongo) : use('MONGO_URL', mongoUrl, lookAtMongo),
    natsUrl === undefined
      ? start('broker', settings.transport === 'jetstream' ? startJetStream : startNatsStreaming)
      : use('NATS_URL', natsUrl, lookAtBroker(settings.transport)),
    !needs.has('redis')
      ? Promise.resolve(undefined)
      : redisUrl === undefined
        ? start('redis', startRedis)
        : use('REDIS_URL', redisUrl, lookAtRedis),
  ] as const;
  const aborted = new Promise<never>((_, reject) => {
    const giveUp = () => reject(abort.reason);
    if (abort.aborted) giveUp();
    else abort.addEventListener('abort', giveUp, { once: true });
  });
  try {
    const [mongo, broker, redis] = await Promise.race([Promise.all(all), aborted]);
    const { broker: ourBroker, redis: ourRedis, mongo: ourMongo } = started;
    const brokerMonitor = natsUrl === undefined ? ourBroker?.monitorUrl : natsMonitorUrl;
    return {
      urls: { mongo, broker, brokerMonitor, redis },
      engines: { broker: ourBroker, redis: ourRedis, mongo: ourMongo },
    };
  } catch (error) {
    isAbandoned = true;
    // Those still starting stop themselves when they get there; the rest we stop.
    await Promise.race([Promise.allSettled(all), delay(ABANDON_MS, undefined, { ref: false })]);
    await Promise.allSettled(Object.values(started).map((engine) => engine.stop()));
    throw error;
  }
};

const superviseEngine = (
  engine: RunningEngine,
  { record, onDeath }: Pick<EnginesOptions, 'record' | 'onDeath'>,
): SupervisedEngine => {
  let isWanted = true;
  const watch = () => {
    const { process: child, pid, name, logFile } = engine;
    record.add({ name, role: 'engine', pid });
    child.once('exit', (code, signal) => {
      record.remove(pid);
      const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      if (isWanted) onDeath({ name, pid, how, logFile });
    });
  };
  watch();
  return {
    ...engine,
    get pid() {
      return engine.pid;
    },
    stop: () => {
      isWanted = false;
      return engine.stop();
    },
    kill: () => {
      isWanted = false;
      return engine.kill();
    },
    restart: async () => {
      isWanted = false;
      await engine.restart();
      isWanted = true;
      watch();
    },
  };
};
