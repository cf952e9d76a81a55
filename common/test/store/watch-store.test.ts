import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '../../src/errors/index.ts';
import { watchStore } from '../../src/store/index.ts';
import { eventually } from '../../src/testing/index.ts';

const never = () => new Promise<never>(() => {});

/** A store that answers until it is told to hang. */
const aStore = async () => {
  let hangs = false;
  const watch = watchStore(() => (hangs ? never() : Promise.resolve()));
  await watch.answered;
  return {
    watch,
    hang() {
      hangs = true;
    },
  };
};

describe('a request to a store that hangs', () => {
  it('is refused, however many operations it still has to wait for', async () => {
    const { watch, hang } = await aStore();
    hang();
    await expect(watch.orUnavailable(never())).rejects.toThrow(Unavailable);
    watch.stop();
  });

  it('that is refused by itself says why', async () => {
    const { watch, hang } = await aStore();
    hang();
    const refusal = new Error('no');
    await expect(watch.orUnavailable(Promise.reject(refusal))).rejects.toBe(refusal);
    watch.stop();
  });
});

describe('a request that takes long while the store answers', () => {
  it('is not cut off: it only queues, or waits for the bank', async () => {
    const { watch } = await aStore();
    expect(await watch.orUnavailable(pause(6_000, 'paid'))).toBe('paid');
    watch.stop();
  });
});

describe('a store', () => {
  it('is not well before it has answered, nor when it answers no more', async () => {
    const deaf = watchStore(never);
    expect(deaf.isWell()).toBe(false);
    deaf.stop();

    const { watch, hang } = await aStore();
    expect(watch.isWell()).toBe(true);
    hang();
    await eventually(() => expect(watch.isWell()).toBe(false), 10_000);
    watch.stop();
  });
});
