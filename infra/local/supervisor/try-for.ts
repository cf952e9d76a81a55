/**
 * Does something that takes a signal, which fires after `ms`, or when `signal` does; rejects then, whatever becomes of
 * what was begun. On Node 20 neither can be left to others: nothing holds the timeout in
 * `AbortSignal.any([signal, AbortSignal.timeout(ms)])`, so that it never fires once the garbage collector has been; and a
 * `fetch` whose answer has begun may not notice that it was aborted.
 */
export const tryFor = async <T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const ending = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true });
  });
  const end = () => ending.abort(signal.reason);
  const timer = setTimeout(() => ending.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([ended, work(ending.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
};
