import type { Connection } from 'mongoose';

interface Stage {
  readonly stage?: string;
  readonly inputStage?: Stage;
  readonly inputStages?: readonly Stage[];
}

const stagesOf = (plan: Stage): string[] => [
  ...(plan.stage === undefined ? [] : [plan.stage]),
  ...(plan.inputStage === undefined ? [] : stagesOf(plan.inputStage)),
  ...(plan.inputStages ?? []).flatMap(stagesOf),
];

export interface QueryPlan {
  readonly collection: string;
  readonly command: Readonly<Record<string, unknown>>;
  /** `IXSCAN { userId: 1, _id: -1 }`, `IDHACK`; `COLLSCAN` where no index serves. */
  readonly summary: string;
  /** Stages of the winning plan, from the top: LIMIT, FETCH, IXSCAN … Empty for an aggregation: see `summary`. */
  readonly stages: readonly string[];
  /** True if the answer was sorted in memory, since no index gives its order. */
  readonly sorted: boolean;
  readonly docsExamined: number;
  readonly keysExamined: number;
  /** Entries of indexes that a write made and removed. */
  readonly keysInserted: number;
  readonly keysDeleted: number;
  /** Documents in the answer. */
  readonly returned: number;
}

/** Larger than mongod's own 1 MB, which a few hundred writes with long documents would push out of. */
const PROFILE_BYTES = 32 * 1024 * 1024;

/**
 * Runs `work` and explains every query and write it made, so that a test can fail on a collection scan and on a sort in
 * memory. Uses the database's profiler, so it sees what was really sent and not what a test repeats.
 */
export const explainQueries = async (
  mongo: Connection,
  work: () => Promise<unknown>,
): Promise<QueryPlan[]> => {
  const { db } = mongo;
  if (db === undefined) throw new Error('not connected');
  const profile = db.collection('system.profile');
  await profile.drop();
  await db.createCollection('system.profile', { capped: true, size: PROFILE_BYTES });
  await db.command({ profile: 2 });
  try {
    await work();
  } finally {
    await db.command({ profile: 0 });
  }
  const profiled = await profile.find({ ns: { $not: /system\.profile$/ } }).toArray();
  const plans: QueryPlan[] = [];
  for (const entry of profiled) {
    const command = entry.command as Record<string, unknown> | undefined;
    const summary: unknown = entry.planSummary;
    // Inserts and administration have no plan.
    if (command === undefined || typeof summary !== 'string') continue;
    plans.push({
      collection: String(entry.ns).replace(/^[^.]+\./, ''),
      command,
      summary,
      stages: stagesOf((entry.execStats ?? {}) as Stage),
      sorted: entry.hasSortStage === true,
      docsExamined: Number(entry.docsExamined ?? 0),
      keysExamined: Number(entry.keysExamined ?? 0),
      keysInserted: Number(entry.keysInserted ?? 0),
      keysDeleted: Number(entry.keysDeleted ?? 0),
      returned: Number(entry.nreturned ?? 0),
    });
  }
  await profile.drop();
  return plans;
};
