import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ticketing/common/testing';
import { hideThing, restoreThing } from '../src/use-cases/moderate.ts';
import { openTown, type Town, texts } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.end());

describe('a report', () => {
  it('is taken once of each person and thing, and names exactly one thing that is there', async () => {
    const [ada, bob] = [await town.neighbour(), town.somebody()];
    const post = await ada.writes('Buy gold');
    const comment = await ada.comments(post.id, 'Really');
    for (const what of [{ postId: post.id }, { commentId: comment.id }, { handle: ada.handle }]) {
      for (const reason of ['spam', 'fraud'])
        await bob
          .post('/api/reports', { ...what, reason, text: 'Look at this' })
          .expect(201, { received: true });
      await town.visitor.post('/api/reports', { ...what, reason: 'spam' }).expect(401);
    }
    const kept = await town.deps.mongo.collection('reports').find({ by: bob.id }).toArray();
    expect(kept.map(({ kind, reason, said }) => [kind, reason, said])).toEqual([
      ['post', 'spam', 'Buy gold'],
      ['comment', 'spam', 'Really'],
      ['profile', 'spam', `@${ada.handle}\n${ada.handle}`],
    ]);
    for (const wrong of [
      { reason: 'spam' },
      { postId: post.id, handle: ada.handle, reason: 'spam' },
      { postId: post.id, reason: 'boring' },
      { postId: post.id },
      { postId: 'x', reason: 'spam' },
      { postId: post.id, reason: 'spam', text: '\u200b' },
    ])
      expect([wrong, (await bob.post('/api/reports', wrong)).status]).toEqual([wrong, 400]);
    await bob.post('/api/reports', { postId: newId(), reason: 'spam' }).expect(404);
  });
});

describe('an operator', () => {
  it('hides a person with all that they wrote and liked, and they write no more until they are restored', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    const [his, hers] = [await bob.writes('of Bob'), await ada.writes('of Ada')];
    await bob.comments(hers.id, 'by Bob');
    await bob.likes(hers);
    const decision = { kind: 'profile', id: bob.id, operator: 'ops', why: 'spam' } as const;
    await hideThing(town.operators)(decision);
    await hideThing(town.operators)(decision);
    await town.visitor.get(`/api/profiles/${bob.handle}`).expect(404);
    await town.visitor.get(`/api/posts/${his.id}`).expect(404);
    expect(await ada.sees(`/api/posts/${hers.id}`)).toMatchObject({ likes: 0, comments: 0 });
    expect((await bob.get('/api/profiles/me').expect(200)).body).toMatchObject({ hidden: true });
    for (const refused of [
      bob.post('/api/posts', { text: 'Again' }),
      bob.put(`/api/posts/${hers.id}`, { text: 'Again' }),
      bob.post(`/api/posts/${hers.id}/comments`, { text: 'Again' }),
      bob.put(`/api/posts/${hers.id}/like`),
      bob.put(`/api/profiles/${ada.handle}/follow`),
    ])
      expect((await refused).body.errors[0].code).toBe('profile_hidden');
    // What else is theirs to say, they may: who they are.
    await bob.known({ name: 'Better' });
    expect((await bob.get('/api/profiles/me')).body).toMatchObject({ name: 'Better', hidden: true });

    // A post that was hidden for itself stays so when its author is back.
    await hideThing(town.operators)({ ...decision, kind: 'post', id: his.id });
    await restoreThing(town.operators)(decision);
    expect(await ada.sees(`/api/posts/${hers.id}`)).toMatchObject({ likes: 1, comments: 1 });
    await town.visitor.get(`/api/posts/${his.id}`).expect(404);
    await restoreThing(town.operators)({ ...decision, kind: 'post', id: his.id });
    expect(texts(await town.visitor.reads(`/api/posts?author=${bob.id}`))).toEqual(['of Bob']);
  });

  it('hides what was written at the same moment as well', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    const hers = await ada.writes();
    await hideThing(town.operators)({ kind: 'profile', id: bob.id, operator: 'ops', why: 'spam' });
    // A request that had seen the profile before, and wrote after.
    await town.operators.likes.like(hers.id, 'post', bob.id, 'late');
    const late = { id: newId(), author: bob.id, text: 'late', createdAt: new Date(), likes: 0, comments: 0 };
    await town.operators.posts.insert(late, {});
    await town.job('look again at what hidden people write');
    expect(await ada.sees(`/api/posts/${hers.id}`)).toMatchObject({ likes: 0 });
    const stored = await town.deps.mongo.collection('posts').findOne({ author: bob.id });
    expect(stored).toMatchObject({ shown: false, hiddenBy: ['author'] });
  });

  it('is told how many reports are open', async () => {
    const { body: _, text } = await town.visitor.get('/metrics');
    expect(text).toMatch(/^community_reports_open\{service="community"\} \d+$/m);
  });
});
