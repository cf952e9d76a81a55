import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { withLock } from '../lock.mjs';
import { catalogue, type EngineSpec } from './catalogue.ts';
import type { EngineName, Report } from './engine-name.ts';
import { execute } from './execute.ts';
import type { Source } from './source.ts';
import { isAtLeast } from './version.ts';

/** An engine that can be started, and that has told us its version. */
export type LocatedEngine = { name: EngineName; version: string; origin: 'PATH' | 'cache' | 'container' } & (
  | { command: string }
  | { image: string }
);

export interface LocateOptions {
  report?: Report;
  /** Instead of this process's own: `PATH`, `XDG_CACHE_HOME`, `TICKETING_CACHE`, and what sources read. */
  env?: NodeJS.ProcessEnv;
}

/** No engine, and how to get one: the message is for the person who ran the command. */
export class EngineUnavailable extends Error {
  override name = 'EngineUnavailable';
}

/**
 * Finds an engine, or fetches it: a binary on the PATH, else one in the per-user cache, else one fetched into
 * it, else a container. Each is asked for its version before it is believed. Several processes may call it at
 * once; one fetches and the others wait.
 *
 * @throws {EngineUnavailable} with what was tried and every way to get it
 */
export const locateEngine = (name: EngineName, options: LocateOptions = {}): Promise<LocatedEngine> =>
  locate(catalogue[name], options);

/** `locateEngine` for any specification; tests give their own. */
export const locate = async (
  spec: EngineSpec,
  { report = () => {}, env = process.env }: LocateOptions = {},
): Promise<LocatedEngine> => {
  const tried: string[] = [];
  const missed = (where: string, why: string, isNews = true) => {
    tried.push(`${where}: ${why}`);
    if (isNews) report(`${spec.name}: ${where}: ${why}; looking further`);
  };

  return (
    (await onPath(spec, env, missed)) ??
    (await cachedOrFetched(spec, env, report, missed)) ??
    (await inContainer(spec, env, missed)) ??
    unavailable(spec, tried)
  );
};

/** Where fetched engines are kept. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string => {
  const base =
    env.TICKETING_CACHE || path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'ticketing.dev');
  return path.join(path.resolve(base), 'engines');
};

type Missed = (where: string, why: string, isNews?: boolean) => void;

const onPath = async (
  spec: EngineSpec,
  env: NodeJS.ProcessEnv,
  missed: Missed,
): Promise<LocatedEngine | undefined> => {
  for (const folder of (env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    const command = path.join(folder, spec.name);
    if (!(await isExecutable(command))) continue;
    const asked = await askVersion(spec, command);
    if ('version' in asked) return { name: spec.name, command, version: asked.version, origin: 'PATH' };
    missed(command, asked.problem);
  }
  missed('PATH', `no ${spec.name} that will do`, false);
  return undefined;
};

const cachedOrFetched = async (
  spec: EngineSpec,
  env: NodeJS.ProcessEnv,
  report: Report,
  missed: Missed,
): Promise<LocatedEngine | undefined> => {
  const cache = cacheFolder(env);
  const cached = await inCache(spec, cache, report);
  if (cached) return cached;
  await mkdir(cache, { recursive: true });
  const onWait = (owner: string) => report(`${spec.name}: waiting for ${owner}, which is fetching it …`);
  return withLock(
    path.join(cache, `.${spec.name}.lock`),
    async () => (await inCache(spec, cache, report)) ?? (await fetched(spec, cache, env, report, missed)),
    { onWait },
  );
};

const inCache = async (
  spec: EngineSpec,
  cache: string,
  report: Report,
): Promise<LocatedEngine | undefined> => {
  for (const source of spec.sources) {
    const command = path.join(installedAt(spec, source, cache), spec.name);
    if (!(await isExecutable(command))) continue;
    const asked = await askVersion(spec, command);
    if ('version' in asked) return { name: spec.name, command, version: asked.version, origin: 'cache' };
    report(`${command}: ${asked.problem}; it will be replaced`);
  }
  return undefined;
};

/** Only under the lock: so whatever an interrupted fetch has left behind is nobody's and is removed. */
const fetched = async (
  spec: EngineSpec,
  cache: string,
  env: NodeJS.ProcessEnv,
  report: Report,
  missed: Missed,
): Promise<LocatedEngine | undefined> => {
  const unfinished = `.fetching-${spec.name}-`;
  for (const entry of await readdir(cache)) {
    if (entry.startsWith(unfinished)) await rm(path.join(cache, entry), { recursive: true, force: true });
  }
  for (const source of spec.sources) {
    const staged = await mkdtemp(path.join(cache, unfinished));
    try {
      const since = Date.now();
      await source.fetch(staged, report, env);
      await chmod(path.join(staged, spec.name), 0o755);
      const asked = await askVersion(spec, path.join(staged, spec.name));
      if (!('version' in asked)) throw new Error(asked.problem);
      const installed = installedAt(spec, source, cache);
      await rm(installed, { recursive: true, force: true });
      // In one step: nobody ever sees half an engine under its final name.
      await rename(staged, installed);
      report(`${spec.name} ${asked.version} is ready (${Math.round((Date.now() - since) / 1000)} s).`);
      return {
        name: spec.name,
        command: path.join(installed, spec.name),
        version: asked.version,
        origin: 'cache',
      };
    } catch (error) {
      missed(source.label, error instanceof Error ? error.message : String(error));
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
  }
  return undefined;
};

const inContainer = async (
  spec: EngineSpec,
  env: NodeJS.ProcessEnv,
  missed: Missed,
): Promise<LocatedEngine | undefined> => {
  const { image, version } = spec.container;
  const docker = await execute('docker', ['version', '--format', '{{.Server.Version}}'], {
    env,
    timeoutMs: 5_000,
  });
  if (docker.ok) return { name: spec.name, image, version, origin: 'container' };
  missed(`container ${image}`, docker.reason);
  return undefined;
};

const installedAt = (spec: EngineSpec, source: Source, cache: string): string =>
  path.join(cache, `${spec.name}-${source.version}`);

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

const askVersion = async (
  spec: EngineSpec,
  command: string,
): Promise<{ version: string } | { problem: string }> => {
  const answer = await execute(command, spec.versionArgs, { timeoutMs: 30_000 });
  const version = spec.versionPattern.exec(answer.stdout + answer.stderr)?.[1];
  if (!answer.ok || version === undefined)
    return { problem: `does not run (${answer.reason || 'no version'})` };
  if (!isAtLeast(version, spec.minimum)) return { problem: `is ${version}, older than ${spec.minimum}` };
  return { version };
};

const unavailable = (spec: EngineSpec, tried: readonly string[]): never => {
  const ways = [
    `${spec.urlVariable}=… in the environment: a server that runs already (${spec.minimum} or newer)`,
    `${spec.name} ${spec.minimum} or newer on the PATH: ${spec.install}`,
    ...spec.sources.map((source) => `fetched by itself, where it can be reached: ${source.label}`),
    `a running docker, for the image ${spec.container.image}`,
  ];
  throw new EngineUnavailable(
    [
      `No ${spec.name} could be had; it is ${spec.purpose}. Tried:`,
      ...tried.map((line) => `  - ${line}`),
      'Any one of these helps:',
      ...ways.map((way) => `  - ${way}`),
    ].join('\n'),
  );
};
