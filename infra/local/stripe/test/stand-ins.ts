import { afterEach } from '@jest/globals';
import { type RunningStandIn, type StartOptions, startStandIn } from '../src/index.ts';

/** Starts as many as a test needs; those that it has not stopped itself are stopped after it, also when it fails. */
export const standIns = (): ((options?: StartOptions) => Promise<RunningStandIn>) => {
  const running = new Set<RunningStandIn>();
  afterEach(async () => {
    const left = [...running];
    running.clear();
    await Promise.all(left.map((standIn) => standIn.stop()));
  });
  return async (options) => {
    const started = await startStandIn(options);
    const standIn: RunningStandIn = {
      ...started,
      async stop() {
        running.delete(standIn);
        await started.stop();
      },
    };
    running.add(standIn);
    return standIn;
  };
};
