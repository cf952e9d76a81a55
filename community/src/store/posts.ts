import { idempotencyIndex } from '@ticketing/common/idempotency';
import type { Beside } from '@ticketing/common/outbox';
import type { ServiceDeps } from '@ticketing/common/service';
import { QUERY_MS } from '@ticketing/common/store';
import type { Model } from 'mongoose';
import type { Post } from '../post.ts';
import { type Count, count, NONE_YET } from './counts.ts';
import { asShown, type HiddenBy, hide, type OneOrAll, type Visible, visibleSchema } from './visible.ts';

interface PostDocument extends Omit<Post, 'id' | 'text' | 'likes' | 'comments'>, Visible {
  readonly _id: unknown;
  /** Absent once it is deleted. */
  readonly text?: string;
  readonly likes: Count;
  readonly comments: Count;
}

const schema = idempotencyIndex(
  visibleSchema({
    text: { type: String },
    ticketId: { type: String },
    createdAt: { type: Date, required: true },
    editedAt: { type: Date },
    likes: count,
    comments: count,
  }),
);
schema.index({ shown: 1, _id: -1 }, { name: 'newest' });
schema.index(
  { ticketId: 1, shown: 1, _id: -1 },
  { name: 'about_ticket', partialFilterExpression: { ticketId: { $exists: true } } },
);

/** Which posts: everybody's, or of these authors, or about a ticket. */
export type Which =
  | { readonly list: 'newest' }
  | { readonly list: 'by_author'; readonly authors: readonly string[] }
  | { readonly list: 'about_ticket'; readonly ticketId: string };

export interface PostQuery {
  readonly which: Which;
  /** Posts of these authors are left out. */
  readonly without: readonly string[];
  readonly limit: number;
  /** Begins after this post. */
  readonly after?: string | undefined;
}

const toPost = ({
  _id,
  author,
  text = '',
  ticketId,
  createdAt,
  editedAt,
  likes,
  comments,
}: PostDocument): Post => ({
  ...{ id: String(_id), author, text, ticketId, createdAt, editedAt },
  likes: likes.count,
  comments: comments.count,
});

/** MongoDB merges the orders of this many authors without sorting, and no more (internalQueryMaxScansToExplode). */
const MERGED = 200;

const chunksOf = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));

/** Newer ids are greater. */
const newestFirst = (one: Post, other: Post): number => (one.id < other.id ? 1 : -1);

/** Posts, by id, and their lists. A write is on the disk of a majority before it resolves. */
export const openPostStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const model = mongo.model('posts', schema, 'posts') as unknown as Model<PostDocument>;

  const page = async (
    wanted: object,
    { without, limit, after }: PostQuery,
    index: string,
  ): Promise<Post[]> => {
    const found = await model
      .find({
        ...wanted,
        shown: true,
        ...(without.length === 0 ? {} : { author: { $nin: without } }),
        ...(after === undefined ? {} : { _id: { $lt: after } }),
      })
      .sort({ _id: -1 })
      .limit(limit)
      .hint(index)
      .maxTimeMS(QUERY_MS)
      .lean<PostDocument[]>();
    return found.map(toPost);
  };

  return {
    model,
    /** The same, for the keys under which posts were made. */
    keyed: model as unknown as Model<Record<string, unknown>>,

    async insert(post: Post, beside: Beside): Promise<void> {
      const { id, likes: _none, comments: _neither, ...fields } = post;
      await model.create([
        { _id: id, ...fields, ...asShown, likes: NONE_YET, comments: NONE_YET, ...beside } as never,
      ]);
    },

    /** One that is neither deleted nor hidden. */
    async find(id: string): Promise<Post | undefined> {
      const document = await model.findOne({ _id: id, shown: true }).lean<PostDocument>();
      return document === null ? undefined : toPost(document);
    },

    /** As it is stored, hidden or not, for operators. Undefined once it is deleted. */
    async findAny(id: string): Promise<(Post & { readonly hidden: boolean }) | undefined> {
      const document = await model.findOne({ _id: id, deletedAt: { $exists: false } }).lean<PostDocument>();
      return document === null ? undefined : { ...toPost(document), hidden: !document.shown };
    },

    /** @returns false when it is no longer there */
    async edit({ id, text, editedAt }: Post): Promise<boolean> {
      const { matchedCount } = await model.updateOne({ _id: id, shown: true }, { $set: { text, editedAt } });
      return matchedCount === 1;
    },

    /** Takes it and its text away. @returns false when it is no longer there */
    async remove(id: string, now: Date): Promise<boolean> {
      const { matchedCount } = await model.updateOne(
        { _id: id, shown: true },
        { $set: { shown: false, deletedAt: now }, $unset: { text: 1, ticketId: 1 } },
      );
      return matchedCount === 1;
    },

    /** A page, the newest first, by keyset: it neither repeats nor skips while posts come and go. */
    async list(query: PostQuery): Promise<Post[]> {
      const { which, without, limit } = query;
      if (which.list === 'newest') return page({}, query, which.list);
      if (which.list === 'about_ticket') return page({ ticketId: which.ticketId }, query, which.list);
      const left = new Set(without);
      const authors = which.authors.filter((author) => !left.has(author));
      const pages = await Promise.all(
        chunksOf(authors, MERGED).map((some) =>
          page({ author: { $in: some } }, { ...query, without: [] }, which.list),
        ),
      );
      return pages.flat().sort(newestFirst).slice(0, limit);
    },

    /** Hides one, or all of an author, or shows them again. @returns ids, some at a time */
    hide: (which: OneOrAll, by: HiddenBy, isHidden: boolean) => hide(model, which, by, isHidden),

    /** Ids of some that were deleted before then. */
    async deletedBefore(then: Date, limit: number): Promise<string[]> {
      const found = await model
        .find({ deletedAt: { $lt: then } }, { _id: 1 })
        .limit(limit)
        .lean();
      return found.map(({ _id }) => String(_id));
    },

    async forget(ids: readonly string[]): Promise<void> {
      await model.deleteMany({ _id: { $in: ids }, deletedAt: { $exists: true } });
    },
  };
};

export type PostStore = ReturnType<typeof openPostStore>;
