import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { namesOf } from '@ticketing/local/services';
import { type System, type SystemOptions, startSystem } from '@ticketing/local/supervisor';

/** The services that have a database each, of their own name. */
export const withDatabase: readonly string[] = namesOf({ store: 'mongo' });

export interface SystemUnderTest {
  readonly baseUrl: string;
  /** Undefined where the tests run against a system that somebody else has started. */
  readonly own: System | undefined;
  end(): Promise<void>;
}

export type OwnSystem = System & { end(): Promise<void> };

/** A system of this test's own, started as `npm start` does, on free ports, with a folder of its own. */
export const ownSystem = async (options: Omit<SystemOptions, 'home'> = {}): Promise<OwnSystem> => {
  const home = await mkdtemp(path.join(tmpdir(), 'ticketing-system-'));
  const lines: string[] = [];
  try {
    const system = await startSystem({
      ...options,
      home,
      env: { RATE_LIMITS: 'off', LOG_LEVEL: 'warn', ...options.env },
      report: (line) => lines.push(line),
    });
    return {
      ...system,
      async end() {
        await system.stop();
        await rm(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw new Error(`the system did not start:\n${lines.join('\n')}`, { cause: error });
  }
};

/** The system that `BASE_URL` names, or one of our own with a short hold. */
export const systemUnderTest = async (options?: Omit<SystemOptions, 'home'>): Promise<SystemUnderTest> => {
  const given = process.env.BASE_URL;
  if (given) return { baseUrl: given.replace(/\/$/, ''), own: undefined, end: async () => {} };
  const own = await ownSystem(options);
  return { baseUrl: own.baseUrl, own, end: own.end };
};
