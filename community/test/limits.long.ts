/** Four hundred requests, one after the other: too slow for every day. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ofNetwork, perPerson } from '../src/budgets.ts';
import { openTown, type Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown({}, { RATE_LIMITS: true, TRUST_PROXY_HOPS: 1 });
});
afterAll(() => town.end());

const from = (n: number) => ({ 'X-Forwarded-For': `203.0.113.${n}` });

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
