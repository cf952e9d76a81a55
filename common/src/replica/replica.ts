import { type Connection, type Model, Schema, Types } from 'mongoose';
import { withoutUndefined } from '../events/every-field.ts';
import type { Versioned } from '../events/index.ts';
import { arrivals } from './arrivals.ts';
import { isDuplicateKey } from './duplicate-key.ts';

export interface Replica<S extends Versioned> {
  /**
   * Keeps a state if it is newer than the one there is (docs/architecture.md, "How a change travels"): duplicates,
   * reordering and gaps do no harm, and of any set of states the newest is what remains.
   * @returns true if it was kept
   */
  apply(state: S): Promise<boolean>;
  find(id: string): Promise<S | undefined>;
  /**
   * `find`, but an id that is only just made is given a moment to arrive (docs/http.md, "What was made a moment ago"):
   * what a user has just done elsewhere must not be refused because its event is still under way.
   */
  findSoon(id: string): Promise<S | undefined>;
  /** Every state there is, in the order of their ids: for an operator's command, on a connection for long work. */
  all(): AsyncIterable<S>;
  readonly model: Model<Record<string, unknown>>;
}

/** Documents that are read at once where all of them are read. */
const ALL_AT_ONCE = 500;

/** Whatever it is told: the consumer's door has checked it already. */
const anything = new Schema(
  { version: { type: Number, required: true } },
  { versionKey: false, strict: false, autoCreate: false, autoIndex: false },
);

/**
 * A consumer's copy of another service's aggregates. Its writes are majority and journalled: an event is acknowledged
 * once they are. It keeps every field of the event, also one that this version does not know: after a restore, the source takes
 * back from it what it has forgotten (docs/protocol.md, rule 8).
 */
export const replicaOf = <S extends Versioned>(mongo: Connection, name: string): Replica<S> => {
  const model = mongo.model<Record<string, unknown>>(name, anything, name);
  const waiting = arrivals();

  /** A replacement, not a $set: a field that the newer state no longer has must go. */
  const replaceOlder = async ({ id, ...state }: S, upsert: boolean): Promise<boolean> => {
    // By the driver: Mongoose would cast what it is told, by a schema that knows nothing of it.
    const written = await model.collection.replaceOne(
      { _id: new Types.ObjectId(id), version: { $lt: state.version } },
      withoutUndefined(state),
      { upsert },
    );
    return written.modifiedCount + written.upsertedCount > 0;
  };

  const apply = async (state: S): Promise<boolean> => {
    const kept = await replaceOlder(state, true).catch((error: unknown) => {
      if (!isDuplicateKey(error, '_id_')) throw error;
      // The document exists, and either it is as new, or an older state was inserted at this very moment.
      return replaceOlder(state, false);
    });
    waiting.arrived(state.id);
    return kept;
  };

  const toState = ({ _id, ...state }: Record<string, unknown>): S =>
    ({ id: String(_id), ...state }) as unknown as S;

  const find = async (id: string): Promise<S | undefined> => {
    const document = await model.findById(id).lean<Record<string, unknown>>();
    return document === null ? undefined : toState(document);
  };

  async function* all(): AsyncIterable<S> {
    const documents = model.find().sort({ _id: 1 }).lean<Record<string, unknown>>();
    for await (const document of documents.cursor({ batchSize: ALL_AT_ONCE })) yield toState(document);
  }

  return { apply, find, findSoon: (id) => waiting.find(id, find), all, model };
};
