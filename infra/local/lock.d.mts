/** For packages that compile without JavaScript; see `lock.mjs`. */
export const withLock: <T>(
  lockPath: string,
  work: () => Promise<T> | T,
  options?: { onWait?: (owner: string) => void; signal?: AbortSignal },
) => Promise<T>;
