import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ofNetwork, perPerson } from '../src/budgets.ts';
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

it('a network of many accounts has twenty times that', async () => {
  const { points } = ofNetwork(perPerson.reports);
  expect(points).toBe(400);
  const post = await town.somebody().writes();
  const report = async () => {
    const reporter = town.somebody();
    const answers = await Promise.all(
      Array.from({ length: perPerson.reports.points }, () =>
        reporter.post('/api/reports', { postId: post.id, reason: 'spam' }).set(from(2)),
      ),
    );
    return answers.map(({ status }) => status);
  };
  const statuses: number[] = [];
  for (let accounts = 0; accounts < 21; accounts += 1) statuses.push(...(await report()));
  expect(statuses.filter((status) => status === 201)).toHaveLength(points);
  expect(statuses.slice(-perPerson.reports.points)).toEqual(
    Array.from({ length: perPerson.reports.points }, () => 429),
  );
  // Elsewhere nobody is refused.
  await town.somebody().post('/api/reports', { postId: post.id, reason: 'spam' }).set(from(3)).expect(201);
});
