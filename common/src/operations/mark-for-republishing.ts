import type { Connection } from 'mongoose';
import { REPUBLISH_INDEX } from '../outbox/index.ts';

const NAMESPACE_NOT_FOUND = 26;

const canRepublish = async (mongo: Connection, name: string): Promise<boolean> => {
  try {
    return await mongo.collection(name).indexExists(REPUBLISH_INDEX);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NAMESPACE_NOT_FOUND) return false;
    throw error;
  }
};

/**
 * Asks a service to publish the present state again of everything it has saved since (docs/protocol.md, "Rule 5:
 * republishing"): for a broker that lost its store, or a replica that is built anew. The service itself does it, at its
 * own pace.
 * @param mongo the service's own database
 * @returns how many of each collection
 */
export const markForRepublishing = async (
  mongo: Connection,
  since: Date,
  now = new Date(),
): Promise<Record<string, number>> => {
  const marked: Record<string, number> = {};
  for (const { name } of await mongo.listCollections()) {
    if (!(await canRepublish(mongo, name))) continue;
    const { modifiedCount } = await mongo
      .collection(name)
      .updateMany({ savedAt: { $gte: since } }, { $set: { republishAt: now } });
    marked[name] = modifiedCount;
  }
  return marked;
};
