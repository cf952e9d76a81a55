/** What each query costs, where there is much: 100,000 posts, of which somebody who follows 500 sees those of theirs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { explainQueries, newId, type QueryPlan } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { hideThing, restoreThing } from '../src/use-cases/moderate.ts';
import { nextOf, openTown, type Person, type Town } from './town.ts';

const POSTS = 100_000;
const AUTHORS = 1_000;
const FOLLOWED = 500;
const BLOCKED = 200;
const LIMIT = 20;
const AT_ONCE = 2_000;
const IN_STORE_MS = 120_000;

let town: Town;
let reader: Person;
const authors = Array.from({ length: AUTHORS }, newId);
const ticketId = newId();

/** A post as the service keeps it. */
const post = (n: number): Record<string, unknown> => ({
  _id: new Types.ObjectId(),
  // Neighbours in time are not neighbours in this list, of which the last ones are blocked.
  author: authors[(n * 7_919) % AUTHORS],
  text: `Post ${n}`,
  ...(n % 50 === 0 ? { ticketId } : {}),
  createdAt: new Date(),
  // One in ten is hidden or deleted: no page may read through those.
  ...(n % 10 === 9 ? { shown: false, hiddenBy: ['itself'] } : { shown: true, hiddenBy: [] }),
  likes: { count: 0, version: 0 },
  comments: { count: 0, version: 0 },
});

const profile = (id: string): Record<string, unknown> => {
  const handle = `h${id.slice(6)}`;
  return {
    ...{ _id: id, version: 0, handle, handles: [handle], name: handle, links: [] },
    ...{ since: new Date(), hidden: false },
  };
};

beforeAll(async () => {
  town = await openTown();
  reader = await town.neighbour();
  const { mongo } = town.deps;
  const insert = async (collection: string, documents: readonly object[]) => {
    // Some at a time: a connection that serves requests waits 1.5 s at most for an answer.
    for (let from = 0; from < documents.length; from += AT_ONCE)
      await mongo.collection(collection).insertMany(documents.slice(from, from + AT_ONCE) as object[], {
        writeConcern: { w: 1, j: false },
      });
  };
  for (let from = 0; from < POSTS; from += 20_000)
    await insert(
      'posts',
      Array.from({ length: 20_000 }, (_, n) => post(from + n)),
    );
  await insert('profiles', authors.map(profile));
  const tie = (whom: string | undefined) => ({ who: reader.id, whom, at: new Date() });
  await insert('follows', authors.slice(0, FOLLOWED).map(tie));
  await insert('blocks', authors.slice(-BLOCKED).map(tie));
}, IN_STORE_MS);
afterAll(() => town.end());

/** What operators look at: a few reports, sorted in memory. */
const OPERATORS = 'reports';

const isSound = ({ collection, summary, sorted, stages }: QueryPlan) =>
  !summary.includes('COLLSCAN') &&
  !stages.includes('COLLSCAN') &&
  (collection === OPERATORS || (!sorted && !stages.includes('SORT')));

/** Fails on a collection scan, and on a sort in memory for anybody but operators. */
const explain = async (work: () => Promise<unknown>): Promise<QueryPlan[]> => {
  const plans = await explainQueries(town.deps.mongo, work);
  const unsound = plans.filter((plan) => !isSound(plan));
  expect(unsound.map(({ collection, summary, command }) => ({ collection, summary, command }))).toEqual([]);
  return plans;
};

const cost = (plans: readonly QueryPlan[]): { keys: number; documents: number } => ({
  keys: plans.reduce((sum, { keysExamined }) => sum + keysExamined, 0),
  documents: plans.reduce((sum, { docsExamined }) => sum + docsExamined, 0),
});

const lines = (plans: readonly QueryPlan[]): string[] =>
  plans.map(
    ({ collection, summary, keysExamined, docsExamined, returned }) =>
      `  ${collection}: ${keysExamined} keys, ${docsExamined} documents, ${returned} returned: ${summary.slice(0, 90)}`,
  );

