/** Tickets, orders or intents that are read at once. */
const BATCH = 200;

export async function* batches<T>(all: AsyncIterable<T>): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const one of all) {
    batch.push(one);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Each id once, without those that are looked at anyway. It remembers what it gives, which is little. */
export async function* others(
  all: AsyncIterable<string>,
  looked: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): AsyncIterable<string> {
  const given = new Set<string>();
  for await (const batch of batches(all)) {
    const known = await looked(batch);
    for (const id of batch) {
      if (known.has(id) || given.has(id)) continue;
      given.add(id);
      yield id;
    }
  }
}
