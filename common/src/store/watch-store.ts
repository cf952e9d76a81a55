import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { Unavailable } from '../errors/index.ts';

export interface StoreWatch {
  /** The store has answered a look in the last five seconds. */
  isWell(): boolean;
  /** Resolves when it has answered for the first time. */
  readonly answered: Promise<void>;
  /**
   * `work`, or a refusal once it has taken 4.5 seconds and the store has not answered a look for 2.5. A request that
   * only queues, or waits for another service, is not cut off. What became of work that was cut off is unknown.
   * @throws {Unavailable}
   */
  orUnavailable<T>(work: Promise<T>): Promise<T>;
  stop(): void;
}

const LOOK_EVERY_MS = 1_000;
/** Longer than a few looks take. */
const WELL_MS = 5_000;
/** A request is several operations, each of which may wait for its own time-out. */
const PATIENCE_MS = 4_500;
const SILENCE_MS = 2_500;
const LOOK_AGAIN_MS = 250;

/**
 * Asks a store each second whether it works, since its client may call a server that hangs connected. One question at a
 * time: while one is not answered, no other is asked.
 * @param look the question; rejects while the store is away
 */
export const watchStore = (look: () => Promise<unknown>): StoreWatch => {
  let stopped = false;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const silentFor = () => performance.now() - answeredAt;

  const answered = new Promise<void>((resolve) => {
    const watch = async (): Promise<void> => {
      while (!stopped) {
        try {
          await look();
          answeredAt = performance.now();
          resolve();
        } catch {
          // That it was not answered is what `isWell` tells.
        }
        await pause(LOOK_EVERY_MS, undefined, { ref: false });
      }
    };
    void watch();
  });

  return {
    isWell: () => silentFor() < WELL_MS,
    answered,
    async orUnavailable(work) {
      const done = new AbortController();
      const { signal } = done;
      const silence = async (): Promise<never> => {
        for (let wait = PATIENCE_MS; ; wait = LOOK_AGAIN_MS) {
          await pause(wait, undefined, { signal });
          // Where this process was busy, an answer may lie there that it has not read yet.
          await nextTurn();
          if (silentFor() >= SILENCE_MS) throw new Unavailable();
        }
      };
      try {
        return await Promise.race([work, silence()]);
      } finally {
        done.abort();
      }
    },
    stop() {
      stopped = true;
    },
  };
};

const COLLECTION = 'store_watch';

/**
 * The look of `watchStore` at a MongoDB: a small write. Only a write tells, since a primary that has lost its majority
 * goes on answering reads of what a majority had.
 * @param mongo not the connection of requests, behind which a look would queue in a rush
 */
export const smallWrite = (mongo: Connection) => async (): Promise<void> => {
  await mongo
    .collection<{ _id: string; at: Date }>(COLLECTION)
    .updateOne({ _id: 'look' }, { $set: { at: new Date() } }, { upsert: true });
};
