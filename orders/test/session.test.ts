import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askEveryRoute, personalAnswers, readableCookies, rubbishCookies } from '@ticketing/common/testing';
import { routes } from '../src/routes.ts';
import { type BoxOffice, openBoxOffice } from './box-office.ts';

/** The table is looked at here, and nothing in it is ever done. */
const nothing = {} as never;
const everyRoute = routes(nothing, { perUser: () => nothing } as never);

let office: BoxOffice;
let buyer: ReturnType<BoxOffice['buyer']>;
let url = '';
beforeAll(async () => {
  office = await openBoxOffice();
  buyer = office.buyer();
  url = office.services[0]?.url ?? '';
});
afterAll(() => office.end());

/** An order of the buyer's, and a ticket to be reserved. */
const anOrder = async () => {
  const { body } = await office.reserve(buyer, (await office.aTicket()).id);
  return { id: body.id, body: { ticketId: (await office.aTicket()).id } };
};

/** The names of the forms are known before there is somebody whose token it is. */
const forms = (of: (token: string) => Record<string, string>) => Object.keys(of(''));

describe('every route', () => {
  it.each(forms(readableCookies))('knows who asks by a cookie that comes %s, and sets none', async (form) => {
    const cookie = readableCookies(office.sessions.token(buyer))[form];
    const answers = await askEveryRoute(url, everyRoute, cookie, await anOrder());
    expect(answers.filter(({ status }) => status === 401)).toEqual([]);
    expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
  });

  it.each(forms(rubbishCookies))(
    'takes nobody for somebody by a cookie that is %s, and sets none',
    async (form) => {
      const cookie = rubbishCookies(office.sessions.token(buyer))[form];
      const asked = await anOrder();
      const answers = await askEveryRoute(url, everyRoute, cookie, asked);
      const toNobody = await askEveryRoute(url, everyRoute, undefined, asked);
      expect(answers).toEqual(toNobody);
      expect(toNobody.filter(({ status }) => status === 401)).not.toEqual([]);
      expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
    },
  );

  it('lets no cache on the way give to others what depends on who asks', async () => {
    const cookies = [office.sessions.cookie(buyer), office.sessions.cookie(office.buyer()), undefined];
    const personal = await personalAnswers(url, everyRoute, cookies, await anOrder());
    expect(personal.map(({ route }) => route)).toEqual(
      expect.arrayContaining(['get /api/orders', 'get /api/orders/:id', 'post /api/orders']),
    );
    expect(personal.filter(({ shareable }) => shareable)).toEqual([]);
  });
});
