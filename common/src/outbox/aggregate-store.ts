import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Connection, type Model, type Schema, Types } from 'mongoose';
import { type Clock, systemClock } from '../clock/index.ts';
import { Unavailable } from '../errors/index.ts';
import { withoutUndefined } from '../events/every-field.ts';
import { type CloudEvent, type EventType, envelope, type StateOf, type Versioned } from '../events/index.ts';
import { BusUnavailable } from '../messaging/index.ts';
import { QUERY_MS } from '../store/index.ts';
import { currentTrace } from '../tracing/index.ts';
import type { Decision } from './decision.ts';
import type { Outbox, Relay } from './relay.ts';

/** Somebody else saved a change first. Read again, decide again. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict';
}

/** What came of `change`: the state as it now stands, and whether this call changed it. */
export type Outcome<S> =
  | { readonly kind: 'changed'; readonly state: S }
  | { readonly kind: 'unchanged'; readonly state: S }
  | { readonly kind: 'put off'; readonly state: S; readonly until: Date };

export interface AggregateStoreOptions<S extends Versioned, E extends EventType> {
  readonly mongo: Connection;
  /** Name of the collection, and of the aggregate in metrics: `tickets`. */
  readonly name: string;
  readonly schema: Schema;
  /** The service, the `source` of its events. */
  readonly source: string;
  readonly toPublic: (state: S) => StateOf<E>;
  /** What is derived from the state for queries alone; kept in the document's `index`, written anew with each change. */
  readonly toIndex?: (state: S) => object;
  /** How a state is republished (docs/protocol.md, rule 5). Without it each state is published once, as in some tests. */
  readonly republish?: Republishing<S, E>;
  readonly relay: Relay;
  readonly clock?: Clock;
}

export interface Republishing<S, E> {
  /** The event that tells the present state; undefined for a state that nobody hears of. */
  readonly eventOf: (state: S) => E | undefined;
  /** Nothing waits for this aggregate any more: its last state is told once more, and then no longer. */
  readonly isSettled: (state: S) => boolean | Promise<boolean>;
}

/** Fields that are beside the state: kept in the document, never part of what is decided on or published. */
export interface Beside {
  readonly [field: string]: unknown;
}

/** A state as it was read, the one that follows, and the event that tells of it, if others should hear of it. */
export interface Change<S, E> {
  readonly current: S;
  readonly next: S;
  readonly event: E | undefined;
}

/** A state that consumers have heard of, to be written as it is, and what the store has of it now (docs/protocol.md, rule 8). */
export interface Heard<S, E> {
  readonly current: S | undefined;
  /** Of a higher version than `current`. */
  readonly next: S;
  readonly event: E | undefined;
  /** Instead of what would be written beside the state. */
  readonly beside?: Beside;
}

/** How often `change` reads and decides again before it answers 503. Twenty writers at once settle in far fewer. */
const MAX_CONFLICTS = 50;

/** After this, each saved state is told once more, so that a message a broker has lost locks nothing for ever. */
const TOLD_AGAIN_AFTER_MS = 60_000;
/** What is not settled is told again and again, as often as this. */
const TOLD_EVERY_MS = 5 * 60_000;
const TOLD_AT_ONCE = 100;
/** Documents that are read at once where all of them are read. */
const ALL_AT_ONCE = 500;

/** Of writes that Mongoose does not prepare: the driver would send what is undefined as null. */
const asWritten = { ignoreUndefined: true } as const;

/** What is in the document and no part of the state: the relay's, the queries', the idempotency key's. */
const BESIDE = new Set(['outbox', 'index', 'idempotency', 'savedAt', 'republishAt']);

/**
 * The fields that a state is read from, each by its path. What a newer version has added to a document is not among them,
 * so that it is neither decided on nor refused by the schema when a change is saved.
 */
const statePaths = (schema: Schema, prefix = ''): Record<string, 1> => {
  const paths: Record<string, 1> = {};
  schema.eachPath((name, { schema: inner }) => {
    if (prefix === '' && BESIDE.has(name.split('.', 1)[0] ?? '')) return;
    if (inner === undefined) paths[`${prefix}${name}`] = 1;
    else Object.assign(paths, statePaths(inner, `${prefix}${name}.`));
  });
  return paths;
};

