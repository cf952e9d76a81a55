import type { Connection, mongo as driver } from 'mongoose';

/** Longest time for the indexes of one collection; beyond it something is wrong with the server. */
const LONGEST_BUILD_MS = 4 * 60 * 60_000;

/**
 * Makes every index of the models of `mongo`, before the first request: without its
 * index a guard guards nothing.
 * @param longWork a connection to the same database that waits for as long as an index takes
 */
export const buildIndexes = async (mongo: Connection, longWork: Connection): Promise<void> => {
  for (const model of Object.values(mongo.models)) {
    const indexes = model.schema.indexes().map(([key, { background: _, ...options }]) => ({
      ...(options as Omit<driver.IndexDescription, 'key'>),
      key: key as Record<string, 1 | -1>,
    }));
    if (indexes.length === 0) continue;
    // Not by the model, which has no way to say how long it may take.
    await longWork.collection(model.collection.name).createIndexes(indexes, { maxTimeMS: LONGEST_BUILD_MS });
  }
};
