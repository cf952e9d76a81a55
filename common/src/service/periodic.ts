import type { Logger } from 'pino';
import { runInTrace, traceparentFrom } from '../tracing/index.ts';

export interface PeriodicJob {
  readonly name: string;
  /** Milliseconds from the end of one run to the beginning of the next. */
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/**
 * Runs each job again and again, never beside itself, each run in a trace of its own; a failure is logged and the next
 * run comes all the same.
 */
export const runPeriodically = (jobs: readonly PeriodicJob[], logger: Logger) => {
  let stopped = false;
  const timers = new Map<PeriodicJob, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  const schedule = (job: PeriodicJob) => {
    if (!stopped) timers.set(job, setTimeout(start, job.everyMs, job));
  };
  const start = (job: PeriodicJob) => {
    const trace = { traceparent: traceparentFrom(undefined) };
    const run = runInTrace(trace, async () => {
      try {
        await job.run();
      } catch (error) {
        logger.error({ err: error, job: job.name }, 'a periodic job failed');
      }
    }).finally(() => {
      running.delete(run);
      schedule(job);
    });
    running.add(run);
  };
  for (const job of jobs) schedule(job);

  return {
    async stop(): Promise<void> {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
};
