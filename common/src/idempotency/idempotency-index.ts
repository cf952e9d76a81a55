import { Schema } from 'mongoose';

/** Name of the unique index, for `isDuplicateKey`. */
export const IDEMPOTENCY_INDEX = 'idempotency';

/**
 * Lets an aggregate remember the key it was created under: adds the field and its index, unique by user and key. The
 * key stands in the document it created, so a crash cannot leave a key without its effect, or the effect without it.
 */
export const idempotencyIndex = (schema: Schema): Schema => {
  schema.add({
    idempotency: new Schema(
      {
        userId: { type: String, required: true },
        key: { type: String, required: true },
        bodyHash: { type: String, required: true },
        at: { type: Date, required: true },
        answer: { type: Schema.Types.Mixed },
      },
      { _id: false },
    ),
  });
  schema.index(
    { 'idempotency.userId': 1, 'idempotency.key': 1 },
    {
      name: IDEMPOTENCY_INDEX,
      unique: true,
      partialFilterExpression: { 'idempotency.key': { $exists: true } },
    },
  );
  return schema;
};
