import { idempotencyIndex } from '@ticketing/common/idempotency';
import type { Beside } from '@ticketing/common/outbox';
import type { ServiceDeps } from '@ticketing/common/service';
import { QUERY_MS } from '@ticketing/common/store';
import type { Model } from 'mongoose';
import type { Comment } from '../post.ts';
import { type Count, type Counted, count, counted, NONE_YET } from './counts.ts';
import { asShown, type HiddenBy, hide, type OneOrAll, visibleSchema } from './visible.ts';

interface CommentDocument extends Omit<Comment, 'id' | 'text' | 'likes'>, Counted {
  readonly _id: unknown;
  /** Absent once it is deleted. */
  readonly text?: string;
  readonly likes: Count;
}

const schema = idempotencyIndex(
  visibleSchema({
    ...counted,
    text: { type: String },
    createdAt: { type: Date, required: true },
    likes: count,
  }),
);
schema.index({ of: 1, shown: 1, _id: 1 }, { name: 'oldest' });
schema.index({ of: 1, author: 1, shown: 1 }, { name: 'of_by_author' });
schema.index(
  { uncounted: 1 },
  { name: 'uncounted', partialFilterExpression: { uncounted: { $exists: true } } },
);

const toComment = ({ _id, of, author, text = '', createdAt, likes }: CommentDocument): Comment => ({
  ...{ id: String(_id), of, author, text, createdAt },
  likes: likes.count,
});

export interface CommentQuery {
  readonly of: string;
  readonly without: readonly string[];
  readonly limit: number;
  readonly after?: string | undefined;
}

/** Comments, by id and by what they are beneath. */
export const openCommentStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const model = mongo.model('comments', schema, 'comments') as unknown as Model<CommentDocument>;
  return {
    model,
    /** What a count of comments is made of. */
    counted: { children: model, index: 'oldest', byAuthor: 'of_by_author' } as const,
    /** The same, for the keys under which comments were made. */
    keyed: model as unknown as Model<Record<string, unknown>>,

    /** @param mark until it is counted */
    async insert({ id, likes: _none, ...fields }: Comment, mark: string, beside: Beside): Promise<void> {
      await model.create([
        { _id: id, ...fields, ...asShown, likes: NONE_YET, uncounted: mark, ...beside } as never,
      ]);
    },

    /** One that is neither deleted nor hidden. */
    async find(id: string): Promise<Comment | undefined> {
      const document = await model.findOne({ _id: id, shown: true }).lean<CommentDocument>();
      return document === null ? undefined : toComment(document);
    },

    /** As it is stored, hidden or not, for operators. Undefined once it is deleted. */
    async findAny(id: string): Promise<(Comment & { readonly hidden: boolean }) | undefined> {
      const document = await model
        .findOne({ _id: id, deletedAt: { $exists: false } })
        .lean<CommentDocument>();
      return document === null ? undefined : { ...toComment(document), hidden: !document.shown };
    },

    /** Takes it and its text away. @returns false when it is no longer there */
    async remove(id: string, mark: string, now: Date): Promise<boolean> {
      const { matchedCount } = await model.updateOne(
        { _id: id, shown: true },
        { $set: { shown: false, deletedAt: now, uncounted: mark }, $unset: { text: 1 } },
      );
      return matchedCount === 1;
    },

    /** A page, the oldest first, by keyset. */
    async list({ of, without, limit, after }: CommentQuery): Promise<Comment[]> {
      const found = await model
        .find({
          of,
          shown: true,
          ...(without.length === 0 ? {} : { author: { $nin: without } }),
          ...(after === undefined ? {} : { _id: { $gt: after } }),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .hint('oldest')
        .maxTimeMS(QUERY_MS)
        .lean<CommentDocument[]>();
      return found.map(toComment);
    },

    /**
     * Hides one, or all of an author, or shows them again.
     * @param mark until these are counted
     * @returns ids, some at a time
     */
    hide: (which: OneOrAll, by: HiddenBy, isHidden: boolean, mark: string) =>
      hide(model, which, by, isHidden, { uncounted: mark }),

    /** Ids of what each of them is beneath. */
    async parentsOf(ids: readonly string[]): Promise<Set<string>> {
      const found = await model.find({ _id: { $in: ids } }, { of: 1 }).lean<{ of: string }[]>();
      return new Set(found.map(({ of }) => of));
    },

    /** Ids of some that are to be forgotten: deleted before then, or beneath one of these posts. */
    async toForget({ before, beneath }: { before?: Date; beneath?: readonly string[] }, limit: number) {
      const wanted: Record<string, object> =
        beneath === undefined ? { deletedAt: { $lt: before ?? new Date(0) } } : { of: { $in: beneath } };
      const found = await model.find(wanted, { _id: 1 }).limit(limit).lean();
      return found.map(({ _id }) => String(_id));
    },

    async forget(ids: readonly string[]): Promise<void> {
      await model.deleteMany({ _id: { $in: ids } });
    },
  };
};

export type CommentStore = ReturnType<typeof openCommentStore>;
