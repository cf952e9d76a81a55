import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { perPerson } from '../src/budgets.ts';
import { openTown, type Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown({}, { RATE_LIMITS: true, TRUST_PROXY_HOPS: 1 });
});
afterAll(() => town.end());

const from = (n: number) => ({ 'X-Forwarded-For': `203.0.113.${n}` });

it('a person writes ten posts an hour, and reads as many as they like', async () => {
  const ada = town.somebody();
  const answers = await Promise.all(
    Array.from({ length: perPerson.posts.points + 3 }, (_, n) =>
      ada.post('/api/posts', { text: `Post ${n}` }).set(from(1)),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(3);
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(3_000);
  await ada.get('/api/posts').expect(200);
  const post = answers.find(({ status }) => status === 201)?.body;
  await ada.put(`/api/posts/${post.id}/like`).expect(200);
});
