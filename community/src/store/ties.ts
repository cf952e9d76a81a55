import { isDuplicateKey } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema } from 'mongoose';
import { options } from './visible.ts';

/** One person's tie to another one: one document for each pair, so that pressing twice is once. */
interface TieDocument {
  readonly who: string;
  readonly whom: string;
  readonly at: Date;
}

const ONE_EACH = 'one_each';

/** A schema each, as a model changes the one it is given. */
const schema = () =>
  new Schema<TieDocument>(
    {
      who: { type: String, required: true },
      whom: { type: String, required: true },
      at: { type: Date, required: true },
    },
    options,
  )
    .index({ who: 1, whom: 1 }, { name: ONE_EACH, unique: true })
    .index({ whom: 1, who: 1 }, { name: 'other_way' })
    .index({ who: 1, _id: -1 }, { name: 'newest' });

/** Follows, or blocks. */
export const openTieStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>, name: 'follows' | 'blocks') => {
  const model = mongo.model<TieDocument>(name, schema(), name);
  return {
    async tie(who: string, whom: string, at: Date): Promise<void> {
      try {
        await model.updateOne({ who, whom }, { $setOnInsert: { at } }, { upsert: true });
      } catch (error) {
        // The same at the same moment: it is there.
        if (!isDuplicateKey(error, ONE_EACH)) throw error;
      }
    },

    async untie(who: string, whom: string): Promise<void> {
      await model.deleteOne({ who, whom });
    },

    async isTied(who: string, whom: string): Promise<boolean> {
      return (await model.exists({ who, whom })) !== null;
    },

    /** Whether somebody may be tied to this one, too: to `most` people, or to one they are tied to. */
    async hasRoom(who: string, whom: string, most: number): Promise<boolean> {
      const many = await model.countDocuments({ who }, { limit: most });
      return many < most || (await model.exists({ who, whom })) !== null;
    },

    /** Everybody somebody is tied to. */
    async whomOf(who: string): Promise<string[]> {
      const found = await model.find({ who }, { _id: 0, whom: 1 }).hint(ONE_EACH).lean();
      return found.map(({ whom }) => whom);
    },

    /** Everybody who is tied to somebody. */
    async whoTo(whom: string): Promise<string[]> {
      const found = await model.find({ whom }, { _id: 0, who: 1 }).hint('other_way').lean();
      return found.map(({ who }) => who);
    },

    /** A page of whom somebody is tied to, the newest first, by keyset. */
    async newestOf(who: string, limit: number, after?: string): Promise<{ id: string; whom: string }[]> {
      const found = await model
        .find({ who, ...(after === undefined ? {} : { _id: { $lt: after } }) })
        .sort({ _id: -1 })
        .limit(limit)
        .lean();
      return found.map(({ _id, whom }) => ({ id: String(_id), whom }));
    },
  };
};

export type TieStore = ReturnType<typeof openTieStore>;
