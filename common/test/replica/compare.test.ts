import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Types } from 'mongoose';
import type { TicketState } from '../../src/events/index.ts';
import { batchesOf, pairsOf, replicaOf, republishWhatLacks } from '../../src/replica/index.ts';
import { aTicketState, type TestDatabase, testDatabase } from '../../src/testing/index.ts';

async function* each<T>(all: Iterable<T>): AsyncIterable<T> {
  yield* all;
}
const gathered = async <T>(all: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
};

describe('what two places have of the same aggregates', () => {
  it('comes in pairs, each id once, in their order', async () => {
    const ids = fc.uniqueArray(fc.integer({ min: 100, max: 140 })).map((all) => all.map(String).sort());
    await fc.assert(
      fc.asyncProperty(ids, ids, async (left, right) => {
        const owns = left.map((id) => ({ id, version: 1 }));
        const copies = right.map((id) => ({ id, version: 2 }));
        const expected = [...new Set([...left, ...right])].sort().map((id) => ({
          id,
          own: owns.find((own) => own.id === id),
          copy: copies.find((copy) => copy.id === id),
        }));
        expect(await gathered(pairsOf(each(owns), each(copies)))).toEqual(expected);
      }),
    );
  });

  it('is read in batches without losing any', async () => {
    expect(await gathered(batchesOf(each([1, 2, 3, 4, 5]), 2))).toEqual([[1, 2], [3, 4], [5]]);
    expect(await gathered(batchesOf(each([1, 2]), 2))).toEqual([[1, 2]]);
    expect(await gathered(batchesOf(each([]), 2))).toEqual([]);
  });
});

describe('a copy that lacks states', () => {
  let source: TestDatabase;
  let consumer: TestDatabase;
  beforeAll(async () => {
    [source, consumer] = await Promise.all([testDatabase(), testDatabase()]);
  });
  afterAll(async () => {
    await Promise.all([source.end(), consumer.end()]);
  });

  it('has its source publish them again: those that it does not have, and those that it has of an older version', async () => {
    const copies = replicaOf<TicketState>(consumer.mongo, 'tickets');
    const [same, older, missing, newer] = [1, 1, 1, 1].map((version) => aTicketState({ version }));
    if (!same || !older || !missing || !newer) throw new Error('four were made');
    const documents = source.mongo.collection('tickets');
    for (const { id, version } of [same, older, missing, newer])
      await documents.insertOne({ _id: new Types.ObjectId(id), version });
    await copies.apply(same);
    await copies.apply({ ...older, version: 0 });
    await copies.apply({ ...newer, version: 2 });

    expect(
      await republishWhatLacks({ source: source.mongo, consumer: consumer.mongo, collection: 'tickets' }),
    ).toBe(2);
    const marked = await documents.find({ republishAt: { $exists: true } }).toArray();
    expect(marked.map(({ _id }) => String(_id)).sort()).toEqual([older.id, missing.id].sort());
    expect((await gathered(copies.all())).map(({ id }) => id)).toEqual([same.id, older.id, newer.id].sort());
  });
});
