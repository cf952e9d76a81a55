import { type Model, Schema } from 'mongoose';

/**
 * What people put here, and what can take it away again: its author, an operator who hides it, an operator who hides its
 * author. `shown` is what comes of these, in the document itself, as indexes need it; each write keeps the two together.
 */
export interface Visible {
  readonly author: string;
  readonly shown: boolean;
  readonly hiddenBy: readonly HiddenBy[];
  readonly deletedAt?: Date;
}

/** Why something is hidden: for itself, or with everything else of its author. */
export type HiddenBy = 'itself' | 'author';

export const visible = {
  author: { type: String, required: true },
  shown: { type: Boolean, required: true },
  hiddenBy: { type: [String], required: true },
  deletedAt: { type: Date },
} as const;

/** Of something that was put here just now. */
export const asShown = { shown: true, hiddenBy: [] as HiddenBy[] };

export const options = { versionKey: false, strict: 'throw', autoCreate: false, autoIndex: false } as const;

/** A schema of what can be hidden and deleted, with an index for all of one author. */
export const visibleSchema = (fields: object): Schema =>
  new Schema({ ...visible, ...fields }, options)
    .index({ author: 1, shown: 1, _id: -1 }, { name: 'by_author' })
    .index({ deletedAt: 1 }, { name: 'deleted', partialFilterExpression: { deletedAt: { $exists: true } } });

/** Small enough for a connection that waits 1.5 s for an answer. */
const BATCH = 200;

/** One of them, or all of an author. */
export type OneOrAll = { readonly _id: string } | { readonly author: string };

/**
 * Hides them, or shows them again. Harmless twice: each document is written once, for one reason.
 * @param more set in the same write
 * @returns ids of those that were changed, some at a time
 */
export async function* hide<T extends Visible>(
  model: Model<T>,
  which: OneOrAll,
  by: HiddenBy,
  isHidden: boolean,
  more: object = {},
): AsyncGenerator<string[]> {
  const open = isHidden ? { $or: [{ shown: true }, { hiddenBy: { $ne: by } }] } : { hiddenBy: by };
  const reasons = { [isHidden ? '$setUnion' : '$setDifference']: ['$hiddenBy', [by]] };
  const isFree = { $and: [{ $eq: [{ $size: '$hiddenBy' }, 0] }, { $not: ['$deletedAt'] }] };
  for (;;) {
    const found = await model
      .find({ ...which, ...open }, { _id: 1 })
      .limit(BATCH)
      .lean<{ _id: unknown }[]>();
    if (found.length === 0) return;
    const ids = found.map(({ _id }) => _id);
    await model.updateMany(
      { _id: { $in: ids } } as object,
      [{ $set: { hiddenBy: reasons, ...more } }, { $set: { shown: isFree } }],
      { updatePipeline: true },
    );
    yield ids.map(String);
  }
}
