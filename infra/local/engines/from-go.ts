import { tmpdir } from 'node:os';
import { execute } from './execute.ts';
import type { Source } from './source.ts';

/** Builds an executable from its Go module; go checks the sources against the public checksum database. */
export const fromGo = ({ module, version }: { module: string; version: string }): Source => ({
  label: `go install ${module}@v${version}`,
  version,
  fetch: async (folder, report, env) => {
    const go = await execute('go', ['version'], { env, timeoutMs: 20_000 });
    if (!go.ok) throw new Error('no go found (https://go.dev/dl)');
    report(
      `Building ${module.slice(module.lastIndexOf('/') + 1)} ${version} with go install (about a minute) …`,
    );
    const built = await execute('go', ['install', `${module}@v${version}`], {
      // Away from whatever go.mod, go.work or vendor folder stands around the current directory.
      cwd: tmpdir(),
      env: { ...env, GOBIN: folder, GO111MODULE: 'on', GOWORK: 'off', CGO_ENABLED: '0', GOFLAGS: '' },
      timeoutMs: 15 * 60_000,
    });
    if (!built.ok) throw new Error(`go install: ${built.reason}`);
  },
});
