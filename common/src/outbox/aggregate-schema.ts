import { Schema, type SchemaDefinition } from 'mongoose';

/** Collections that have this index can be told to publish their present states again. */
export const REPUBLISH_INDEX = 'republish';

/**
 * The schema of an aggregate: its own fields, a version, the outbox of events that are saved with it and not yet
 * acknowledged by the broker, when it was saved last, and when its present state is published again. Writes are
 * majority and journalled before anything is answered.
 */
export const aggregateSchema = (fields: SchemaDefinition): Schema => {
  const schema = new Schema(
    {
      ...fields,
      version: { type: Number, required: true },
      outbox: { type: [Schema.Types.Mixed], required: true, default: [] },
      savedAt: { type: Date, required: true },
      republishAt: { type: Date },
    },
    {
      versionKey: false,
      strict: 'throw',
      autoCreate: false,
      autoIndex: false,
    },
  );
  // By the time of the first event, its oldest: one key a document however long its outbox, and, as it is no multikey
  // index, it gives the relay's order without sorting and counts without reading documents. Partial, so that it is as
  // small as what waits; a sparse one would make the relay's query scan the collection.
  schema.index(
    { 'outbox.0.time': 1 },
    { name: 'outbox_oldest', partialFilterExpression: { 'outbox.0.time': { $exists: true } } },
  );
  schema.index({ savedAt: 1 }, { name: 'saved' });
  schema.index(
    { republishAt: 1 },
    { name: REPUBLISH_INDEX, partialFilterExpression: { republishAt: { $exists: true } } },
  );
  return schema;
};
