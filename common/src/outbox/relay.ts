import { LRUCache } from 'lru-cache';
import type { Model, Types } from 'mongoose';
import { type Clock, systemClock } from '../clock/index.ts';
import type { CloudEvent } from '../events/index.ts';
import { BusUnavailable, type EventBus } from '../messaging/index.ts';
import { QUERY_MS } from '../store/index.ts';

/** A collection whose documents have an `outbox`. */
export interface Outbox {
  readonly name: string;
  readonly model: Model<Record<string, unknown>>;
}

export interface OutboxDepth {
  readonly name: string;
  /** Documents with events that the broker has not acknowledged. */
  readonly depth: number;
  /** Age of the oldest such event, in seconds; 0 when there is none. */
  readonly ageSeconds: number;
}

export interface RelayOptions {
  readonly bus: Pick<EventBus, 'publish'>;
  readonly clock?: Clock;
  /** Milliseconds between looks for what a crash or an absent broker left behind. */
  readonly pollMs?: number;
  /** Events younger than this are left to the nudge of the process that wrote them, in milliseconds. */
  readonly graceMs?: number;
  /** Most documents whose events are published at once by nudges, and as many again by a look. */
  readonly concurrency?: number;
  readonly onPublished?: (event: CloudEvent) => void;
  /**
   * Told of each failure to publish or to tidy up; the events stay in the outbox.
   * @param again the failure before it was of the same outage, so that a log need not repeat it
   */
  readonly onFailed?: (error: unknown, again: boolean) => void;
}

/** Documents read at once; a batch of a cursor is never more than 16 MB either. */
const BATCH = 200;
/** Events of one document that wait in memory while an earlier one is on its way. */
const NUDGED_AT_ONCE = 200;
/** A bound for what should not exist at all. */
const MOST_HOPELESS = 1_000;

/**
 * How long a removal is remembered, in milliseconds. A look sees only what a majority has, so it finds an event for a moment
 * after it was removed, and would publish it once more.
 */
const REMEMBERED_MS = 10_000;
/** What is forgotten sooner is at worst published once more. */
const MOST_REMEMBERED = 20_000;

interface Waiting {
  readonly _id: Types.ObjectId;
  readonly outbox: CloudEvent[];
}

/** What stands in outboxes and is no newer than `until`: the predicate of the index that `aggregateSchema` makes. */
const waitingUntil = (until: Date) => ({ 'outbox.0.time': { $lte: until.toISOString() } });
const waiting = { 'outbox.0.time': { $gt: '' } };
const oldestFirst = { 'outbox.0.time': 1 } as const;
/** The rest of the document stays where it is. */
const outboxOnly = { _id: 1, outbox: 1 } as const;
/** With `_id: 1` it is an inclusion. */
const oldestEvent = { _id: 1, outbox: { $slice: 1 } };

/**
 * Removes published events from outboxes. The first removal goes at once; while one is on its way, those that come
 * gather, and go together: in a rush one write for many documents. Of no majority, and not journalled, since an event
 * whose removal is lost is published once more.
 */
const removals = () => {
  interface Removal {
    readonly _id: Types.ObjectId;
    readonly ids: readonly string[];
    settle(error?: unknown): void;
  }
  const gathered = new Map<Outbox, Removal[]>();

  const removeTogether = async ({ model, name }: Outbox, together: readonly Removal[]): Promise<void> => {
    const pulls = together.map(({ _id, ids }) => ({
      updateOne: { filter: { _id }, update: { $pull: { outbox: { id: { $in: [...ids] } } } } },
    }));
    try {
      await model.db.collection<Waiting>(name).bulkWrite(pulls, { ordered: false, writeConcern: { w: 1 } });
      for (const { settle } of together) settle();
    } catch (error) {
      for (const { settle } of together) settle(error);
    }
  };

  const removeGathered = async (outbox: Outbox, waiting: Removal[]): Promise<void> => {
    while (waiting.length > 0) await removeTogether(outbox, waiting.splice(0, BATCH));
    gathered.delete(outbox);
  };

  /** Resolves once these events of the document are gone. */
  return (outbox: Outbox, _id: Types.ObjectId, ids: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const removal = { _id, ids, settle: (error?: unknown) => (error ? reject(error) : resolve()) };
      const waiting = gathered.get(outbox);
      if (waiting !== undefined) {
        waiting.push(removal);
        return;
      }
      const first = [removal];
      gathered.set(outbox, first);
      void removeGathered(outbox, first);
    });
};

