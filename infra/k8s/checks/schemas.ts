/**
 * JSON schemas of everything our manifests may name, made from what its makers publish: Kubernetes' own OpenAPI
 * description, and the resource definitions of cert-manager, the Gateway API and the Prometheus operator. Strict: a
 * field that is not described is an error, as a typing error would be.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { cachedFolder, moduleFolder } from './tools.ts';

/** The one whose API our manifests are written for. */
export const KUBERNETES = '1.34.4';

const definitionModules = [
  { module: 'sigs.k8s.io/gateway-api@v1.3.0', folder: 'config/crd/standard' },
  { module: 'github.com/cert-manager/cert-manager@v1.18.2', folder: 'deploy/crds' },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
  },
];

type Schema = { [key: string]: unknown };

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Changes to this file's rules, or to a version above, make new schemas. */
const VERSION = `2-${KUBERNETES}-${definitionModules.map(({ module }) => module.split('@v')[1]).join('-')}`;

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** The same schema, in which nothing may stand that is not described, and what Kubernetes writes in two ways may be both. */
const strict = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(strict);
  if (!isSchema(value)) return value;
  const schema = Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'description' && key !== 'default')
      .map(([key, inner]) => [
        key,
        key === 'properties' && isSchema(inner)
          ? Object.fromEntries(Object.entries(inner).map(([name, property]) => [name, strict(property)]))
          : strict(inner),
      ]),
  );
  if (value['x-kubernetes-int-or-string'] === true || value.format === 'int-or-string') {
    return { type: ['integer', 'string'] };
  }
  const isOpen = value['x-kubernetes-preserve-unknown-fields'] === true;
  if (isSchema(schema.properties) && schema.additionalProperties === undefined && !isOpen) {
    schema.additionalProperties = false;
  }
  return schema;
};

/** As kubeconform looks for it. */
const fileName = (kind: string, group: string, version: string): string =>
  `${kind}-${group === '' ? '' : `${group.split('.')[0]}-`}${version}.json`.toLowerCase();

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const definitionNames = (value: unknown, into: Set<string>): void => {
  if (Array.isArray(value)) for (const each of value) definitionNames(each, into);
  else if (isSchema(value)) {
    if (typeof value.$ref === 'string') into.add(value.$ref.replace('#/definitions/', ''));
    for (const each of Object.values(value)) definitionNames(each, into);
  }
};

/** What a definition needs, itself included. */
const closure = (name: string, all: Readonly<Record<string, Schema>>): Record<string, unknown> => {
  const needed = new Set([name]);
  for (const each of needed) definitionNames(all[each], needed);
  return Object.fromEntries([...needed].map((each) => [each, all[each]]));
};

const writeKubernetes = async (folder: string): Promise<void> => {
  const sources = await moduleFolder(`k8s.io/kubernetes@v${KUBERNETES}`);
  const { definitions } = JSON.parse(
    await readFile(path.join(sources, 'api/openapi-spec/swagger.json'), 'utf8'),
  ) as { definitions: Record<string, Schema> };
  const ours = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [
      name,
      name === QUANTITY ? { type: ['string', 'number'] } : (strict(schema) as Schema),
    ]),
  );
  for (const [name, schema] of Object.entries(definitions)) {
    const kinds = schema['x-kubernetes-group-version-kind'] as GroupVersionKind[] | undefined;
    // Those of many groups at once (DeleteOptions) are no resources.
    if (kinds?.length !== 1 || kinds[0] === undefined) continue;
    const { group, version, kind } = kinds[0];
    const resource = { $ref: `#/definitions/${name}`, definitions: closure(name, ours) };
    await writeFile(path.join(folder, fileName(kind, group, version)), JSON.stringify(resource));
  }
};

interface ResourceDefinition {
  readonly kind?: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

const writeDefinitions = async (folder: string): Promise<void> => {
  for (const { module, folder: within } of definitionModules) {
    const sources = path.join(await moduleFolder(module), within);
    for (const file of (await readdir(sources)).filter((each) => each.endsWith('.yaml'))) {
      const definition = parse(await readFile(path.join(sources, file), 'utf8')) as ResourceDefinition | null;
      if (definition?.kind !== 'CustomResourceDefinition') continue;
      const { group, names, versions } = definition.spec;
      for (const { name: version, schema } of versions) {
        const resource = strict(schema.openAPIV3Schema) as Schema;
        // Kubernetes describes these itself, wherever it says no more than that they are an object.
        resource.properties = { ...(resource.properties as Schema), metadata: { type: 'object' } };
        await writeFile(path.join(folder, fileName(names.kind, group, version)), JSON.stringify(resource));
      }
    }
  }
};

/**
 * The folder of schemas, made the first time.
 * @throws {ToolUnavailable}
 */
export const schemasFolder = (): Promise<string> =>
  cachedFolder(`schemas-${VERSION}`, async (folder) => {
    await writeKubernetes(folder);
    await writeDefinitions(folder);
  });

/** The schema of skaffold.yaml, as its makers publish it with their sources. @throws {ToolUnavailable} */
export const skaffoldSchema = async (apiVersion: string): Promise<object> => {
  const sources = await moduleFolder('github.com/GoogleContainerTools/skaffold/v2@v2.16.1');
  const name = `${apiVersion.replace('skaffold/', '')}.json`;
  return JSON.parse(await readFile(path.join(sources, 'docs-v2/content/en/schemas', name), 'utf8'));
};
