import { type Connection, Schema } from 'mongoose';
import { type Clock, systemClock } from '../clock/index.ts';
import { QUERY_MS } from '../store/index.ts';
import { type DeadLetters, describeError, type KeptLetter, letterId } from './dead-letters.ts';

const COLLECTION = 'dead_letters';

interface LetterDocument extends Omit<KeptLetter, 'id' | 'message'> {
  readonly _id: string;
  /** JSON: a message may hold keys that a document must not. */
  readonly message: string;
}

const schema = new Schema<LetterDocument>(
  {
    _id: { type: String, required: true },
    queueGroup: { type: String, required: true },
    type: { type: String, required: true },
    message: { type: String, required: true },
    error: { type: String, required: true },
    attempts: { type: Number, required: true },
    firstAt: { type: Date, required: true },
    lastAt: { type: Date, required: true },
  },
  {
    versionKey: false,
    strict: 'throw',
    autoCreate: false,
    autoIndex: false,
  },
);
schema.index({ firstAt: 1 });

const toLetter = ({ _id, message, ...letter }: LetterDocument): KeptLetter => ({
  id: _id,
  ...letter,
  message: JSON.parse(message),
});

/** Dead letters of a service in its own database, in the collection `dead_letters`. */
export const deadLettersInMongo = (mongo: Connection, clock: Clock = systemClock): DeadLetters => {
  const model = mongo.model<LetterDocument>(COLLECTION, schema, COLLECTION);
  return {
    async keep(letter) {
      const { queueGroup, type, message = null, error, attempt } = letter;
      const now = clock.now();
      await model.updateOne(
        { _id: letterId(letter) },
        {
          $set: { error: describeError(error), attempts: attempt, lastAt: now },
          $setOnInsert: { queueGroup, type, message: JSON.stringify(message), firstAt: now },
        },
        { upsert: true },
      );
    },
    // Not the estimate: after a crash of mongod it may be wrong for as long as nothing is written, and wake somebody.
    count: () => model.countDocuments({}, { hint: '_id_', maxTimeMS: QUERY_MS }),
    async list(limit) {
      const found = await model.find().sort({ firstAt: 1 }).limit(limit).lean<LetterDocument[]>();
      return found.map(toLetter);
    },
    async *ids() {
      // One that is replayed in vain is given up again, as a new letter: without the bound there would be no end to it.
      const kept = model.find({ firstAt: { $lte: clock.now() } }, { _id: 1 }).sort({ firstAt: 1 });
      for await (const { _id } of kept.lean<{ _id: string }[]>().cursor({ batchSize: 100 })) yield _id;
    },
    async find(id) {
      const found = await model.findById(id).lean<LetterDocument>();
      return found === null ? undefined : toLetter(found);
    },
    async drop(id, lastAt) {
      const only = lastAt === undefined ? { _id: id } : { _id: id, lastAt };
      return (await model.deleteOne(only)).deletedCount === 1;
    },
  };
};
