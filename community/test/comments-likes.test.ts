import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everyPage, openTown, type Town, texts } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.end());

describe('a comment', () => {
  it('stands beneath its post, the oldest first, and is counted there', async () => {
    const [ada, bob] = [await town.neighbour(), town.somebody()];
    const post = await ada.writes();
    const first = await bob.comments(post.id, 'One');
    expect(first).toEqual({
      ...{ id: expect.any(String), postId: post.id, text: 'One', createdAt: expect.any(String) },
      author: { userId: bob.id, handle: expect.stringMatching(/^fan_/), name: expect.any(String) },
      ...{ likes: 0, likedByMe: false },
    });
    for (const text of ['Two', 'Three', 'Four', 'Five']) await ada.comments(post.id, text);
    expect(await town.visitor.sees(`/api/posts/${post.id}`)).toMatchObject({ comments: 5 });
    const paged = await everyPage(town.visitor, `/api/posts/${post.id}/comments?limit=2`);
    expect(texts(paged)).toEqual(['One', 'Two', 'Three', 'Four', 'Five']);
  });

  it('is taken away by who wrote it, and by who wrote the post', async () => {
    const [ada, bob, eve] = [await town.neighbour(), await town.neighbour(), await town.neighbour()];
    const post = await ada.writes();
    const [one, two] = [await bob.comments(post.id, 'One'), await bob.comments(post.id, 'Two')];
    const other = await eve.delete(`/api/comments/${one.id}`);
    expect([other.status, other.body.errors[0].code]).toEqual([401, 'not_yours']);
    await bob.delete(`/api/comments/${one.id}`).expect(204);
    await bob.delete(`/api/comments/${one.id}`).expect(404);
    await ada.delete(`/api/comments/${two.id}`).expect(204);
    expect(await eve.reads(`/api/posts/${post.id}/comments`)).toEqual([]);
    expect(await eve.sees(`/api/posts/${post.id}`)).toMatchObject({ comments: 0 });
    const kept = await town.deps.mongo.collection('comments').find({ of: post.id }).toArray();
    expect(kept.map(({ text }) => text)).toEqual([undefined, undefined]);
  });

  it('is written once under one key, and has a text of 1 to 500 characters', async () => {
    const ada = await town.neighbour();
    const { id } = await ada.writes();
    const write = (text: string) =>
      ada.post(`/api/posts/${id}/comments`, { text }).set('Idempotency-Key', 'k');
    const first = await write('Once').expect(201);
    expect((await write('Once').expect(201)).body).toEqual(first.body);
    expect(await ada.sees(`/api/posts/${id}`)).toMatchObject({ comments: 1 });
    for (const text of ['', 'x'.repeat(501), '\u2800', 5])
      await ada.post(`/api/posts/${id}/comments`, { text }).expect(400);
    // The same key may stand for a post, too: it is another thing.
    await ada.post('/api/posts', { text: 'Once' }).set('Idempotency-Key', 'k').expect(201);
  });
});

describe('a like', () => {
  it('counts once, however often it is pressed, and is taken back once', async () => {
    const [ada, bob] = [await town.neighbour(), town.somebody()];
    const post = await ada.writes();
    const comment = await ada.comments(post.id);
    for (const path of [`/api/posts/${post.id}/like`, `/api/comments/${comment.id}/like`]) {
      for (let n = 0; n < 2; n += 1) await bob.put(path).expect(200, { likes: 1, likedByMe: true });
      await ada.put(path).expect(200, { likes: 2, likedByMe: true });
      for (let n = 0; n < 2; n += 1) await bob.delete(path).expect(200, { likes: 1, likedByMe: false });
      const [, , , id] = path.split('/');
      expect(await town.deps.mongo.collection('likes').countDocuments({ of: id })).toBe(1);
      await bob.put(path).expect(200, { likes: 2, likedByMe: true });
    }
    expect(await bob.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 2, likedByMe: true });
    expect(await town.visitor.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 2, likedByMe: false });
    expect(await bob.reads(`/api/posts/${post.id}/comments`)).toMatchObject([{ likes: 2, likedByMe: true }]);
    // Somebody who only likes needs no profile.
    await bob.get('/api/profiles/me').expect(404);
    const left = await town.deps.mongo.collection('likes').find({}).toArray();
    expect(left).toHaveLength(4);
    expect(left.filter((like) => 'uncounted' in like || 'deletedAt' in like)).toEqual([]);
  });

  it('and its taking back, pressed wildly by many at once, leave a count that is what is stored', async () => {
    const ada = await town.neighbour();
    const post = await ada.writes();
    const people = Array.from({ length: 12 }, () => town.somebody());
    await Promise.all(
      people.flatMap((each, n) => [
        each.put(`/api/posts/${post.id}/like`).expect(200),
        each.delete(`/api/posts/${post.id}/like`).expect(200),
        ...(n % 3 === 0 ? [each.put(`/api/posts/${post.id}/like`).expect(200)] : []),
      ]),
    );
    const stored = await town.deps.mongo.collection('likes').countDocuments({ of: post.id, shown: true });
    expect(await town.visitor.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: stored });
    for (const each of people) await each.put(`/api/posts/${post.id}/like`).expect(200);
    expect(await town.visitor.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: people.length });
  });
});

describe('what a process leaves behind that ends between a change and its count', () => {
  it('is counted by the next one', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    const post = await ada.writes();
    const comment = await ada.comments(post.id);
    await bob.likes(comment);
    const { likes, comments } = town.operators;
    await likes.like(post.id, 'post', bob.id, 'mark-1');
    await likes.unlike(comment.id, bob.id, 'mark-2', new Date());
    await comments.remove(comment.id, 'mark-3', new Date());
    expect(await bob.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 0, comments: 1 });
    await town.job('count what was left uncounted');
    expect(await bob.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 1, comments: 0 });
    for (const collection of ['likes', 'comments'])
      expect(
        await town.deps.mongo.collection(collection).countDocuments({ uncounted: { $exists: true } }),
      ).toBe(0);
  });
});

describe('what is deleted', () => {
  it('is forgotten after a day, with all that stands beneath it', async () => {
    const ahead = { ms: 0 };
    const later = await openTown({ clock: { now: () => new Date(Date.now() + ahead.ms) } });
    const [ada, bob] = [await later.neighbour(), await later.neighbour()];
    const [post, other] = [await ada.writes('goes'), await ada.writes('stays')];
    const [beneath, gone] = [await bob.comments(post.id), await bob.comments(other.id, 'goes, too')];
    for (const each of [post, other, beneath, gone]) await bob.likes(each);
    await bob.delete(`/api/comments/${gone.id}`).expect(204);
    await ada.delete(`/api/posts/${post.id}`).expect(204);
    const count = async () => {
      const { mongo } = later.deps;
      const counts = ['posts', 'comments', 'likes'].map((each) => mongo.collection(each).countDocuments());
      return Promise.all(counts);
    };
    const forget = () => later.job('forget what was deleted');
    await forget();
    expect(await count()).toEqual([2, 2, 4]);
    ahead.ms = 26 * 60 * 60_000;
    await forget();
    expect(await count()).toEqual([1, 0, 1]);
    expect(await bob.sees(`/api/posts/${other.id}`)).toMatchObject({ likes: 1, comments: 0 });
    await later.end();
  });
});