describe('the posts this test puts into the store', () => {
  it('are what the service makes', async () => {
    const made = await reader.writes('One', { ticketId });
    const stored = await town.deps.mongo.collection('posts').findOne({ _id: new Types.ObjectId(made.id) });
    expect(Object.keys(stored ?? {}).sort()).toEqual(Object.keys(post(0)).sort());
    const known = await town.deps.mongo.collection('profiles').findOne({ _id: reader.id as never });
    const fields = Object.keys(known ?? {}).filter((field) => field !== 'handleChosenAt');
    expect(fields.sort()).toEqual(Object.keys(profile(newId())).sort());
  });
});

describe('a page of posts', () => {
  const lists = [
    ['of the people one follows', 'feed=following', FOLLOWED],
    ['of everybody', '', 0],
    ['of one person', `author=${authors[0]}`, 0],
    ['about a ticket', `ticketId=${ticketId}`, 0],
  ] as const;

  it.each(lists)(
    'is read by indexes only, first and deep in, and by few of their keys: %s',
    async (what, list, people) => {
      let path = `/api/posts?${list}&limit=${LIMIT}`;
      for (const at of ['first', 'deep in']) {
        const plans = await explain(async () => expect((await reader.get(path)).body).toHaveLength(LIMIT));
        const ofPosts = plans.filter(({ collection }) => collection === 'posts');
        // Whatever is read beside the posts themselves is for this page and this person alone.
        const { keys, documents } = cost(ofPosts);
        process.stdout.write(`A page ${what}, ${at}:\n${lines(plans).join('\n')}\n`);
        expect(documents).toBeLessThanOrEqual(3 * (LIMIT + 1) + 20);
        expect(keys).toBeLessThanOrEqual(people + 3 * (LIMIT + 1) + 40);
        expect(ofPosts.length).toBe(Math.max(1, Math.ceil(people / 200)));
        for (let n = 0; n < 3; n += 1) path = nextOf(await reader.get(path)) ?? '';
      }
    },
  );

  it('costs somebody whom nobody is hidden from less', async () => {
    const plans = await explain(async () => town.visitor.get('/api/posts').expect(200));
    expect(plans.map(({ collection }) => collection).sort()).toEqual(['posts', 'profiles']);
  });
});

describe('whatever else the service asks of its store', () => {
  it('has an index', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    const decision = { kind: 'profile', id: bob.id, operator: 'ops', why: 'spam' } as const;
    const plans = await explain(async () => {
      const post = await ada.writes('About it', { ticketId });
      await ada.post('/api/posts', { text: 'Keyed' }).set('Idempotency-Key', 'k').expect(201);
      await ada.post('/api/posts', { text: 'Keyed' }).set('Idempotency-Key', 'k').expect(201);
      const comment = await bob.comments(post.id);
      for (const what of [post, comment]) await reader.likes(what);
      await reader.put(`/api/posts/${post.id}/like`).expect(200);
      await reader.delete(`/api/posts/${post.id}/like`).expect(200);
      await ada.put(`/api/posts/${post.id}`, { text: 'Edited' }).expect(200);
      await reader.reads(`/api/posts/${post.id}/comments`);
      await reader.get(`/api/profiles/${ada.handle}`).expect(200);
      await reader.reads(`/api/profiles?userIds=${ada.id},${bob.id}`);
      for (const list of ['following', 'blocked']) await reader.reads(`/api/profiles/me/${list}`);
      await ada.known({ name: 'Ada' });
      await ada.follows(bob.handle);
      await ada.delete(`/api/profiles/${bob.handle}/follow`).expect(200);
      await ada.blocks(bob.handle);
      await ada.delete(`/api/profiles/${bob.handle}/block`).expect(200);
      await ada.post('/api/reports', { postId: post.id, reason: 'other' }).expect(201);
      await hideThing(town.operators)(decision);
      await restoreThing(town.operators)(decision);
      await hideThing(town.operators)({ ...decision, kind: 'comment', id: comment.id });
      await town.operators.reports.queue(50);
      await town.operators.reports.of({ kind: 'post', id: post.id });
      await town.operators.reports.notesOn(decision);
      await ada.delete(`/api/comments/${comment.id}`);
      await ada.delete(`/api/posts/${post.id}`).expect(204);
      for (const { run } of town.parts.jobs ?? []) await run();
      await request(town.url).get('/metrics').expect(200);
    });
    for (const plan of plans)
      expect([plan.collection, plan.summary, plan.docsExamined <= 450]).toEqual([
        plan.collection,
        plan.summary,
        true,
      ]);
  });
});
