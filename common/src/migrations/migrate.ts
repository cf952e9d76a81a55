import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, mongo as driver } from 'mongoose';
import { Types } from 'mongoose';
import type { Logger } from 'pino';
import type { Clock } from '../clock/index.ts';
import { leaseOf, NOTES } from './lease.ts';

/** What becomes of a document: fields that get a value, and fields that go. */
export interface Changes {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
}

export type Document = driver.Document;

/** One change of the form of stored documents, in a file of its own in the `migrations` of its service. */
export interface Migration {
  /** Of its file: `0001-date-and-place`. They run in this order. */
  readonly name: string;
  readonly collection: string;
  /** Finds the documents of the old form, and no other: what is migrated is not found again. */
  readonly old: Readonly<Record<string, unknown>>;
  /**
   * The collection is of aggregates (`outbox`), and the migration changes what they publish: the version is raised by one in
   * the same write, and the state is published under it, as replicas take nothing under a version that they have.
   */
  readonly published: boolean;
  /**
   * What becomes of some documents, in their order; undefined for one that has to stay as it is, which is logged.
   * @param mongo the service's database, to look at other collections
   */
  changes(documents: readonly Document[], mongo: Connection): Promise<readonly (Changes | undefined)[]>;
}

/** Documents read, and written, at once. */
const BATCH = 500;
/** A pass leaves what was changed by others in between for the next one. */
const MAX_PASSES = 10;
const WAIT_MS = 500;
/** A second of the others' clocks, and a write that took its time: what was saved this long before is looked at again. */
const MARGIN_MS = 10 * 60_000;
/**
 * States due to be published in a second: half of what is published again in one, so that what is new does not wait behind
 * (`outbox/aggregate-store.ts`).
 */
const PUBLISHED_A_SECOND = 50;
const LOGGED_IDS = 20;

interface Note {
  readonly _id: string;
  /** When the last complete pass began: nothing of the old form that was saved before is left. */
  readonly checkedAt: Date;
}

const NAME = /^\d{4}-[a-z0-9-]+$/;

/** @throws where they are not numbered, or not in order */
const assertInOrder = (migrations: readonly Migration[]): void => {
  const names = migrations.map(({ name }) => name);
  const wrong = names.find(
    (name, index) => !NAME.test(name) || (index > 0 && name <= (names[index - 1] ?? '')),
  );
  if (wrong !== undefined)
    throw new Error(`migrations run in the order of their numbers: ${names.join(', ')}`);
};

export interface MigratingOptions {
  readonly migrations: readonly Migration[];
  /** A connection to the service's database that waits for as long as the server works. */
  readonly longWork: Connection;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Brings documents of older versions into the form of this one (docs/decisions/0013-migrations.md). Any number of replicas
 * may do it, and any of them may crash: what is left is found by the next one.
 * @throws where the migrations are not in order
 */
export const migrating = ({ migrations, longWork, clock, logger }: MigratingOptions) => {
  assertInOrder(migrations);
  const lease = leaseOf(longWork, new Types.ObjectId().toHexString());
  const notes = longWork.collection<Note>(NOTES);

  /** The write of one document, pinned to the form, and to the version, that was read. */
  const writeOf = (
    migration: Migration,
    document: Document,
    { set = {}, unset = [] }: Changes,
    dueAt: Date,
  ) => {
    const newer = migration.published ? { version: Number(document.version) + 1, savedAt: clock.now() } : {};
    return {
      updateOne: {
        filter: {
          ...migration.old,
          ...(migration.published ? { version: document.version } : {}),
          _id: document._id,
        },
        update: {
          ...(Object.keys({ ...set, ...newer }).length > 0 ? { $set: { ...set, ...newer } } : {}),
          // Not later than it is due anyway.
          ...(migration.published ? { $min: { republishAt: dueAt } } : {}),
          ...(unset.length > 0 ? { $unset: Object.fromEntries(unset.map((field) => [field, ''])) } : {}),
        },
      },
    };
  };

  /** Writes what it can. @returns how many were written, and what the server refused */
  const write = async (collection: string, writes: ReturnType<typeof writeOf>[]) => {
    if (writes.length === 0) return { written: 0, refused: [] };
    try {
      const { matchedCount } = await longWork
        .collection(collection)
        .bulkWrite(writes, { ordered: false, ignoreUndefined: true });
      return { written: matchedCount, refused: [] };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'MongoBulkWriteError') throw error;
      const { result, writeErrors } = error as driver.MongoBulkWriteError;
      const all = Array.isArray(writeErrors) ? writeErrors : [writeErrors];
      const refused = all.map(({ index, errmsg }) => ({
        id: String(writes[index]?.updateOne.filter._id),
        why: errmsg,
      }));
      return { written: result.matchedCount, refused };
    }
  };

