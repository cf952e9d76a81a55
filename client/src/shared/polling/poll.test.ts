import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { ApiError } from '../api/api-error.ts';
import { type Poll, type PollOptions, poll } from './poll.ts';

const EVERY = 5_000;

/** A page and the service it asks; timers are the test's. */
const page = (options: Partial<PollOptions<string>> = {}) => {
  const asked: AxiosRequestConfig[] = [];
  const seen: string[] = [];
  const errors: (ApiError | undefined)[] = [];
  const heard: string[] = [];
  let answers: (() => Promise<Partial<AxiosResponse>>)[] = [];
  let visible = true;
  let returned = () => {};
  const polling: Poll<string> = poll(
    {
      url: '/api/orders/1',
      initial: 'rendered',
      interval: () => EVERY,
      immediately: false,
      read: ({ data }) => String(data),
      onHeard: ({ date }) => heard.push(date),
      onData: (data) => seen.push(data),
      onError: (error) => errors.push(error),
      ...options,
    },
    {
      async request(config) {
        asked.push(config);
        const next = answers.shift() ?? (async () => ({ status: 304 }));
        return { headers: {}, ...(await next()) } as AxiosResponse;
      },
      isVisible: () => visible,
      onReturn(callback) {
        returned = callback;
        return () => {
          returned = () => {};
        };
      },
      now: Date.now,
      random: () => 0.5,
    },
  );
  return {
    polling,
    asked,
    seen,
    errors,
    heard,
    answer: (...next: (() => Promise<Partial<AxiosResponse>>)[]) => {
      answers = next;
    },
    hide: () => {
      visible = false;
    },
    show: () => {
      visible = true;
      returned();
    },
  };
};

const ok = (data: string, headers: Record<string, string> = {}) =>
  jest.fn(async () => ({ status: 200, data, headers }) as Partial<AxiosResponse>);
const refused = (status: number, retryAfter?: number) => async () => {
  throw new ApiError(status, [{ message: 'No' }], retryAfter);
};
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a page that keeps itself up to date', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks after each interval, and shows what it hears', async () => {
    const { polling, answer, asked, seen } = page();
    answer(ok('awaiting payment'), ok('completed'));
    await pass(EVERY - 1);
    expect(asked).toHaveLength(0);
    await pass(1);
    expect(seen).toEqual(['awaiting payment']);
    await pass(EVERY);
    expect(seen).toEqual(['awaiting payment', 'completed']);
    polling.stop();
  });

  it('asks for no more than what has changed, and keeps what has not', async () => {
    const { polling, answer, asked, seen, heard } = page();
    answer(ok('a', { etag: 'W/"1"', date: 'one' }), async () => ({ status: 304, headers: { date: 'two' } }));
    await pass(2 * EVERY);
    expect(asked[0]?.headers).not.toHaveProperty('If-None-Match');
    expect(asked[1]?.headers).toMatchObject({ 'If-None-Match': 'W/"1"', 'Cache-Control': 'max-age=0' });
    expect(seen).toEqual(['a']);
    expect(heard).toEqual(['one', 'two']);
    polling.stop();
  });

  it('does not ask while nobody looks, and asks at once when somebody does', async () => {
    const { polling, asked, hide, show } = page();
    hide();
    await pass(EVERY);
    await pass(100 * EVERY);
    expect(asked).toHaveLength(1);
    show();
    await pass(0);
    expect(asked).toHaveLength(2);
    await pass(EVERY);
    expect(asked).toHaveLength(3);
    polling.stop();
  });

  it('asks less and less often while the service is away, says so, and says when it is back', async () => {
    const { polling, answer, asked, errors } = page();
    answer(refused(503), refused(0), ok('there'));
    await pass(EVERY);
    expect(errors.at(-1)).toMatchObject({ status: 503 });
    await pass(EVERY * 1.1);
    expect(asked).toHaveLength(2);
    await pass(EVERY * 2.1);
    expect(asked).toHaveLength(2);
    await pass(EVERY * 0.1);
    expect(asked).toHaveLength(3);
    expect(errors.at(-1)).toBeUndefined();
    polling.stop();
  });

  it('waits as long as the service asks for', async () => {
    const { polling, answer, asked } = page();
    answer(refused(429, 40));
    await pass(EVERY);
    await pass(39_999);
    expect(asked).toHaveLength(1);
    await pass(5_000);
    expect(asked).toHaveLength(2);
    polling.stop();
  });

  it('does not ask again what it was refused for good, until it is looked at anew', async () => {
    const { polling, answer, asked, show } = page();
    answer(refused(401));
    await pass(20 * EVERY);
    expect(asked).toHaveLength(1);
    show();
    await pass(0);
    expect(asked).toHaveLength(2);
    polling.stop();
  });

  it('ends when nothing will change any more', async () => {
    const { polling, answer, asked, show } = page({
      interval: (data) => (data === 'cancelled' ? null : EVERY),
    });
    answer(ok('cancelled'));
    await pass(50 * EVERY);
    show();
    await pass(0);
    expect(asked).toHaveLength(1);
    polling.stop();
  });

  it('asks once more after a question that was under way when somebody wanted to know', async () => {
    const { polling, answer, asked, seen } = page();
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer(async () => {
      await slow;
      return { status: 200, data: 'before' };
    }, ok('after'));
    polling.refresh();
    polling.refresh();
    polling.refresh();
    release();
    await pass(0);
    expect(asked).toHaveLength(2);
    expect(seen).toEqual(['before', 'after']);
    polling.stop();
  });

  it('does not let an old answer replace what is known by now', async () => {
    const { polling, answer, seen } = page();
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer(async () => {
      await slow;
      return { status: 200, data: 'old' };
    });
    polling.refresh();
    polling.know('released');
    release();
    await pass(0);
    expect(seen).toEqual(['released']);
    polling.stop();
  });

  it('gives up what is under way when the page is left, and asks no more', async () => {
    const { polling, answer, asked, seen, errors } = page({ immediately: true });
    expect(asked).toHaveLength(1);
    answer(ok('too late'));
    polling.stop();
    await pass(10 * EVERY);
    expect(asked[0]?.signal).toMatchObject({ aborted: true });
    expect(asked).toHaveLength(1);
    expect(seen).toEqual([]);
    expect(errors).toEqual([]);
  });
});