/** Values as they are: an update by a pipeline evaluates strings that begin with `$`, those that people type as well. */
const literally = (values: Record<string, unknown>): Record<string, { readonly $literal: unknown }> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { $literal: value }]));

/** The outbox with this event in it, in place of an older one of the same type: each carries the whole state. */
const withNewest = (event: CloudEvent) => ({
  $concatArrays: [
    {
      $filter: {
        input: { $ifNull: ['$outbox', []] },
        as: 'waiting',
        cond: { $ne: ['$$waiting.type', { $literal: event.type }] },
      },
    },
    [{ $literal: event }],
  ],
});

/**
 * One aggregate, one document, one write (docs/decisions/0001-one-document-one-write.md): each change is a single
 * atomic write, pinned to the version it was decided on, which also appends the event it causes to the document's own
 * outbox.
 *
 * A state `S` is the domain's plain object; in the document its `id` is `_id` (an ObjectId) and optional fields that
 * are `undefined` are absent.
 */
export const aggregateStore = <S extends Versioned, E extends EventType>(
  options: AggregateStoreOptions<S, E>,
) => {
  const { mongo, name, schema, source, toPublic, toIndex, republish, relay } = options;
  const clock = options.clock ?? systemClock;
  const model: Model<Record<string, unknown>> = mongo.model<Record<string, unknown>>(name, schema, name);
  const stateOnly = statePaths(schema);

  /** Fields beside the state that are written anew with each change. */
  const besideOf = (state: S): object => {
    const now = clock.now();
    const told = republish?.eventOf(state) !== undefined;
    return {
      ...(toIndex === undefined ? {} : { index: toIndex(state) }),
      savedAt: now,
      ...(told ? { republishAt: new Date(now.getTime() + TOLD_AGAIN_AFTER_MS) } : {}),
    };
  };

  const toState = (document: Record<string, unknown>): S => {
    const { _id, ...fields } = document;
    return { id: String(_id), ...fields } as unknown as S;
  };

  const toFields = ({ id: _id, version: _version, ...fields }: S): Record<string, unknown> => fields;

  /** The document of a state, but for its id and its outbox. */
  const fieldsOf = (state: S): Record<string, unknown> => ({
    ...withoutUndefined(toFields(state)),
    ...besideOf(state),
    version: state.version,
  });

  const eventFor = (state: S, event: E): CloudEvent =>
    envelope<string, Versioned>(event, toPublic(state), {
      source,
      time: clock.now(),
      traceparent: currentTrace()?.traceparent,
    });

  const outbox: Outbox = { name, model };
  relay.serve(outbox);

  const documentOf = (state: S, event: CloudEvent | undefined, beside: Beside) => ({
    _id: new Types.ObjectId(state.id),
    ...fieldsOf(state),
    ...beside,
    outbox: event === undefined ? [] : [event],
  });

  /**
   * Saves a new aggregate with its first event, if it has one, in one write.
   * @param beside fields kept in the document beside the state (an idempotency key, say)
   * @throws MongoServerError 11000 when a unique index refuses it
   */
  const insert = async (state: S, event: E | undefined, beside: Beside = {}): Promise<S> => {
    const cloudEvent = event && eventFor(state, event);
    const document = documentOf(state, cloudEvent, beside);
    await model.create([document]);
    if (cloudEvent !== undefined) relay.nudge(outbox, document._id, cloudEvent);
    return state;
  };

  const find = async (id: string): Promise<S | undefined> => {
    const document = await model.findById(id, stateOnly).lean<Record<string, unknown>>();
    return document === null ? undefined : toState(document);
  };

  /**
   * What the schema makes of a state that is to be saved, as an insert would: an update by a pipeline is cast and checked
   * by nobody else.
   * @throws {ValidationError} {StrictModeError} for what is not declared so
   */
  const validated = async (fields: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const document = new model(fields);
    await document.validate();
    return document.toObject();
  };

  /**
   * The write that saves a change, pinned to the version it was decided on. Only what has changed is written: a field that a
   * newer version has added, also inside of one that stays as it is, is left alone. Its event takes the place of an older one
   * of the same type that is not published yet (docs/protocol.md, rule 3): so an outbox stays small however long the
   * broker is away, and no type is swallowed by another.
   */
  const writeOf = async (
    { current, next, event }: Change<S, E>,
    version = current.version + 1,
    beside: Beside = {},
  ) => {
    const saved: S = { ...next, id: current.id, version };
    const cloudEvent = event && eventFor(saved, event);
    const { _id, outbox: _outbox, ...values } = await validated({ ...fieldsOf(saved), ...beside });
    const [before, after] = [toFields(current), toFields(saved)];
    const absent = Object.keys({ ...before, ...after }).filter((name) => !(name in values));
    const isSame = (name: string) => name in after && isDeepStrictEqual(before[name], after[name]);
    const changed = Object.fromEntries(Object.entries(values).filter(([name]) => !isSame(name)));
    return {
      saved,
      cloudEvent,
      filter: { _id: new Types.ObjectId(current.id), version: current.version },
      update: [
        {
          $set: {
            ...literally(changed),
            ...(cloudEvent === undefined ? {} : { outbox: withNewest(cloudEvent) }),
          },
        },
        ...(absent.length === 0 ? [] : [{ $unset: absent }]),
      ],
    };
  };

  /**
   * Saves `next` and the event it causes, if any, in one write, if nobody changed the aggregate since `current` was read.
   * @throws {VersionConflict} when somebody did; nothing is saved then
   */
  const commit = async (current: S, next: S, event: E | undefined): Promise<S> => {
    const { saved, cloudEvent, filter, update } = await writeOf({ current, next, event });
    const written = await model.collection.updateOne(filter, update, asWritten);
    if (written.matchedCount === 0) {
      throw new VersionConflict(`${name} ${current.id} is no longer at version ${current.version}`);
    }
    if (cloudEvent !== undefined) relay.nudge(outbox, filter._id, cloudEvent);
    return saved;
  };

  /**
   * Saves changes of different aggregates in one round trip, each as `commit` would; those that somebody else has changed
   * meanwhile are left alone. For many at once: a write each would take its time for the last of them.
   * @returns how many were saved
   */
  const commitAll = async (changes: readonly Change<S, E>[]): Promise<number> => {
    if (changes.length === 0) return 0;
    const writes = (await Promise.all(changes.map((each) => writeOf(each)))).map(({ filter, update }) => ({
      updateOne: { filter, update },
    }));
    const { matchedCount } = await model.collection.bulkWrite(writes, { ordered: false, ...asWritten });
    relay.lookNow();
    return matchedCount;
  };

  /**
   * Writes states that consumers have heard of, each under the version that it has, with its event: in place of an older
   * document, pinned to the version that was read, or as a new one. What waits in an outbox stays there.
   * @throws {TypeError} for one that is not newer than what the store has
   * @throws MongoServerError 11000 when a unique index refuses one; the others are written
   */
  const takeBack = async (heard: readonly Heard<S, E>[]): Promise<void> => {
    if (heard.length === 0) return;
    const writes = await Promise.all(
      heard.map(async ({ current, next, event, beside = {} }) => {
        if (current === undefined) {
          const document = documentOf(next, event && eventFor(next, event), beside);
          return { insertOne: { document: await validated(document) } };
        }
        if (next.version <= current.version)
          throw new TypeError(`${name} ${next.id}@${next.version} is not newer than @${current.version}`);
        const { filter, update } = await writeOf({ current, next, event }, next.version, beside);
        return { updateOne: { filter, update } };
      }),
    );
    await model.collection.bulkWrite(writes, { ordered: false, ...asWritten });
  };

  /** Every state there is, in the order of their ids: for an operator's command, on a connection for long work. */
  async function* all(): AsyncIterable<S> {
    const documents = model.find({}, stateOnly).sort({ _id: 1 }).lean<Record<string, unknown>>();
    for await (const document of documents.cursor({ batchSize: ALL_AT_ONCE })) yield toState(document);
  }

  /**
   * Reads, decides, and saves what was decided; on a conflict reads and decides again, a bounded number of times.
   * @param decide pure; called again with the newer state after a conflict
   * @returns undefined where there is no such aggregate
   * @throws the refusal, where `decide` refuses
   * @throws {Unavailable} when it lost the race too often
   */
  const change = async (
    id: string,
    decide: (current: S) => Decision<S, E>,
  ): Promise<Outcome<S> | undefined> => {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const current = await find(id);
      if (current === undefined) return undefined;
      const decision = decide(current);
      switch (decision.kind) {
        case 'unchanged':
          return { kind: 'unchanged', state: current };
        case 'refused':
          throw decision.refusal;
        case 'put off':
          return { kind: 'put off', state: current, until: decision.until };
        case 'changed':
          try {
            return { kind: 'changed', state: await commit(current, decision.next, decision.event) };
          } catch (error) {
            if (!(error instanceof VersionConflict)) throw error;
            await pause(Math.random() * Math.min(2 ** conflicts, 50));
          }
      }
    }
    throw new Unavailable();
  };

  const present = ({ id, version }: S) => ({ _id: new Types.ObjectId(id), version });

  const tellLater = async (state: S): Promise<void> => {
    const next = new Date(clock.now().getTime() + TOLD_EVERY_MS);
    await model.updateOne(present(state), { $set: { republishAt: next } });
  };

  /**
   * Has the present state told again, unless that is going to be done anyway: somebody has shown that he does not know it.
   * @param where more that has to be true of the document, else nothing is told
   */
  const tellSoon = async (id: string, where: Record<string, unknown> = {}): Promise<void> => {
    await model.updateOne(
      { ...where, _id: new Types.ObjectId(id), republishAt: { $exists: false } },
      { $set: { republishAt: clock.now() } },
    );
  };

  /** Tells a state again, under the same version, and says when it is due the next time, if ever. */
  const tellAgain = async (state: S): Promise<void> => {
    const event = republish?.eventOf(state);
    if (event !== undefined) await relay.publish(eventFor(state, event));
    if (event !== undefined && (await republish?.isSettled(state)) === false) await tellLater(state);
    else await model.updateOne(present(state), { $unset: { republishAt: 1 } });
  };

  /**
   * Publishes present states again that are due for it (docs/protocol.md, "Rule 5: republishing"): each once, a minute
   * after it was saved; what is not settled every five minutes; and what an operator has asked for. Harmless, also by
   * several replicas at once, as consumers apply only what is newer.
   * @returns how many
   * @throws {BusUnavailable} while the broker is away; what is left stays due
   * @throws AggregateError when some cannot be told, as no version of ours wrote them; those are tried again later, and
   *   stand in nobody's way
   */
  const republishDue = async (): Promise<number> => {
    const due = await list({ republishAt: { $lte: clock.now() } }, { republishAt: 1 }, TOLD_AT_ONCE);
    const failures: unknown[] = [];
    for (const state of due) {
      try {
        await tellAgain(state);
      } catch (error) {
        if (error instanceof BusUnavailable) throw error;
        failures.push(error);
        await tellLater(state);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `some ${name} could not be told again`);
    return due.length;
  };

  /**
   * States by a query that an index serves, in the order it gives.
   * @param index its name. Named, and not left to the planner: that remembers what suited another page or another
   *   search, and walks the wrong index until it has noticed
   * @throws MongoServerError 50 (`MaxTimeMSExpired`, answered with 503) when it takes longer than a second
   */
  const list = async (
    filter: Record<string, unknown>,
    sort: Record<string, 1 | -1>,
    limit: number,
    index?: string,
  ): Promise<S[]> => {
    const documents = await model
      .find(filter, stateOnly)
      .sort(sort)
      .limit(limit)
      .maxTimeMS(QUERY_MS)
      .setOptions(index === undefined ? {} : { hint: index })
      .lean<Record<string, unknown>[]>();
    return documents.map(toState);
  };

  return {
    name,
    model,
    insert,
    find,
    list,
    all,
    commit,
    commitAll,
    takeBack,
    change,
    tellSoon,
    republishDue,
  };
};

export type AggregateStore<S extends Versioned, E extends EventType> = ReturnType<
  typeof aggregateStore<S, E>
>;