  /** One pass over the documents of the old form, the newest first. */
  const pass = async (migration: Migration, since: Date | undefined, done: number) => {
    const found = { ...migration.old, ...(since === undefined ? {} : { savedAt: { $gte: since } }) };
    const left: string[] = [];
    const begun = clock.now().getTime();
    let [migrated, missed] = [0, 0];
    let before: Types.ObjectId | undefined;
    for (;;) {
      const batch = await longWork
        .collection(migration.collection)
        .find({ $and: [found, ...(before === undefined ? [] : [{ _id: { $lt: before } }])] })
        .sort({ _id: -1 })
        .limit(BATCH)
        .toArray();
      if (batch.length === 0) return { migrated, missed, left };
      before = batch.at(-1)?._id;
      const changes = await migration.changes(batch, longWork);
      const writes = batch.flatMap((document, index) => {
        const change = changes[index];
        if (change === undefined) left.push(String(document._id));
        const dueAt = new Date(begun + ((done + migrated + index) / PUBLISHED_A_SECOND) * 1_000);
        return change === undefined ? [] : [writeOf(migration, document, change, dueAt)];
      });
      const { written, refused } = await write(migration.collection, writes);
      for (const { id, why } of refused) {
        left.push(id);
        logger.error({ migration: migration.name, id, reason: why }, 'a document cannot be migrated');
      }
      migrated += written;
      missed += writes.length - written - refused.length;
      // Renewed, and where another one has taken it meanwhile, all the same: it does no harm to both.
      await lease.take();
    }
  };

  /** Until nothing of the old form is left but what cannot be migrated. */
  const complete = async (migration: Migration): Promise<number> => {
    const note = await notes.findOne({ _id: migration.name });
    const begun = clock.now();
    const since =
      migration.published && note !== null ? new Date(note.checkedAt.getTime() - MARGIN_MS) : undefined;
    let { migrated: done, missed, left } = await pass(migration, since, 0);
    for (let passes = 1; missed > 0 && passes < MAX_PASSES; passes += 1) {
      const again = await pass(migration, since, done);
      done += again.migrated;
      ({ missed, left } = again);
    }
    if (missed > 0) throw new Error(`${migration.name}: ${missed} documents change all the time`);
    if (left.length > 0) {
      const about = { migration: migration.name, count: left.length, ids: left.slice(0, LOGGED_IDS) };
      logger.warn(about, 'documents stay in their old form');
    }
    await notes.updateOne({ _id: migration.name }, { $set: { checkedAt: begun } }, { upsert: true });
    if (done > 0 || note === null) logger.info({ migration: migration.name, documents: done }, 'migrated');
    return done;
  };

  const completeAll = async (): Promise<number> => {
    let done = 0;
    for (const migration of migrations) done += await complete(migration);
    return done;
  };

  /** @returns undefined where another replica has the lease */
  const withLease = async (): Promise<number | undefined> => {
    if (!(await lease.take())) return undefined;
    try {
      return await completeAll();
    } finally {
      await lease.giveBack();
    }
  };

  return {
    /**
     * All migrations, in their order, before the service is ready. Waits for another replica that is at it.
     * @returns how many documents were migrated here
     */
    async beforeReady(): Promise<number> {
      if (migrations.length === 0) return 0;
      for (let waits = 0; ; waits += 1) {
        const done = await withLease();
        if (done !== undefined) return done;
        if (waits === 0) logger.info('another replica migrates; waiting for it');
        await pause(WAIT_MS);
      }
    },

    /** The same for what replicas of the version before write until they are gone; left to another replica that is at it. */
    job: {
      name: 'migrate what older replicas have written',
      everyMs: 60_000,
      run: async (): Promise<number> => (await withLease()) ?? 0,
    },
  };
};
