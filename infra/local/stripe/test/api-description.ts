import { Ajv, type ValidateFunction } from 'ajv';

type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the stand-in can show; anything else that could stand in place of an id need not be described here. */
const ours = ['charge', 'payment_intent', 'payment_method', 'refund'].map(
  (name) => `#/components/schemas/${name}`,
);

/**
 * Fields that Stripe's API has by now, and that this description, a version older, does not list yet. Each is required
 * by the types of the SDK.
 */
const newer: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ['payment_record', 'source'],
  charge: ['source'],
  refund: ['payment_method'],
  payment_method_details_card: ['authorization_code', 'electronic_commerce_indicator', 'transaction_link_id'],
};

/**
 * A JSON Schema of the OpenAPI 3.0 kind, as ajv understands it, and stricter in one thing: a field that the description
 * does not name is an error, so that we invent none.
 */
const toJsonSchema = (schema: unknown, name?: string): unknown => {
  if (Array.isArray(schema)) return schema.map((each) => toJsonSchema(each));
  if (!isSchema(schema)) return schema;
  const { nullable, properties, anyOf, items, additionalProperties, enum: values, $ref, ...rest } = schema;
  if (typeof $ref === 'string') return { $ref };
  const options = Array.isArray(anyOf) ? anyOf.filter((each) => isPossible(each, schema)) : undefined;
  const converted: Schema = {
    ...Object.fromEntries(
      ['type', 'required', 'maxLength', 'pattern']
        .filter((keyword) => keyword in rest)
        .map((keyword) => [keyword, rest[keyword]]),
    ),
    ...(options === undefined ? {} : { anyOf: options.map((each) => toJsonSchema(each)) }),
    ...(items === undefined ? {} : { items: toJsonSchema(items) }),
    // An empty string among the values only says that a parameter can be unset.
    ...(Array.isArray(values) ? { enum: values } : {}),
    ...(isSchema(properties)
      ? {
          properties: {
            ...Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, toJsonSchema(each)])),
            ...Object.fromEntries((name === undefined ? [] : (newer[name] ?? [])).map((key) => [key, {}])),
          },
          additionalProperties:
            additionalProperties === undefined ? false : toJsonSchema(additionalProperties),
        }
      : additionalProperties === undefined
        ? {}
        : { additionalProperties: toJsonSchema(additionalProperties) }),
  };
  return nullable === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
};

/** Without this, an intent would describe half of Stripe. */
const isPossible = (option: unknown, { 'x-expansionResources': expansion }: Schema): boolean =>
  expansion === undefined ||
  !isSchema(option) ||
  typeof option.$ref !== 'string' ||
  ours.includes(option.$ref);

/** Checks answers against Stripe's own description of its API. */
export class ApiDescription {
  readonly #ajv: Ajv;
  readonly #paths: Record<string, Record<string, Schema>>;

  constructor(description: unknown) {
    const { components, paths } = description as {
      components: { schemas: Record<string, unknown> };
      paths: Record<string, Record<string, Schema>>;
    };
    this.#paths = paths;
    this.#ajv = new Ajv({ strict: false, validateSchema: false, inlineRefs: false, allErrors: true });
    this.#ajv.addSchema(
      {
        components: {
          schemas: Object.fromEntries(
            Object.entries(components.schemas).map(([name, schema]) => [name, toJsonSchema(schema, name)]),
          ),
        },
      },
      'stripe',
    );
  }

  /** What is wrong with an object of this kind (`payment_intent`), nothing where nothing is. */
  problemsOf(kind: string, value: unknown): string[] {
    const validate: ValidateFunction | undefined = this.#ajv.getSchema(`stripe#/components/schemas/${kind}`);
    if (validate === undefined) throw new Error(`${kind} is not described`);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }

  /** The paths and methods that Stripe has. */
  has(method: string, path: string): boolean {
    const wanted = path.split('/');
    return Object.entries(this.#paths).some(([described, methods]) => {
      const parts = described.split('/');
      return (
        method in methods &&
        parts.length === wanted.length &&
        parts.every((part, i) => part === wanted[i] || (part.startsWith('{') && wanted[i]?.startsWith(':')))
      );
    });
  }
}
