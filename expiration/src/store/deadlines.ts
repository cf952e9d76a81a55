import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@ticketing/common/clock';
import type { ServiceDeps } from '@ticketing/common/service';
import Bull from 'bull';
import type { RedisConnections } from './redis.ts';

/** When the hold of an order ends. */
export interface Deadline {
  readonly orderId: string;
  /** The order's version, as far as we knew. */
  readonly version: number;
  readonly dueAt: Date;
  /** Of the reservation, so that its end belongs to the same trace. */
  readonly traceparent?: string | undefined;
}

/** A deadline as JSON has it. */
type Saved = Omit<Deadline, 'dueAt'> & { readonly dueAt: string };

/** A deadline was dropped when Bull had its id and had not read it yet: there is nothing to tell, or to be told of. */
class Dropped extends Error {
  override readonly name = 'Dropped';
}

/** What Bull hands out then: a job with its id and nothing else. */
const isEmpty = ({ data }: Bull.Job<Partial<Saved>>): boolean => data.orderId === undefined;

const PREFIX = 'expiration';
/** Deadlines being told at once: enough for a thousand in a fraction of a second, and no stampede of a backlog. */
const CONCURRENCY = 32;
/** After an error of Redis, and at most between two looks for what is due. */
const RETRY_MS = 500;
const LOOK_MS = 1_000;
/** More than any job ever needs, and what Lua still counts exactly. */
const FOR_EVER = 2 ** 31 - 1;
/** A deadline that could not be told is tried again after pauses that grow to this. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Longest wait for what is being told when the service stops; Redis may be away. */
const STOP_MS = 3_000;
const STOP_LOOK_MS = 20;
/** Removed at once by `tidyUp`. */
const TIDY_UP = 1_000;

/** A quarter is random, so that those who failed together do not all come back together. */
const growingPause = (failures: number): number =>
  Math.round(
    Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10)) * (0.75 + Math.random() / 4),
  );

/** Waits for something to end, however it does, but not for ever. */
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  await Promise.race([work.catch(() => undefined), pause(ms, undefined, { ref: false })]);
};

export interface DeadlinesOptions {
  readonly redis: RedisConnections;
  readonly clock: Clock;
  readonly logger: ServiceDeps['logger'];
  /** What a process was telling when it died goes to another one after this, and at most as long again. */
  readonly lockMs?: number;
}

/**
 * The deadlines of orders: a delayed job of Bull each, keyed by its order. Any number of processes may watch one Redis.
 * A deadline is told at least once, and forgotten only after whoever was told has resolved.
 */
export const openDeadlines = ({ redis, clock, logger, lockMs = 10_000 }: DeadlinesOptions) => {
  let stopping = false;
  /** Jobs whose deadline is being told, until Redis knows what came of it, or will not hear of it. */
  const telling = new Set<Bull.JobId>();
  const queue = new Bull<Saved>('deadlines', {
    prefix: PREFIX,
    createClient: (type) => (type === 'client' ? redis.commands : redis.connect()),
    settings: {
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // A process that dies again and again must not lose a deadline.
      maxStalledCount: FOR_EVER,
      retryProcessDelay: RETRY_MS,
      guardInterval: LOOK_MS,
      backoffStrategies: { growing: growingPause },
    },
    defaultJobOptions: {
      attempts: FOR_EVER,
      backoff: { type: 'growing' },
      // Bull ignores a job whose id exists, also of one that has ended: none must stay.
      removeOnComplete: true,
      removeOnFail: true,
      // It would keep the stack of every try.
      stackTraceLimit: 1,
    },
  });
  // Bull names its connection with a command that nobody waits for (4.16, worker.js); behind a blocking one it is still
  // unanswered when the service stops, and its rejection would end the process. The name only serves Bull's own lists.
  Object.assign(queue, { setWorkerName: async () => {} });
  queue.on('error', (error) => {
    if (!stopping) logger.warn({ err: error }, 'trouble with the queue of deadlines');
  });
  queue.on('completed', ({ id }) => telling.delete(id));
  queue.on('failed', ({ data, attemptsMade }, error) => {
    if (error instanceof Dropped) return;
    logger.warn({ err: error, orderId: data.orderId, attemptsMade }, 'a deadline could not be told yet');
  });

  /**
   * The last that Bull does with a job that it could not complete. Where that is refused as well, since the job or its
   * lock is gone from Redis, it emits no event about the job (4.16, queue.js, processJob).
   */
  const untilFailed = (job: Bull.Job<Saved>): void => {
    const moveToFailed = job.moveToFailed.bind(job);
    job.moveToFailed = async (...given) => {
      try {
        return await moveToFailed(...given);
      } finally {
        telling.delete(job.id);
      }
    };
  };

  return {
    /** Resolves once it is saved. One that is set again, or is being told, stays as it is; one that is past is due. */
    async set({ orderId, dueAt, ...rest }: Deadline): Promise<void> {
      const delay = Math.max(0, dueAt.getTime() - clock.now().getTime());
      await queue.add({ orderId, dueAt: dueAt.toISOString(), ...rest }, { jobId: orderId, delay });
    },

    /** Forgets it. One that is being told at this moment is told: orders knows better. */
    async drop(orderId: string): Promise<void> {
      const job = await queue.getJob(orderId);
      try {
        await job?.remove();
      } catch (error) {
        // Bull has no other way to say that somebody works on it.
        if (!(error instanceof Error) || !error.message.startsWith('Could not remove job')) throw error;
      }
    },

    /** Tells each deadline once its time has come; again, after a growing pause, as long as `tell` rejects. */
    watch(tell: (deadline: Deadline) => Promise<void>): void {
      const work = async (job: Bull.Job<Saved>): Promise<void> => {
        if (isEmpty(job)) throw new Dropped('dropped at the moment it was taken');
        telling.add(job.id);
        untilFailed(job);
        await tell({ ...job.data, dueAt: new Date(job.data.dueAt) });
      };
      queue.process(CONCURRENCY, work).catch((error: unknown) => {
        if (!stopping) logger.error({ err: error }, 'the queue of deadlines stopped');
      });
    },

    /**
     * A deadline that is dropped between Bull's taking its id and its reading it leaves an empty job, which fails without
     * a word to anybody, and which no option of its own removes.
     */
    async tidyUp(): Promise<void> {
      if (redis.isReady()) await queue.clean(0, 'failed', TIDY_UP);
    },

    /** How many there are; NaN while Redis is away, as metrics do not wait for it. */
    async count(): Promise<number> {
      if (!redis.isReady()) return Number.NaN;
      const { waiting, active, delayed } = await queue.getJobCounts();
      return waiting + active + delayed;
    },

    /** Tells no more, and waits for what is being told, unless that takes too long: then it is told again later. */
    async stop(): Promise<void> {
      stopping = true;
      // Not Bull's own wait for its jobs: while Redis is away it leaves a rejection that nobody handles (Bull 4.16,
      // whenCurrentJobsFinished), which ends the process before it has closed the rest.
      await within(STOP_MS, queue.pause(true, true));
      for (let waited = 0; telling.size > 0 && waited < STOP_MS; waited += STOP_LOOK_MS)
        await pause(STOP_LOOK_MS);
      if (telling.size > 0) {
        logger.warn(
          { orderIds: [...telling] },
          'stopped in the middle of telling deadlines; they are told again',
        );
      }
      await within(STOP_MS, queue.close(true));
    },
  };
};

export type Deadlines = ReturnType<typeof openDeadlines>;
