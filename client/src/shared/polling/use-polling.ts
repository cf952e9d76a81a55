'use client';
import type { AxiosResponse } from 'axios';
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ApiError } from '../api/api-error.ts';
import { request } from '../api/browser.ts';
import { type ServerClock, serverClock } from '../clock/server-clock.ts';
import { type Interval, type Poll, poll, type Surroundings } from './poll.ts';

export interface PollingOptions<T> {
  /** Of our own origin: `/api/orders/…`. Another one begins anew, with what is `initial` then. */
  readonly url: string;
  /** What the server rendered: the same object at each render, until the server renders anew. */
  readonly initial: T;
  /**
   * Milliseconds between two answers, or by what is known and the server's time (`now`); null: nothing will change any
   * more.
   */
  readonly interval: Interval | ((data: T, now: number) => Interval);
  /** Asks as soon as the page is alive: for whom the server's clock matters. */
  readonly immediately?: boolean;
  /** How an answer is read, where it is more than its body: `toPage`. */
  readonly read?: (answer: AxiosResponse) => T;
  /** The server's clock when it rendered the page, in milliseconds since 1970. */
  readonly asOf?: number;
}

export interface Polling<T> {
  readonly data: T;
  /** Why there is no answer, for as long as there is none; `data` is what was known before. */
  readonly error: ApiError | undefined;
  /** By the answers heard. The same object as long as the page lives. */
  readonly clock: ServerClock;
  /** Asks now. */
  refresh(): void;
  /** Takes what is known by other means: the answer to a write. */
  know(data: T): void;
}

/**
 * Keeps what the server rendered up to date, by polling with ETag and jitter; not while the page is hidden, and at once
 * when it is seen again.
 *
 *     const { data } = usePolling({ url: '/api/tickets?limit=24', initial: page, interval: 8_000, read: toPage<Ticket> });
 */
export const usePolling = <T>({
  url,
  initial,
  interval,
  immediately = false,
  read = bodyOf<T>,
  asOf = 0,
}: PollingOptions<T>): Polling<T> => {
  const [clock] = useState(() => serverClock(asOf));
  const [{ data, error, from }, setState] = useState<State<T>>({
    data: initial,
    error: undefined,
    from: initial,
  });
  // The server has rendered the page again: that is newer than what is here.
  if (from !== initial) setState({ data: initial, error, from: initial });

  const intervalOf = useEffectEvent((known: T) =>
    typeof interval === 'function' ? interval(known, clock.now()) : interval,
  );
  const readAnswer = useEffectEvent((answer: AxiosResponse) => read(answer));
  const running = useRef<Poll<T>>(undefined);

  useEffect(() => {
    clock.start();
    const current = poll<T>(
      {
        url,
        initial,
        immediately,
        interval: (known) => intervalOf(known),
        read: (answer) => readAnswer(answer),
        onHeard: (answer) => clock.hear(answer),
        onData: (fresh) => setState((state) => ({ ...state, data: fresh })),
        onError: (problem) =>
          setState((state) => (state.error === problem ? state : { ...state, error: problem })),
      },
      page,
    );
    running.current = current;
    return () => current.stop();
  }, [url, initial, immediately, clock]);

  return {
    data: from === initial ? data : initial,
    error,
    clock,
    refresh: useCallback(() => running.current?.refresh(), []),
    know: useCallback((fresh: T) => running.current?.know(fresh), []),
  };
};

interface State<T> {
  readonly data: T;
  readonly error: ApiError | undefined;
  /** What the server had rendered when this was learnt. */
  readonly from: T;
}

const bodyOf = <T>({ data }: AxiosResponse): T => data;

/** The page that is open in this tab. */
const page: Surroundings = {
  request,
  isVisible: () => document.visibilityState === 'visible',
  onReturn(callback) {
    const ending = new AbortController();
    const { signal } = ending;
    document.addEventListener('visibilitychange', () => page.isVisible() && callback(), { signal });
    window.addEventListener('online', callback, { signal });
    return () => ending.abort();
  },
  now: Date.now,
  random: Math.random,
};
