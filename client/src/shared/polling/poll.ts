import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { ApiError } from '../api/api-error.ts';
import type { Heard } from '../clock/server-clock.ts';
import { delayOf } from './delay.ts';

/** What polling needs of its surroundings; a page's are in `use-polling.ts`. */
export interface Surroundings {
  request(options: AxiosRequestConfig): Promise<AxiosResponse<unknown>>;
  isVisible(): boolean;
  /** Calls back whenever the page is seen again, or the network is back. @returns a function that ends it */
  onReturn(callback: () => void): () => void;
  now(): number;
  random(): number;
}

/** Milliseconds between two answers; null: nothing will change any more. */
export type Interval = number | null;

export interface PollOptions<T> {
  readonly url: string;
  /** What is known already, by whoever rendered the page. */
  readonly initial: T;
  interval(data: T): Interval;
  /** Asks at once, and not only after an interval. */
  readonly immediately: boolean;
  read(answer: AxiosResponse<unknown>): T;
  /** Every answer, changed or not. */
  onHeard(answer: Heard): void;
  onData(data: T): void;
  /** Undefined once there is an answer again. */
  onError(error: ApiError | undefined): void;
}

export interface Poll<T> {
  /** Asks now; a question that is under way is followed by another. */
  refresh(): void;
  /** Takes what is known by other means: the answer to a write. */
  know(data: T): void;
  stop(): void;
}

const isAnswer = (status: number): boolean => (status >= 200 && status < 300) || status === 304;

/**
 * Asks a URL again and again, and for no more than what has changed (ETag, 304). Rests while nobody looks, and asks at
 * once when somebody does again; backs off while there is no answer. Refused for good (401, 404), it rests too.
 */
export const poll = <T>(options: PollOptions<T>, around: Surroundings): Poll<T> => {
  const stopping = new AbortController();
  let data = options.initial;
  let etag: string | undefined;
  let failures = 0;
  let asking: 'no' | 'yes' | 'and once more' = 'no';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (): Promise<void> => {
    if (asking !== 'no') {
      asking = 'and once more';
      return;
    }
    clearTimeout(timer);
    do {
      asking = 'yes';
      await askOnce();
    } while (isWantedAgain() && !stopping.signal.aborted);
    asking = 'no';
  };
  const isWantedAgain = (): boolean => asking === 'and once more';

  const askOnce = async (): Promise<void> => {
    const sentAt = around.now();
    const known = data;
    try {
      const answer = await around.request({
        url: options.url,
        signal: stopping.signal,
        validateStatus: isAnswer,
        // A browser adds `no-cache` to a condition that is not its own, and with that a server answers in full.
        headers: { 'Cache-Control': 'max-age=0', ...(etag === undefined ? {} : { 'If-None-Match': etag }) },
      });
      if (stopping.signal.aborted) return;
      failures = 0;
      const { date } = answer.headers;
      if (typeof date === 'string') options.onHeard({ date, sentAt, receivedAt: around.now() });
      // What was learnt by other means since the question was asked is newer than its answer.
      if (answer.status !== 304 && data === known) {
        etag = typeof answer.headers.etag === 'string' ? answer.headers.etag : undefined;
        data = options.read(answer);
        options.onData(data);
      }
      options.onError(undefined);
      schedule();
    } catch (error) {
      if (stopping.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      failures += 1;
      options.onError(error);
      if (error.isTemporary) schedule(error.retryAfter);
    }
  };

  /** Nobody looks: then there is no next time, until `onReturn`. @param retryAfter whole seconds */
  const schedule = (retryAfter?: number): void => {
    clearTimeout(timer);
    const interval = options.interval(data);
    if (interval === null || !around.isVisible()) return;
    timer = setTimeout(ask, delayOf({ interval, failures, retryAfter }, around.random()));
  };

  const endReturn = around.onReturn(() => {
    if (options.interval(data) !== null) void ask();
  });
  if (options.immediately) void ask();
  else schedule();

  return {
    refresh: () => void ask(),
    know(fresh) {
      data = fresh;
      etag = undefined;
      options.onData(fresh);
      if (asking === 'no') schedule();
    },
    stop() {
      stopping.abort();
      clearTimeout(timer);
      endReturn();
    },
  };
};
