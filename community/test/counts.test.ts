/** Counts that two replicas keep of the same, at the same moment. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Model } from 'mongoose';
import { type Counted, keptCounts } from '../src/store/counts.ts';
import { openTown, type Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.end());

/** A replica whose counts are known to it, and written only once somebody opens its gate. */
const slowReplica = () => {
  let open = () => {};
  let counted = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const hasCounted = new Promise<void>((resolve) => {
    counted = resolve;
  });
  const { posts, likes } = town.operators;
  const place = likes.counted('post');
  const children = new Proxy(place.children, {
    get(model, name) {
      if (name !== 'countDocuments') return Reflect.get(model, name);
      return async (...asked: Parameters<typeof model.countDocuments>) => {
        const count = await model.countDocuments(...asked);
        counted();
        await gate;
        return count;
      };
    },
  }) as unknown as Model<Counted>;
  return {
    counts: keptCounts({ parents: posts.model, field: 'likes', ...place, children }),
    open,
    hasCounted,
  };
};

it('a count that is late is not written over a later one', async () => {
  const ada = await town.neighbour();
  const post = await ada.writes();
  const { likes } = town.operators;
  const slow = slowReplica();
  await likes.like(post.id, 'post', ada.id, 'first');
  const late = slow.counts.afterChange(post.id, 'first');
  await slow.hasCounted;
  for (const other of [town.somebody(), town.somebody()]) await other.likes(post);
  expect(await ada.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 3 });
  slow.open();
  expect(await late).toBe(3);
  expect(await ada.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 3, likedByMe: true });
});

it('those who come while a count runs share the next one', async () => {
  const ada = await town.neighbour();
  const post = await ada.writes();
  const { counts } = town.operators;
  const { posts } = town.operators;
  const versionOf = async () => (await posts.model.findById(post.id).lean())?.likes.version ?? 0;
  await Promise.all(Array.from({ length: 50 }, () => counts.likesOfPosts.count(post.id)));
  expect(await versionOf()).toBe(2);
});
