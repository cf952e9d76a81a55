/**
 * The whole system, started from code as `npm start` starts it: for tests of the whole, and for the bench.
 *
 *     const system = await startSystem({ home, replicas: { orders: 3 }, env: { RATE_LIMITS: 'off' } });
 *     await system.service('orders', 1).kill();
 *     await system.engines.broker?.restart();
 *     await system.stop();
 */
import { root } from '../setup.mjs';
import type { LogLine } from './log-line.ts';
import { type ServiceRow, services } from './services.ts';
import { isSetting, readSettings, type Transport } from './settings.ts';
import { type System, startSystem as startPlanned } from './system.ts';

export { databaseUrl, inherited } from './environment.ts';
export type { LogLine } from './log-line.ts';
export type { RunFile } from './run-file.ts';
export type { ServiceRow, Surroundings } from './services.ts';
export { StartRefused } from './start-refused.ts';
export type { Death, SupervisedProcess } from './supervised.ts';
export type { System } from './system.ts';

export interface SystemOptions {
  /** Its data, keys and logs; made if missing. Two at once need two. */
  readonly home: string;
  /** Of the gateway; any free one by default. */
  readonly port?: number;
  readonly holdSeconds?: number;
  readonly transport?: Transport;
  /** The client is part of it (default: no). */
  readonly client?: boolean;
  /** Demo accounts and tickets are put in (default: no). */
  readonly seed?: boolean;
  /** A service that is not started; it can be, later. */
  readonly without?: string;
  /** Everything from its sources, and anew when they change, as `npm run dev` (default: no). */
  readonly dev?: boolean;
  /** Settings by their names (`RATE_LIMITS`, `MONGO_URL`, …); any other is given to every service as it is. */
  readonly env?: Readonly<Record<string, string>>;
  /** Service → how many of it run side by side; the gateway lets them take turns. */
  readonly replicas?: Readonly<Record<string, number>>;
  /** Instead of the ones of `npm start`. */
  readonly services?: readonly ServiceRow[];
  /** Compile what is not up to date first (default: yes). */
  readonly build?: boolean;
  readonly report?: (line: string) => void;
  readonly showLog?: (line: LogLine) => void;
  readonly signal?: AbortSignal;
}

/**
 * Starts everything and resolves once all of it is ready. The environment of this process is not looked at for
 * settings, so that a test runs the same everywhere.
 *
 * @throws {StartRefused} with what is wrong; nothing is left running then
 */
export const startSystem = (options: SystemOptions): Promise<System> => {
  const {
    home,
    port = 0,
    holdSeconds,
    transport,
    client = false,
    seed = false,
    without,
    dev = false,
    env = {},
  } = options;
  const settings = readSettings(
    {
      ...env,
      PORT: String(port),
      TICKETING_HOME: home,
      ...(holdSeconds === undefined ? {} : { ORDER_HOLD_SECONDS: String(holdSeconds) }),
      ...(transport === undefined ? {} : { TRANSPORT: transport }),
    },
    { client, seed, without, dev },
    { root, cwd: process.cwd() },
  );
  return startPlanned({
    settings,
    rows: options.services ?? services,
    replicas: options.replicas ?? {},
    passedOn: Object.fromEntries(Object.entries(env).filter(([name]) => !isSetting(name))),
    build: options.build ?? true,
    since: Date.now(),
    report: options.report ?? (() => {}),
    showLog: options.showLog,
    signal: options.signal ?? new AbortController().signal,
  });
};
