'use client';
import { useSyncExternalStore } from 'react';

const LOOK_AGAIN_MS = 30_000;

/** What the device's clock said last; undefined where nothing on the page asks. */
let deviceTime: number | undefined;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

const look = (): void => {
  deviceTime = Date.now();
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  timer ??= setInterval(look, LOOK_AGAIN_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    deviceTime = undefined;
  };
};

const timeHere = (): number => {
  deviceTime ??= Date.now();
  return deviceTime;
};
const timeUnknown = () => undefined;

/** When this tab saw what the server had rendered, by the device's clock: it may be shown again later, by the way back. */
const seenAt = new Map<number, number>();

/**
 * The server's time, as far as minutes matter: what it said when it rendered, and what has passed here since.
 * @param asOf the server's clock when it rendered, in milliseconds since 1970
 */
export const useNow = (asOf: number): number => {
  const here = useSyncExternalStore(subscribe, timeHere, timeUnknown);
  if (here === undefined) return asOf;
  const seen = seenAt.get(asOf) ?? here;
  seenAt.set(asOf, seen);
  return asOf + Math.max(0, here - seen);
};
