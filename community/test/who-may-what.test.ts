/** Who may do what to whose, as a table: what is not in it is refused. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Test } from 'supertest';
import { openTown, type Person, type Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.end());

type Who = 'author' | 'commenter' | 'other' | 'blocked' | 'visitor';
const everybody: readonly Who[] = ['author', 'commenter', 'other', 'blocked', 'visitor'];

interface Scene {
  readonly post: string;
  readonly comment: string;
  readonly handle: string;
}

let people: Record<Who, Person>;
beforeAll(async () => {
  const [author, commenter, other, blocked] = [
    await town.neighbour(),
    await town.neighbour(),
    await town.neighbour(),
    await town.neighbour(),
  ];
  await author.blocks(blocked.handle);
  people = { author, commenter, other, blocked, visitor: town.visitor };
});

const newScene = async (): Promise<Scene> => {
  const { id: post } = await people.author.writes();
  const { id: comment } = await people.commenter.comments(post);
  return { post, comment, handle: people.author.handle };
};

const text = { text: 'Something else' };

/** Each with what the author, the commenter, another one, one whom the author has blocked, and a visitor are answered. */
const table: readonly [string, (who: Person, scene: Scene) => Test, readonly number[]][] = [
  ['see a post', (who, { post }) => who.get(`/api/posts/${post}`), [200, 200, 200, 404, 200]],
  ['edit a post', (who, { post }) => who.put(`/api/posts/${post}`, text), [200, 401, 401, 404, 401]],
  ['delete a post', (who, { post }) => who.delete(`/api/posts/${post}`), [204, 401, 401, 404, 401]],
  ['like a post', (who, { post }) => who.put(`/api/posts/${post}/like`), [200, 200, 200, 404, 401]],
  ['unlike a post', (who, { post }) => who.delete(`/api/posts/${post}/like`), [200, 200, 200, 404, 401]],
  ['see comments', (who, { post }) => who.get(`/api/posts/${post}/comments`), [200, 200, 200, 404, 200]],
  ['comment', (who, { post }) => who.post(`/api/posts/${post}/comments`, text), [201, 201, 201, 404, 401]],
  [
    'delete a comment',
    (who, { comment }) => who.delete(`/api/comments/${comment}`),
    [204, 204, 401, 404, 401],
  ],
  [
    'like a comment',
    (who, { comment }) => who.put(`/api/comments/${comment}/like`),
    [200, 200, 200, 404, 401],
  ],
  ['see a profile', (who, { handle }) => who.get(`/api/profiles/${handle}`), [200, 200, 200, 404, 200]],
  ['follow', (who, { handle }) => who.put(`/api/profiles/${handle}/follow`), [400, 200, 200, 404, 401]],
  [
    'report',
    (who, { post }) => who.post('/api/reports', { postId: post, reason: 'spam' }),
    [201, 201, 201, 404, 401],
  ],
  ['write', (who) => who.post('/api/posts', text), [201, 201, 201, 201, 401]],
  ['see one’s own profile', (who) => who.get('/api/profiles/me'), [200, 200, 200, 200, 401]],
  [
    'change one’s own profile',
    (who) => who.put('/api/profiles/me', { name: 'Me' }),
    [200, 200, 200, 200, 401],
  ],
  // The last one: nobody but visitors sees the author any more.
  ['block', (who, { handle }) => who.put(`/api/profiles/${handle}/block`), [400, 200, 200, 200, 401]],
];

describe('who may', () => {
  let shared: Scene;
  beforeAll(async () => {
    shared = await newScene();
  });

  it.each(table)('%s', async (_what, act, statuses) => {
    const answers: number[] = [];
    for (const who of everybody) {
      // Each has a post and a comment of their own: the first one who deletes leaves nothing to the next.
      const scene = statuses.includes(204) ? await newScene() : shared;
      answers.push((await act(people[who], scene)).status);
    }
    expect(answers).toEqual(statuses);
  });
});
