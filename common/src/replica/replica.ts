import { type Connection, type Model, Schema, type SchemaDefinitionProperty, Types } from 'mongoose';
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
  readonly model: Model<Record<string, unknown>>;
}

/** What a replica keeps of a state: each of its fields, so that none is forgotten. `id` and `version` are always kept. */
export type ReplicaFields<S extends Versioned> = {
  readonly [K in Exclude<keyof S, keyof Versioned>]-?: SchemaDefinitionProperty;
};

/**
 * A consumer's copy of another service's aggregates. Its writes are majority and journalled: an event is acknowledged
 * once they are.
 * @param fields the state's fields; where `S` is a part of what the event carries, the rest is left out
 */
export const replicaOf = <S extends Versioned>(
  mongo: Connection,
  name: string,
  fields: ReplicaFields<S>,
): Replica<S> => {
  const schema = new Schema(
    { ...fields, version: { type: Number, required: true } },
    {
      versionKey: false,
      strict: true,
      autoCreate: false,
      autoIndex: false,
    },
  );
  const model = mongo.model<Record<string, unknown>>(name, schema, name);
  const waiting = arrivals();

  /** A replacement, not a $set: a field that the newer state no longer has must go. */
  const replaceOlder = async ({ id, ...state }: S, upsert: boolean): Promise<boolean> => {
    const written = await model.replaceOne(
      { _id: new Types.ObjectId(id), version: { $lt: state.version } },
      state,
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

  const find = async (id: string): Promise<S | undefined> => {
    const document = await model.findById(id).lean<Record<string, unknown>>();
    if (document === null) return undefined;
    const { _id, ...state } = document;
    return { id: String(_id), ...state } as unknown as S;
  };

  return { apply, find, findSoon: (id) => waiting.find(id, find), model };
};