/**
 * Publishes what stands in outboxes and removes it once the broker has acknowledged: at least once, never lost
 * (docs/decisions/0001-one-document-one-write.md). Two ways lead to the broker: a nudge right after a write, and a look
 * every `pollMs` for what a crash, an absent broker or too many nudges at once have left. Any number of relays may
 * serve the same collection; an event is then at worst published by each. Events of one document are published oldest
 * first by each way.
 *
 * Memory is bounded by `concurrency` and the batches, however long the backlog.
 */
export const createRelay = (options: RelayOptions) => {
  const { bus, onPublished, onFailed } = options;
  const clock = options.clock ?? systemClock;
  const pollMs = options.pollMs ?? 500;
  const graceMs = options.graceMs ?? 1_000;
  const concurrency = options.concurrency ?? 64;

  const remove = removals();
  /** Ids of events. */
  const removed = new LRUCache<string, true>({ max: MOST_REMEMBERED, ttl: REMEMBERED_MS });
  const outboxes: Outbox[] = [];
  /** Documents being published by this process, each with the events nudged for it meanwhile. */
  const underWay = new Map<string, CloudEvent[]>();
  const nudges = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<boolean> | undefined;
  let stopped = true;
  /** The time to drain is over: what is left is for the next process. */
  let abandoned = false;
  /** Something failed and nothing has succeeded since: nudges are idle then, and each look tries for all of them. */
  let failing = false;
  /** A nudge was dropped for want of room: the next look follows at once and without grace. */
  let behind = false;
  /** Events that the broker would never take, so that each is told of once. */
  const hopeless = new Set<string>();

  const failed = (error: unknown): void => {
    onFailed?.(error, failing);
    failing = true;
  };

  const publish = async (event: CloudEvent): Promise<void> => {
    await bus.publish(event);
    failing = false;
    onPublished?.(event);
  };

  /**
   * Publishes events of one document, oldest first, and removes those that were acknowledged. One that the broker would
   * never take stays where it is, seen in `depths`, and does not stand in the way of those behind it.
   * @returns true if all are gone
   */
  const publishAll = async (outbox: Outbox, { _id, outbox: events }: Waiting): Promise<boolean> => {
    const published: string[] = [];
    const unpublished = events.filter(({ id }) => !removed.has(id));
    try {
      for (const event of unpublished) {
        if (abandoned) break;
        try {
          await publish(event);
          published.push(event.id);
        } catch (error) {
          if (error instanceof BusUnavailable) throw error;
          onFailed?.(error, hopeless.has(event.id));
          if (hopeless.size < MOST_HOPELESS) hopeless.add(event.id);
        }
      }
    } finally {
      if (published.length > 0) {
        await remove(outbox, _id, published);
        for (const id of published) removed.set(id, true);
      }
    }
    return published.length === unpublished.length;
  };

  /** Publishes for one document, unless that is being done, and then what is nudged for it meanwhile. */
  const serveDocument = async (
    outbox: Outbox,
    _id: Types.ObjectId,
    work: () => Promise<boolean>,
  ): Promise<boolean> => {
    const key = `${outbox.name}/${_id}`;
    if (underWay.has(key)) return true;
    const nudged: CloudEvent[] = [];
    underWay.set(key, nudged);
    try {
      let emptied = await work();
      while (nudged.length > 0 && !abandoned) {
        emptied = (await publishAll(outbox, { _id, outbox: nudged.splice(0) })) && emptied;
      }
      return emptied;
    } finally {
      underWay.delete(key);
    }
  };

  /** One look at one outbox, oldest first. @returns true if all that is older than `until` is gone */
  const look = async (outbox: Outbox, until: Date): Promise<boolean> => {
    const documents = outbox.model
      .find(waitingUntil(until), outboxOnly)
      .sort(oldestFirst)
      .lean<Waiting>()
      .cursor({ batchSize: BATCH });
    const running = new Set<Promise<void>>();
    let emptied = true;
    let failure: { readonly error: unknown } | undefined;
    const fail = (error: unknown) => {
      failure ??= { error };
    };
    try {
      // Where the broker or the store is away, trying the others as well would only make noise.
      while (failure === undefined && !abandoned) {
        const document = await documents.next();
        if (document === null) break;
        const work = serveDocument(outbox, document._id, () => publishAll(outbox, document))
          .then((all) => {
            emptied &&= all;
          }, fail)
          .finally(() => running.delete(work));
        running.add(work);
        if (running.size >= concurrency) await Promise.race(running);
      }
    } catch (error) {
      fail(error);
    } finally {
      await Promise.all(running);
      await documents.close();
    }
    if (failure !== undefined) throw failure.error;
    return emptied && !abandoned;
  };

  /** Looks at every outbox. @returns true if all that is older than `until` is gone */
  const lookAtAll = async (until: Date): Promise<boolean> => {
    let emptied = true;
    for (const outbox of outboxes) {
      try {
        emptied = (await look(outbox, until)) && emptied;
      } catch (error) {
        failed(error);
        emptied = false;
      }
    }
    return emptied;
  };

  const poll = (): void => {
    // While nudges are idle there is nobody to leave young events to.
    const until = new Date(clock.now().getTime() - (behind || failing ? 0 : graceMs));
    behind = false;
    looking = lookAtAll(until).finally(() => {
      looking = undefined;
      if (!stopped) timer = setTimeout(poll, behind && !failing ? 0 : pollMs);
    });
  };

  const fallBehind = (): void => {
    if (behind) return;
    behind = true;
    if (looking !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(poll, 0);
  };

  return {
    /** Adds a collection to those that are looked after. */
    serve(outbox: Outbox): void {
      outboxes.push(outbox);
    },

    /**
     * Publishes an event that was just saved, at once and in the background. If that fails, or too many are under way,
     * a look finds it.
     */
    nudge(outbox: Outbox, _id: Types.ObjectId, event: CloudEvent): void {
      if (stopped || failing) return;
      const nudged = underWay.get(`${outbox.name}/${_id}`);
      if (nudged !== undefined && nudged.length < NUDGED_AT_ONCE) {
        nudged.push(event);
        return;
      }
      if (nudged !== undefined || nudges.size >= concurrency) {
        fallBehind();
        return;
      }
      const nudge = serveDocument(outbox, _id, () => publishAll(outbox, { _id, outbox: [event] }))
        .then(() => undefined, failed)
        .finally(() => nudges.delete(nudge));
      nudges.add(nudge);
    },

    /**
     * Looks at the outboxes now: after a write of many documents, of which nobody knows which took effect. What the look
     * finds is in the database, so nothing is published that was not saved.
     */
    lookNow(): void {
      if (!stopped && !failing) fallBehind();
    },

    /** Publishes without an outbox: for a state that is told again, not for a change. */
    publish,

    start(): void {
      stopped = false;
      poll();
    },

    /**
     * Publishes everything that is left, or gives up when the time is over; what is left stays saved.
     * @returns true if the outboxes are empty
     */
    async drain(withinMs: number): Promise<boolean> {
      stopped = true;
      clearTimeout(timer);
      const rest = async () => {
        await looking;
        await Promise.all(nudges);
        return lookAtAll(clock.now());
      };
      let late: NodeJS.Timeout | undefined;
      const deadline = new Promise<false>((resolve) => {
        late = setTimeout(() => {
          abandoned = true;
          resolve(false);
        }, withinMs);
      });
      try {
        return await Promise.race([rest(), deadline]);
      } finally {
        clearTimeout(late);
      }
    },

    /** How much waits, and for how long: for metrics and for tests. */
    async depths(): Promise<OutboxDepth[]> {
      return Promise.all(
        outboxes.map(async ({ name, model }) => {
          const [depth, oldest] = await Promise.all([
            model.countDocuments(waiting, { maxTimeMS: QUERY_MS }),
            model.findOne(waiting, oldestEvent).sort(oldestFirst).maxTimeMS(QUERY_MS).lean<Waiting>(),
          ]);
          const time = oldest?.outbox[0]?.time;
          const ageSeconds = time === undefined ? 0 : (clock.now().getTime() - Date.parse(time)) / 1000;
          return { name, depth, ageSeconds: Math.max(0, ageSeconds) };
        }),
      );
    },
  };
};

export type Relay = ReturnType<typeof createRelay>;
