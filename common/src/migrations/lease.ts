import type { Connection } from 'mongoose';
import { isDuplicateKey } from '../replica/index.ts';

/** Where migrations note what they have done, and which replica is at it. */
export const NOTES = 'migrations';

interface Lease {
  readonly _id: string;
  readonly holder: string;
  readonly until: Date;
}

/**
 * Longer than the work between two renewals, which is one batch; after it the replica that held the lease is taken for dead. No
 * longer, as the replicas of a service that starts wait for as long where one was killed while it had it.
 */
const LEASE_SECONDS = 5;

/**
 * A lease on the migrations of one database, by the clock of its server. Whether a document is migrated once does not
 * depend on it: each write is pinned to what was read. It only spares replicas the same work at the same time.
 * @param holder another one for each process
 */
export const leaseOf = (mongo: Connection, holder: string) => {
  const leases = mongo.collection<Lease>(NOTES);
  return {
    /** Takes it, or renews it. @returns false while another replica has it */
    async take(): Promise<boolean> {
      const isFree = {
        $or: [
          { $eq: ['$holder', { $literal: holder }] },
          { $lt: [{ $ifNull: ['$until', new Date(0)] }, '$$NOW'] },
        ],
      };
      const until = { $dateAdd: { startDate: '$$NOW', unit: 'second', amount: LEASE_SECONDS } };
      try {
        const lease = await leases.findOneAndUpdate(
          { _id: 'lease' },
          [
            { $set: { isFree } },
            {
              $set: {
                holder: { $cond: ['$isFree', { $literal: holder }, '$holder'] },
                until: { $cond: ['$isFree', until, '$until'] },
              },
            },
            { $unset: 'isFree' },
          ],
          { upsert: true, returnDocument: 'after' },
        );
        return lease?.holder === holder;
      } catch (error) {
        // Another replica has made it at this very moment.
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async giveBack(): Promise<void> {
      await leases.deleteOne({ _id: 'lease', holder });
    },
  };
};
