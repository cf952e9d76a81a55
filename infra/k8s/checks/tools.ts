/** The programs that look at manifests and workflows, each of one version, kept in the per-user cache beside the engines. */
import { access, constants, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../local/engines/execute.ts';
import { cacheFolder } from '../../local/engines/locate.ts';
import { withLock } from '../../local/lock.mjs';

interface Tool {
  /** What `go install` is given. */
  readonly package: string;
  readonly version: string;
  /** Its module, and where its source is to be had, where its own address is not served everywhere. */
  readonly mirror?: { readonly module: string; readonly source: string };
}

const tools = {
  kustomize: { package: 'sigs.k8s.io/kustomize/kustomize/v5', version: 'v5.7.1' },
  kubeconform: { package: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.7.0' },
  'kube-linter': {
    package: 'golang.stackrox.io/kube-linter/cmd/kube-linter',
    version: 'v0.8.3',
    mirror: { module: 'golang.stackrox.io/kube-linter', source: 'github.com/stackrox/kube-linter' },
  },
  actionlint: { package: 'github.com/rhysd/actionlint/cmd/actionlint', version: 'v1.7.7' },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

/** A tool, or a source it needs, could not be had; the message says why, and what would help. */
export class ToolUnavailable extends Error {
  override readonly name = 'ToolUnavailable';
}

const BUILD_MS = 20 * 60_000;

const toolsFolder = (): string => path.join(path.dirname(cacheFolder()), 'tools');

const go = async (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const { ok, stdout, reason } = await execute('go', args, {
    cwd,
    env: { ...process.env, GO111MODULE: 'on', GOWORK: 'off', GOFLAGS: '', CGO_ENABLED: '0', ...env },
    timeoutMs: BUILD_MS,
  });
  if (!ok) throw new ToolUnavailable(`go ${args.slice(0, 2).join(' ')}: ${reason} (go: https://go.dev/dl)`);
  return stdout;
};

/** `go install` wants a module under its own address; a go.mod of ours can say where else it stands. */
const buildFromMirror = async (
  tool: Tool,
  { module, source }: NonNullable<Tool['mirror']>,
  staged: string,
) => {
  const folder = await moduleFolder(`${source}@${tool.version}`);
  const version = /^go (\S+)/m.exec(await readFile(path.join(folder, 'go.mod'), 'utf8'))?.[1] ?? '1.25';
  await writeFile(
    path.join(staged, 'go.mod'),
    `module build\n\ngo ${version}\n\nrequire ${module} ${tool.version}\n\nreplace ${module} => ${source} ${tool.version}\n`,
  );
  // Its own list of checksums, so that what it needs is what its makers had.
  await writeFile(path.join(staged, 'go.sum'), await readFile(path.join(folder, 'go.sum')));
  await go(['build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', `${staged}/`, tool.package], staged);
};

/**
 * A tool of exactly the version named here: from the cache, or built into it. Two processes at once: one builds.
 * @returns the path of its executable
 * @throws {ToolUnavailable}
 */
export const locateTool = async (
  name: ToolName,
  report: (line: string) => void = () => {},
): Promise<string> => {
  const tool: Tool = tools[name];
  const cache = toolsFolder();
  const command = path.join(cache, `${name}-${tool.version.slice(1)}`);
  const isThere = () =>
    access(command, constants.X_OK).then(
      () => true,
      () => false,
    );
  if (await isThere()) return command;
  await mkdir(cache, { recursive: true });
  return withLock(path.join(cache, `.${name}.lock`), async () => {
    if (await isThere()) return command;
    const since = Date.now();
    report(`Building ${name} ${tool.version}; the first time takes a minute or three …`);
    const staged = await mkdtemp(path.join(cache, `.building-${name}-`));
    try {
      if (tool.mirror === undefined) {
        await go(['install', '-trimpath', '-ldflags=-s -w', `${tool.package}@${tool.version}`], staged, {
          GOBIN: staged,
        });
      } else {
        await buildFromMirror(tool, tool.mirror, staged);
      }
      await rename(path.join(staged, name), command);
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
    report(`${name} ${tool.version} is ready (${Math.round((Date.now() - since) / 1000)} s).`);
    return command;
  });
};

/**
 * The sources of a Go module, unpacked; schemas come with them.
 * @param module `name@version`
 * @throws {ToolUnavailable}
 */
export const moduleFolder = async (module: string): Promise<string> => {
  const answer = await go(['mod', 'download', '-json', module], path.parse(process.cwd()).root);
  const { Dir: folder } = JSON.parse(answer) as { Dir?: string };
  if (folder === undefined) throw new ToolUnavailable(`${module} is not to be had`);
  return folder;
};

/** A folder of the cache that `make` fills once; its name says what is in it. @returns its path */
export const cachedFolder = async (
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> => {
  const cache = toolsFolder();
  const folder = path.join(cache, name);
  const isThere = () =>
    access(folder).then(
      () => true,
      () => false,
    );
  if (await isThere()) return folder;
  await mkdir(cache, { recursive: true });
  return withLock(path.join(cache, `.${name}.lock`), async () => {
    if (await isThere()) return folder;
    const staged = await mkdtemp(path.join(cache, `.making-${name}-`));
    try {
      await make(staged);
      await rename(staged, folder);
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
    return folder;
  });
};
