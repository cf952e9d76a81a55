/**
 * `npm run check:manifests`: every overlay, every component and every Job of restored/ renders, and what comes out is
 * what Kubernetes knows (kubeconform, strict) and what its users advise (kube-linter); skaffold.yaml is what Skaffold
 * knows, and the workflows what GitHub knows. Needs no cluster. A tool that cannot be had fails the check: what was not
 * looked at has not passed.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { execute } from '../local/engines/execute.ts';
import { root } from '../local/setup.mjs';
import { components, manifestsFolder, overlays, render, renderWith, restoredJobs } from './checks/render.ts';
import { KUBERNETES, schemasFolder, skaffoldSchema } from './checks/schemas.ts';
import { locateTool } from './checks/tools.ts';

const LOOK_MS = 5 * 60_000;

const report = (line: string) => process.stderr.write(`${line}\n`);
let failed = 0;

/** One line for what passed, and everything there is to say of what did not. */
const check = async (name: string, look: () => Promise<void>): Promise<void> => {
  const since = Date.now();
  const seconds = () => ((Date.now() - since) / 1000).toFixed(1);
  try {
    await look();
    process.stdout.write(`✓ ${name} (${seconds()} s)\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(
      `\n✗ ${name} (${seconds()} s)\n${error instanceof Error ? error.message : error}\n\n`,
    );
  }
};

/** Runs a tool over files. @throws with everything it said */
const expectNothingToSay = async (command: string, args: readonly string[]): Promise<void> => {
  const { ok, stdout, stderr } = await execute(command, args, { timeoutMs: LOOK_MS });
  if (!ok) throw new Error(`${stdout}${stderr}`.trim());
};

const rendered = await mkdtemp(path.join(tmpdir(), 'ticketing-manifests-'));
try {
  const files: string[] = [];
  const keep = async (name: string, yaml: string) => {
    const file = path.join(rendered, `${name}.yaml`);
    // Our own images have no tag here: Skaffold names the one it has built.
    await writeFile(file, yaml.replaceAll(/image: (ticketing\/\w+)$/gm, 'image: $1:built'));
    files.push(file);
  };
  // First what takes longest, so that a reader sees it is at work.
  const kustomize = locateTool('kustomize', report);
  await check('kustomize can be had', async () => void (await kustomize));

  for (const overlay of await overlays()) {
    await check(`overlays/${overlay} renders`, async () => {
      await keep(`overlay-${overlay}`, await render(path.join(manifestsFolder, 'overlays', overlay)));
    });
  }
  for (const job of await restoredJobs()) {
    await check(`restored/${job} renders`, async () => {
      await keep(`restored-${job}`, await render(path.join(manifestsFolder, 'restored', job)));
    });
  }
  const all = await components();
  for (const component of all) {
    await check(`components/${component} renders`, async () => {
      await keep(`component-${component}`, await renderWith([component]));
    });
  }
  await check('all components render together', async () => {
    await keep('components-all', await renderWith(all));
  });

  await check(`every manifest is what Kubernetes ${KUBERNETES} knows (kubeconform)`, async () => {
    const kubeconform = await locateTool('kubeconform', report);
    const schemas = await schemasFolder();
    const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
    await expectNothingToSay(kubeconform, ['-strict', '-schema-location', location, ...files]);
  });

  await check('nothing that is advised against (kube-linter)', async () => {
    const linter = await locateTool('kube-linter', report);
    const config = path.join(manifestsFolder, 'kube-linter.yaml');
    await expectNothingToSay(linter, ['lint', '--config', config, ...files]);
  });

  await check('.github/workflows is what GitHub knows (actionlint)', async () => {
    const actionlint = await locateTool('actionlint', report);
    const folder = path.join(root, '.github/workflows');
    const workflows = (await readdir(folder)).map((file) => path.join(folder, file));
    // The shell in them is short; the tools that would look at it are not everywhere.
    await expectNothingToSay(actionlint, ['-shellcheck=', '-pyflakes=', ...workflows]);
  });

  await check('skaffold.yaml is what Skaffold knows', async () => {
    const written = parse(await readFile(path.join(root, 'skaffold.yaml'), 'utf8'), { merge: true });
    // What begins with a dot is for references within the file.
    const config = Object.fromEntries(Object.entries(written).filter(([key]) => !key.startsWith('.')));
    // Skaffold describes itself with words of its own beside JSON schema's, as `preferredOrder`.
    const ajv = new Ajv({ strict: false, allErrors: true });
    const validate = ajv.compile(await skaffoldSchema(String(config.apiVersion)));
    if (!validate(config)) {
      const lines = (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
      throw new Error(lines.join('\n'));
    }
  });
} finally {
  await rm(rendered, { recursive: true, force: true });
}
if (failed > 0) {
  process.stdout.write(`Checks of manifests failed: ${failed}.\n`);
  process.exitCode = 1;
} else {
  process.stdout.write('All checks of manifests passed.\n');
}
