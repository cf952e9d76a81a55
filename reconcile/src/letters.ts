/** Messages that a service gave up, wherever it keeps them; only reads. */
import type { KeptLetter } from '@ticketing/common/dead-letters';
import { deadLettersInRedis } from '@ticketing/common/dead-letters/redis';
import type { Redis } from 'ioredis';
import type { Connection } from 'mongoose';

export type Letter = Pick<KeptLetter, 'id' | 'type' | 'attempts' | 'error'>;

/** The dead letters of one service. */
export interface Letters {
  readonly service: string;
  all(): AsyncIterable<Letter>;
  find(id: string): Promise<Letter | undefined>;
}

/** Without the message: it is for the command `dead-letters show`, and may be large. */
const fields = { type: 1, attempts: 1, error: 1 };

type Stored = Omit<Letter, 'id'> & { readonly _id: string };

const toLetter = ({ _id, ...letter }: Stored): Letter => ({ id: _id, ...letter });

/** Those in a service's own database. */
export const lettersInMongo = (service: string, mongo: Connection): Letters => {
  const collection = () => mongo.collection<Stored>('dead_letters');
  return {
    service,
    async *all() {
      for await (const letter of collection()
        .find({}, { projection: fields, batchSize: 100 })
        .sort({ firstAt: 1 }))
        yield toLetter(letter as Stored);
    },
    async find(id) {
      const letter = await collection().findOne({ _id: id }, { projection: fields });
      return letter === null ? undefined : toLetter(letter as Stored);
    },
  };
};

/** Those of a service that has no database. */
export const lettersInRedis = (service: string, redis: Redis): Letters => {
  const letters = deadLettersInRedis(redis, service);
  return {
    service,
    async *all() {
      for await (const id of letters.ids()) {
        const letter = await letters.find(id);
        if (letter !== undefined) yield letter;
      }
    },
    find: (id) => letters.find(id),
  };
};
