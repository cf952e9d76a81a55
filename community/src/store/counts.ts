import { Unavailable } from '@ticketing/common/errors';
import { type Model, Types } from 'mongoose';
import type { Visible } from './visible.ts';

/**
 * Something that is counted beside what it belongs to. Who changes whether it counts writes a mark into it, in the same
 * write; the mark goes only when a count that has seen the change is stored. So after a crash between the two, the mark
 * is found, and counted again.
 */
export interface Counted extends Visible {
  /** Id of what it belongs to. */
  readonly of: string;
  readonly uncounted?: string;
}

export const counted = {
  of: { type: String, required: true },
  uncounted: { type: String },
} as const;

/** A count beside a document; the version pins the write of the next one. */
export interface Count {
  readonly count: number;
  readonly version: number;
}

export const count = {
  count: { type: Number, required: true },
  version: { type: Number, required: true },
} as const;
export const NONE_YET: Count = { count: 0, version: 0 };

/** A mark for `uncounted`: each change has its own. */
export const newMark = (): string => new Types.ObjectId().toHexString();

/** Beyond this many, other replicas count the same at the same moment, again and again: the caller has to ask again. */
const TRIES = 20;
const LEFT_AT_ONCE = 500;

interface CountedPlace<Parent, Child extends Counted> {
  readonly parents: Model<Parent>;
  /** Where the count stands in a parent. */
  readonly field: 'likes' | 'comments';
  readonly children: Model<Child>;
  /** The index by which they are counted. */
  readonly index: string;
  /** The one by which those of some authors are. */
  readonly byAuthor: string;
  /** Which of the children, where those of others are in the same collection. */
  readonly only?: object;
  /** A child that was deleted is forgotten as soon as that is counted. */
  readonly forgets?: boolean;
}

/**
 * Keeps a count beside each parent that equals its children that are shown. It is never incremented: it is counted anew
 * and written pinned to the count before it. A count that is stored has seen every change that was made before it began,
 * since any other one that was stored meanwhile makes it begin anew.
 */
export const keptCounts = <Parent, Child extends Counted>(place: CountedPlace<Parent, Child>) => {
  const { field, index, byAuthor, only = {}, forgets = false } = place;
  const parents = place.parents as unknown as Model<Record<string, unknown>>;
  const children = place.children as unknown as Model<Counted>;

  const countNow = async (id: string): Promise<number> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const parent = await parents.findById(id, { [field]: 1 }).lean<Record<string, Count>>();
      const before = parent?.[field];
      if (before === undefined) return 0;
      const now = await children.countDocuments({ of: id, shown: true }, { hint: index });
      const next: Count = { count: now, version: before.version + 1 };
      const { matchedCount } = await parents.updateOne(
        { _id: id, [`${field}.version`]: before.version },
        { $set: { [field]: next } },
      );
      if (matchedCount === 1) return now;
    }
    throw new Unavailable();
  };

  /** In this process, a count that runs and the one after it, which all share who come while the first one runs. */
  const running = new Map<string, { readonly now: Promise<number>; next?: Promise<number> }>();

  const begin = (id: string): Promise<number> => {
    const now = countNow(id).finally(() => {
      if (running.get(id)?.now === now) running.delete(id);
    });
    running.set(id, { now });
    return now;
  };

  /** Counts once after this moment, however many ask for it. */
  const countFromNow = (id: string): Promise<number> => {
    const current = running.get(id);
    if (current === undefined) return begin(id);
    current.next ??= current.now.catch(() => {}).then(() => begin(id));
    return current.next;
  };

  const settle = async (marks: readonly string[]): Promise<void> => {
    const settled = { uncounted: { $in: marks } };
    if (forgets) await children.deleteMany({ ...settled, deletedAt: { $exists: true } });
    await children.updateMany(settled, { $unset: { uncounted: 1 } });
  };

  return {
    /** Counts a change that was written under this mark. @returns how many there are now @throws {Unavailable} */
    async afterChange(id: string, mark: string): Promise<number> {
      const now = await countFromNow(id);
      await settle([mark]);
      return now;
    },

    /** The same for changes of several under one mark. */
    async afterChanges(ids: Iterable<string>, mark: string): Promise<void> {
      for (const id of ids) await countFromNow(id);
      await settle([mark]);
    },

    /** Counts, and leaves the marks. */
    count: countFromNow,

    /** Counts what was left uncounted by a process that ended too early. */
    async countLeft(): Promise<void> {
      const left = await children
        .find({ uncounted: { $exists: true }, ...only }, { of: 1, uncounted: 1 })
        .limit(LEFT_AT_ONCE)
        .lean<{ of: string; uncounted: string }[]>();
      const marks = new Map<string, string[]>();
      for (const { of, uncounted } of left) marks.set(of, [...(marks.get(of) ?? []), uncounted]);
      for (const [of, ofThis] of marks) {
        await countFromNow(of);
        await settle(ofThis);
      }
    },

    /** How many of each parent's are by these authors: what a viewer from whom these are hidden does not see. */
    async by(ids: readonly string[], authors: readonly string[]): Promise<ReadonlyMap<string, number>> {
      if (ids.length === 0 || authors.length === 0) return new Map();
      const found = await children.aggregate<{ _id: string; count: number }>(
        [
          { $match: { of: { $in: ids }, author: { $in: authors }, shown: true } },
          { $group: { _id: '$of', count: { $sum: 1 } } },
        ],
        { hint: byAuthor },
      );
      return new Map(found.map(({ _id, count: many }) => [_id, many]));
    },
  };
};

export type KeptCounts = ReturnType<typeof keptCounts>;
