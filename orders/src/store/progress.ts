import type { ServiceDeps } from '@ticketing/common/service';
import { Schema, Types } from 'mongoose';

const schema = new Schema(
  {
    _id: { type: String, required: true },
    /** The oldest order that was looked at. */
    before: { type: Schema.Types.ObjectId },
    doneAt: { type: Date },
  },
  {
    versionKey: false,
    strict: 'throw',
    autoCreate: false,
    autoIndex: false,
  },
);

interface Note {
  readonly before?: Types.ObjectId;
  readonly doneAt?: Date;
}

/**
 * How far a walk over all orders has come, from the newest to the oldest: for the process that goes on after a crash, and
 * for the other replicas. Noted after the work, so what lies between the two is done once more.
 */
export const openProgress = ({ mongo, clock }: Pick<ServiceDeps, 'mongo' | 'clock'>) => {
  const model = mongo.model('progress', schema, 'progress');
  return {
    async of(walk: string): Promise<{ readonly before: string | undefined; readonly isDone: boolean }> {
      const note = await model.findById(walk).lean<Note>();
      return { before: note?.before?.toHexString(), isDone: note?.doneAt !== undefined };
    },

    /** Never back: a replica that is slower tells nothing. */
    async reached(walk: string, before: string): Promise<void> {
      const place = { before: new Types.ObjectId(before) };
      await model.updateOne({ _id: walk }, { $min: place }, { upsert: true });
    },

    async done(walk: string): Promise<void> {
      await model.updateOne({ _id: walk }, { $set: { doneAt: clock.now() } }, { upsert: true });
    },
  };
};

export type Progress = ReturnType<typeof openProgress>;
