import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { askEveryRoute, personalAnswers, readableCookies, rubbishCookies } from '@ticketing/common/testing';
import { routes } from '../src/routes.ts';
import { openTown, type Person, sessions, type Town } from './town.ts';

/** The table is looked at here, and nothing in it is ever done. */
const nothing = {} as never;
const table = routes(nothing, { perUser: () => nothing, perAddress: () => nothing } as never);

let town: Town;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  town = await openTown();
  [ada, bob] = [await town.neighbour(), await town.neighbour()];
});
afterAll(() => town.end());

const cookieOf = ({ user }: Person): string => (user === undefined ? '' : sessions.cookie(user));

/** A post that Ada likes, and all that any of the routes wants. */
const aPost = async () => {
  const post = await bob.writes();
  await ada.likes(post);
  const body = { text: 'Row one', name: 'Ada', reason: 'spam', postId: post.id };
  return { id: post.id, body };
};

it('every route knows who asks by the session’s cookie, however it is written, and sets none', async () => {
  if (ada.user === undefined) throw new Error('nobody');
  const good = Object.values(readableCookies(sessions.token(ada.user)));
  for (const cookie of good) {
    const answers = await askEveryRoute(town.url, table, cookie, await aPost());
    expect(answers.filter(({ status }) => status === 401).map(({ route }) => route)).toEqual([
      // What is Bob's.
      'put /api/posts/:id',
      'delete /api/posts/:id',
    ]);
    expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
  }
  const asked = await aPost();
  const toNobody = await askEveryRoute(town.url, table, undefined, asked);
  expect(toNobody.filter(({ status }) => status === 401)).toHaveLength(18);
  for (const cookie of Object.values(rubbishCookies(sessions.token(ada.user))))
    expect(await askEveryRoute(town.url, table, cookie, asked)).toEqual(toNobody);
});

it('no cache on the way gives to others what depends on who asks', async () => {
  const cookies = [cookieOf(ada), cookieOf(bob), undefined];
  const personal = await personalAnswers(town.url, table, cookies, await aPost());
  const routesOf = personal.map(({ route }) => route);
  expect(routesOf).toEqual(
    expect.arrayContaining(['get /api/posts', 'get /api/posts/:id', 'get /api/profiles/me']),
  );
  expect(personal.filter(({ shareable }) => shareable)).toEqual([]);
});
