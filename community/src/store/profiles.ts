import { isDuplicateKey } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema } from 'mongoose';
import { HandleTaken, type Profile } from '../profile.ts';
import { options } from './visible.ts';

interface ProfileDocument extends Omit<Profile, 'id'> {
  readonly _id: string;
  /** Until then, what its person writes at the same moment is looked at again. */
  readonly spreadUntil?: Date;
}

const HANDLES = 'handles';

const schema = new Schema<ProfileDocument>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    handle: { type: String, required: true },
    handles: { type: [String], required: true },
    handleChosenAt: { type: Date },
    name: { type: String, required: true },
    about: { type: String },
    city: { type: String },
    links: { type: [String], required: true },
    since: { type: Date, required: true },
    hidden: { type: Boolean, required: true },
    spreadUntil: { type: Date },
  },
  options,
);
// Over all that a person ever had, so the index alone decides who gets a handle, and nobody gets a former one.
schema.index({ handles: 1 }, { name: HANDLES, unique: true });
schema.index(
  { spreadUntil: 1 },
  { name: 'spreading', partialFilterExpression: { spreadUntil: { $exists: true } } },
);

/** Field by field: what a next version has added is left alone, and not written back. */
const toProfile = (document: ProfileDocument): Profile => {
  const {
    _id: id,
    version,
    handle,
    handles,
    handleChosenAt,
    name,
    about,
    city,
    links,
    since,
    hidden,
  } = document;
  return { id, version, handle, handles, handleChosenAt, name, about, city, links, since, hidden };
};

/** Profiles, by person and by handle. */
export const openProfileStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const model = mongo.model<ProfileDocument>('profiles', schema, 'profiles');

  /** @throws {HandleTaken} */
  const unlessTaken = async <T>(write: Promise<T>): Promise<T> => {
    try {
      return await write;
    } catch (error) {
      if (isDuplicateKey(error, HANDLES)) throw new HandleTaken();
      throw error;
    }
  };

  return {
    async find(id: string): Promise<Profile | undefined> {
      const document = await model.findById(id).lean<ProfileDocument>();
      return document === null ? undefined : toProfile(document);
    },

    /** By the handle that they have now. */
    async findByHandle(handle: string): Promise<Profile | undefined> {
      const document = await model.findOne({ handles: handle, handle }).lean<ProfileDocument>();
      return document === null ? undefined : toProfile(document);
    },

    /** Those of these people who have one that is not hidden. */
    async of(ids: readonly string[]): Promise<Profile[]> {
      if (ids.length === 0) return [];
      const found = await model.find({ _id: { $in: ids }, hidden: false }).lean<ProfileDocument[]>();
      return found.map(toProfile);
    },

    /** @returns false when they have one already @throws {HandleTaken} */
    async insert({ id, ...fields }: Profile): Promise<boolean> {
      try {
        await unlessTaken(model.create([{ _id: id, ...fields }]));
        return true;
      } catch (error) {
        if (isDuplicateKey(error, '_id_')) return false;
        throw error;
      }
    },

    /**
     * In the place of the version that it was made of; what an operator has set stays.
     * @returns false when that is no longer there @throws {HandleTaken}
     */
    async replace({ id, version, hidden: _operators, ...fields }: Profile): Promise<boolean> {
      const given = Object.entries(fields).filter(([, value]) => value !== undefined);
      const gone = Object.entries(fields).filter(([, value]) => value === undefined);
      const { modifiedCount } = await unlessTaken(
        model.updateOne(
          { _id: id, version },
          {
            $set: { ...Object.fromEntries(given), version: version + 1 },
            $unset: Object.fromEntries(gone.map(([field]) => [field, 1])),
          },
        ),
      );
      return modifiedCount === 1;
    },

    /** Hides it, or shows it again. What its person wrote follows, and until `spreadUntil` it is looked at again. */
    async setHidden(id: string, hidden: boolean, spreadUntil: Date): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { hidden, spreadUntil } });
    },

    async spreading(): Promise<{ id: string; hidden: boolean; spreadUntil: Date }[]> {
      const found = await model.find({ spreadUntil: { $exists: true } }).lean<ProfileDocument[]>();
      return found.flatMap(({ _id, hidden, spreadUntil }) =>
        spreadUntil === undefined ? [] : [{ id: _id, hidden, spreadUntil }],
      );
    },

    async endSpreading(id: string, spreadUntil: Date): Promise<void> {
      await model.updateOne({ _id: id, spreadUntil }, { $unset: { spreadUntil: 1 } });
    },
  };
};

export type ProfileStore = ReturnType<typeof openProfileStore>;
