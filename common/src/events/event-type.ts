import { z } from 'zod';

/** What every state carries: whose it is, and how new. */
export interface Versioned {
  readonly id: string;
  readonly version: number;
}

/**
 * A kind of event: its name, the aggregate it tells of, and the schema of the state it carries.
 * `D` is the state; the schema is what a consumer checks with.
 */
export interface EventType<T extends string = string, D extends Versioned = Versioned> {
  readonly type: T;
  readonly aggregate: string;
  readonly state: z.ZodType<D>;
}

/** CloudEvents 1.0 in structured JSON (https://github.com/cloudevents/spec), with the W3C trace context extension. */
export interface CloudEvent<T extends string = string, D extends Versioned = Versioned> {
  readonly specversion: '1.0';
  /** `<aggregate>/<id>@<version>`: the same state published again has the same id. */
  readonly id: string;
  /** The service that published it. */
  readonly source: string;
  readonly type: T;
  /** The aggregate's id. */
  readonly subject: string;
  /** ISO 8601 in UTC: when the change was saved, or when its state was told again. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly traceparent?: string;
  readonly data: D;
}

/** The CloudEvent that a type of event carries. */
export type EventOf<E> = E extends EventType<infer T, infer D> ? CloudEvent<T, D> : never;

/** The state that a type of event carries. */
export type StateOf<E> = E extends EventType<string, infer D> ? D : never;

export const defineEvent = <const T extends string, D extends Versioned>(
  type: T,
  aggregate: string,
  state: z.ZodType<D>,
): EventType<T, D> => ({ type, aggregate, state });

/** `ticket/64f…@3` */
export const eventId = (aggregate: string, state: Versioned): string =>
  `${aggregate}/${state.id}@${state.version}`;

/**
 * Wraps a state in its envelope. The state is copied as JSON has it, without what is `undefined`: a store would keep
 * that as `null`, which consumers refuse.
 */
export const envelope = <T extends string, D extends Versioned>(
  eventType: EventType<T, D>,
  state: D,
  about: { source: string; time: Date; traceparent?: string | undefined },
): CloudEvent<T, D> => ({
  specversion: '1.0',
  id: eventId(eventType.aggregate, state),
  source: about.source,
  type: eventType.type,
  subject: state.id,
  time: about.time.toISOString(),
  datacontenttype: 'application/json',
  ...(about.traceparent === undefined ? {} : { traceparent: about.traceparent }),
  data: JSON.parse(JSON.stringify(state)) as D,
});

/** A message that is not what its type promises. It can never succeed, so it is not tried again. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(256),
  source: z.string().min(1).max(256),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().max(256).optional(),
});

/** Made once for each type: zod compiles a schema at its first check, which costs far more than the check. */
const schemas = new WeakMap<object, z.ZodType>();

const schemaOf = (eventType: EventType): z.ZodType => {
  const known = schemas.get(eventType);
  if (known) return known;
  const schema = envelopeSchema.extend({ type: z.literal(eventType.type), data: eventType.state });
  schemas.set(eventType, schema);
  return schema;
};

/**
 * Checks a message at the consumer's door. What it does not know of it is left as it is: a consumer's copy of a state keeps all
 * of it (docs/protocol.md, rule 8), and a newer publisher does no harm.
 * @param eventType what the subscription expects
 * @param message parsed JSON from a broker
 * @throws {InvalidEvent} with every violation listed
 */
export const parseEvent = <T extends string, D extends Versioned>(
  eventType: EventType<T, D>,
  message: unknown,
): CloudEvent<T, D> => {
  const parsed = schemaOf(eventType).safeParse(message);
  if (!parsed.success) {
    const why = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
    throw new InvalidEvent(`not a valid ${eventType.type}: ${why.join('; ')}`);
  }
  // The message itself: a schema gives back only what it knows.
  const event = message as CloudEvent<T, D>;
  if (event.subject !== event.data.id || event.id !== eventId(eventType.aggregate, event.data)) {
    throw new InvalidEvent(`not a valid ${eventType.type}: id or subject is not that of its data`);
  }
  return event;
};
