'use client';
import { useEffect, useState } from 'react';
import type { ServerClock } from './server-clock.ts';

/**
 * Whole seconds until a moment by the server's clock, never below zero; each second anew, when it is over by that clock.
 * @param until ISO 8601
 */
export const useSecondsLeft = (until: string, clock: ServerClock): number => {
  const end = Date.parse(until);
  const [left, setLeft] = useState(() => secondsLeft(end, clock));

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = () => {
      clearTimeout(timer);
      setLeft(secondsLeft(end, clock));
      const ms = end - clock.now();
      if (ms > 0) timer = setTimeout(tick, ms % 1000 || 1000);
    };
    tick();
    // Timers of a page that nobody looks at come late.
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [end, clock]);

  return left;
};

/** By the server's clock, rounded up: while a second has not passed, it is still there. */
export const secondsLeft = (end: number, clock: ServerClock): number =>
  Math.max(0, Math.ceil((end - clock.now()) / 1000));
