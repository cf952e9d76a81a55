import type { Connection } from 'mongoose';
import { Types } from 'mongoose';
import type { Versioned } from '../events/index.ts';

/** The same aggregate at two places; at least one of the two has it. */
export interface Pair<A, B> {
  readonly id: string;
  readonly own: A | undefined;
  readonly copy: B | undefined;
}

/** Puts together what two places have of the same aggregates. Both must come in the order of their ids. */
export async function* pairsOf<A extends { readonly id: string }, B extends { readonly id: string }>(
  owns: AsyncIterable<A>,
  copies: AsyncIterable<B>,
): AsyncIterable<Pair<A, B>> {
  const [left, right] = [owns[Symbol.asyncIterator](), copies[Symbol.asyncIterator]()];
  try {
    let [own, copy] = await Promise.all([left.next(), right.next()]);
    while (!own.done || !copy.done) {
      const id = own.done || (!copy.done && copy.value.id < own.value.id) ? copy.value.id : own.value.id;
      const [hasOwn, hasCopy] = [!own.done && own.value.id === id, !copy.done && copy.value.id === id];
      yield { id, own: hasOwn ? own.value : undefined, copy: hasCopy ? copy.value : undefined };
      if (hasOwn) own = await left.next();
      if (hasCopy) copy = await right.next();
    }
  } finally {
    await Promise.all([left.return?.(), right.return?.()]);
  }
}

/** Several at a time, in their order. */
export async function* batchesOf<T>(all: AsyncIterable<T> | Iterable<T>, size = 200): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const one of all) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* versionsIn(mongo: Connection, name: string): AsyncIterable<Versioned> {
  const documents = mongo
    .collection<{ version: number }>(name)
    .find({}, { projection: { version: 1 }, batchSize: 1_000 })
    .sort({ _id: 1 });
  for await (const { _id, version } of documents) yield { id: String(_id), version };
}

export interface Published {
  /** The source's own database. */
  readonly source: Connection;
  /** The database of the consumer. */
  readonly consumer: Connection;
  /** Of the aggregates, and of their copies: both have one name. */
  readonly collection: string;
}

/**
 * Has a source publish again what a consumer's copy of it lacks, found by comparing versions and not by time
 * (docs/protocol.md, rule 8). The source itself publishes it, at its own pace.
 * @returns how many states
 */
export const republishWhatLacks = async ({ source, consumer, collection }: Published): Promise<number> => {
  const lacking = async function* () {
    for await (const { id, own, copy } of pairsOf(
      versionsIn(source, collection),
      versionsIn(consumer, collection),
    ))
      if (own !== undefined && (copy === undefined || copy.version < own.version)) yield id;
  };
  let count = 0;
  for await (const ids of batchesOf(lacking())) {
    const { matchedCount } = await source
      .collection(collection)
      .updateMany(
        { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } },
        { $set: { republishAt: new Date() } },
      );
    count += matchedCount;
  }
  return count;
};
