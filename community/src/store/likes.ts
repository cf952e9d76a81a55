import { isDuplicateKey } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import type { Model } from 'mongoose';
import { type Counted, counted } from './counts.ts';
import { asShown, type HiddenBy, hide, type OneOrAll, visibleSchema } from './visible.ts';

/** What can be liked. */
export type Liked = 'post' | 'comment';

interface LikeDocument extends Counted {
  readonly _id: unknown;
  readonly on: Liked;
}

const ONE_EACH = 'one_each';

const schema = visibleSchema({ ...counted, on: { type: String, required: true } });
schema.index({ of: 1, author: 1 }, { name: ONE_EACH, unique: true });
schema.index({ of: 1, shown: 1 }, { name: 'of_shown' });
schema.index(
  { uncounted: 1 },
  { name: 'uncounted', partialFilterExpression: { uncounted: { $exists: true } } },
);

/** Likes: one document for each person and thing, so that pressing twice is once. */
export const openLikeStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const model = mongo.model('likes', schema, 'likes') as unknown as Model<LikeDocument>;
  return {
    /** What a count of likes is made of. */
    counted: (on: Liked) =>
      ({ children: model, index: 'of_shown', byAuthor: ONE_EACH, only: { on }, forgets: true }) as const,

    /** @param mark until it is counted */
    async like(of: string, on: Liked, author: string, mark: string): Promise<void> {
      try {
        // One that was taken back and is not counted yet comes back; one that stands refuses another one beside it.
        await model.updateOne(
          { of, author, deletedAt: { $exists: true } },
          { $set: { on, ...asShown, uncounted: mark }, $unset: { deletedAt: 1 } },
          { upsert: true },
        );
      } catch (error) {
        if (!isDuplicateKey(error, ONE_EACH)) throw error;
      }
    },

    async unlike(of: string, author: string, mark: string, now: Date): Promise<void> {
      await model.updateOne(
        { of, author, deletedAt: { $exists: false } },
        { $set: { shown: false, deletedAt: now, uncounted: mark } },
      );
    },

    /** Which of these somebody likes. */
    async likedBy(author: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
      const found = await model
        .find({ of: { $in: ids }, author, shown: true }, { of: 1 })
        .hint(ONE_EACH)
        .lean<{ of: string }[]>();
      return new Set(found.map(({ of }) => of));
    },

    /**
     * Hides one, or all of an author, or shows them again.
     * @param mark until these are counted
     * @returns ids, some at a time
     */
    hide: (which: OneOrAll, by: HiddenBy, isHidden: boolean, mark: string) =>
      hide(model, which, by, isHidden, { uncounted: mark }),

    /** What each of them is on. */
    async parentsOf(ids: readonly string[]): Promise<Record<Liked, Set<string>>> {
      const found = await model.find({ _id: { $in: ids } }, { of: 1, on: 1 }).lean();
      const parents = { post: new Set<string>(), comment: new Set<string>() };
      for (const { of, on } of found) parents[on].add(of);
      return parents;
    },

    /** Forgets all likes of these. */
    async forget(ids: readonly string[]): Promise<void> {
      await model.deleteMany({ of: { $in: ids } });
    },
  };
};

export type LikeStore = ReturnType<typeof openLikeStore>;
