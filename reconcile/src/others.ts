import { batchesOf } from '@ticketing/common/replica';

/** Each id once, without those that are looked at anyway. It remembers what it gives, which is little. */
export async function* others(
  all: AsyncIterable<string>,
  looked: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): AsyncIterable<string> {
  const given = new Set<string>();
  for await (const batch of batchesOf(all)) {
    const known = await looked(batch);
    for (const id of batch) {
      if (known.has(id) || given.has(id)) continue;
      given.add(id);
      yield id;
    }
  }
}
