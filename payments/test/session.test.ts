import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askEveryRoute, personalAnswers, readableCookies, rubbishCookies } from '@ticketing/common/testing';
import { routes, unguarded } from '../src/routes.ts';
import { openTill, type Till } from './till.ts';

/** The table is looked at here, and nothing in it is ever done. */
const nothing = {} as never;
const everyRoute = [...routes(nothing, { perUser: () => nothing } as never, nothing), ...unguarded(nothing)];

let till: Till;
let url = '';
beforeAll(async () => {
  till = await openTill();
  url = till.services[0]?.url ?? '';
}, 60_000);
afterAll(() => till?.end());

/** A payment of the buyer's, and an order to be paid. */
const aPayment = async () => {
  const { body } = await till.pay((await till.order()).id);
  return { id: body.id, body: { orderId: (await till.order()).id, token: 'tok_visa' } };
};

/** The names of the forms are known before there is somebody whose token it is. */
const forms = (of: (token: string) => Record<string, string>) => Object.keys(of(''));

describe('every route', () => {
  it.each(forms(readableCookies))('knows who asks by a cookie that comes %s, and sets none', async (form) => {
    const cookie = readableCookies(till.sessions.token(till.buyer))[form];
    const answers = await askEveryRoute(url, everyRoute, cookie, await aPayment());
    // The last one is a webhook that nobody has signed.
    expect(answers.filter(({ status }) => status === 401)).toEqual([]);
    expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
  });

  it.each(forms(rubbishCookies))(
    'takes nobody for somebody by a cookie that is %s, and sets none',
    async (form) => {
      const cookie = rubbishCookies(till.sessions.token(till.buyer))[form];
      const asked = await aPayment();
      const answers = await askEveryRoute(url, everyRoute, cookie, asked);
      const toNobody = await askEveryRoute(url, everyRoute, undefined, asked);
      expect(answers).toEqual(toNobody);
      expect(toNobody.filter(({ status }) => status === 401)).not.toEqual([]);
      expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
    },
  );

  it('lets no cache on the way give to others what depends on who asks', async () => {
    const cookies = [till.sessions.cookie(till.buyer), till.sessions.cookie(till.sessions.user()), undefined];
    const personal = await personalAnswers(url, everyRoute, cookies, await aPayment());
    expect(personal.map(({ route }) => route)).toEqual(
      expect.arrayContaining(['post /api/payments', 'get /api/payments/:id']),
    );
    expect(personal.filter(({ shareable }) => shareable)).toEqual([]);
  });
});
