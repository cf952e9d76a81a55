/** Does so for each, at most so many at a time. */
export const forEach = async <T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> => {
  const done: R[] = [];
  const left = all.entries();
  const next = async (): Promise<void> => {
    for (const [n, one] of left) done[n] = await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return done;
};
