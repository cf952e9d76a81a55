import { isDuplicateKey } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema, type Types } from 'mongoose';
import { EmailInUse, type User } from '../user.ts';

type UserDocument = Omit<User, 'id'> & { _id: Types.ObjectId | string };

const EMAIL_INDEX = 'email';

const schema = new Schema<UserDocument>(
  {
    email: { type: String, required: true },
    passwordHash: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  {
    versionKey: false,
    strict: 'throw',
    autoCreate: false,
    autoIndex: false,
  },
);
schema.index({ email: 1 }, { name: EMAIL_INDEX, unique: true });

const toUser = ({ _id, ...fields }: UserDocument): User => ({ id: String(_id), ...fields });

/** Users, by id and by email. Every write is majority and journalled before it resolves. */
export const openUserStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const model = mongo.model<UserDocument>('users', schema, 'users');
  return {
    /** Of many at once with the same email exactly one succeeds: the index decides. @throws {EmailInUse} */
    async insert({ id, ...fields }: User): Promise<void> {
      try {
        await model.create([{ _id: id, ...fields }]);
      } catch (error) {
        if (isDuplicateKey(error, EMAIL_INDEX)) throw new EmailInUse();
        throw error;
      }
    },

    async find(id: string): Promise<User | undefined> {
      const document = await model.findById(id).lean<UserDocument>();
      return document === null ? undefined : toUser(document);
    },

    /** @param email canonical */
    async findByEmail(email: string): Promise<User | undefined> {
      const document = await model.findOne({ email }).lean<UserDocument>();
      return document === null ? undefined : toUser(document);
    },

    /** Stores a newer hash of the same password, unless another one has replaced the old hash meanwhile. */
    async replaceHash({ id, passwordHash }: User, newer: string): Promise<void> {
      await model.updateOne({ _id: id, passwordHash }, { $set: { passwordHash: newer } });
    },
  };
};

export type UserStore = ReturnType<typeof openUserStore>;
