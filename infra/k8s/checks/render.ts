import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { execute } from '../../local/engines/execute.ts';
import { locateTool } from './tools.ts';

export const manifestsFolder = path.resolve(import.meta.dirname, '..');

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** `kustomize build` of a folder. @throws what kustomize says is wrong */
export const render = async (folder: string): Promise<string> => {
  const kustomize = await locateTool('kustomize');
  const { ok, stdout, stderr } = await execute(kustomize, ['build', folder], { timeoutMs: 60_000 });
  if (!ok) throw new Error(stderr.trim());
  return stdout;
};

export const resourcesIn = (yaml: string): Resource[] =>
  parseAllDocuments(yaml).map((document) => document.toJS() as Resource);

/** The base, or an overlay, with these components, as an overlay of one's own would have them. */
export const renderWith = async (components: readonly string[], over = 'base'): Promise<string> => {
  // By its real name: kustomize takes no absolute paths, and a relative one must not begin behind a link.
  const folder = await mkdtemp(path.join(await realpath(tmpdir()), 'ticketing-overlay-'));
  const from = path.relative(folder, await realpath(manifestsFolder));
  try {
    await writeFile(
      path.join(folder, 'kustomization.yaml'),
      JSON.stringify({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: [path.join(from, over)],
        components: components.map((component) => path.join(from, 'components', component)),
      }),
    );
    return await render(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const foldersIn = async (folder: string): Promise<string[]> =>
  (await readdir(path.join(manifestsFolder, folder), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

export const overlays = () => foldersIn('overlays');

/** What an operator applies by hand once a database was restored; `base` is what they have in common. */
export const restoredJobs = async (): Promise<string[]> =>
  (await foldersIn('restored')).filter((name) => name !== 'base');

/** In an order in which they can be named together: cert-manager has to see the Gateway. */
export const components = async (): Promise<string[]> => {
  const all = await foldersIn('components');
  return ['gateway-api', ...all.filter((name) => name !== 'gateway-api')];
};
