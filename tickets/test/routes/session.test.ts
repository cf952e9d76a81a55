import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askEveryRoute, personalAnswers, readableCookies, rubbishCookies } from '@ticketing/common/testing';
import { routes } from '../../src/routes.ts';
import { anOffer, person, sessions, startTickets, type TicketsService } from '../tickets-service.ts';

/** The table is looked at here, and nothing in it is ever done. */
const nothing = {} as never;
const everyRoute = routes(nothing, { perUser: () => nothing } as never);

const user = sessions.user();
const token = sessions.token(user);

let service: TicketsService;
beforeAll(async () => {
  service = await startTickets();
});
afterAll(() => service.end());

const aTicket = async () => (await person(service.url, user).sells()).id;

describe('every route', () => {
  it.each(Object.entries(readableCookies(token)))(
    'knows who asks by a cookie that comes %s, and sets none',
    async (_form, cookie) => {
      const asked = { id: await aTicket(), body: anOffer() };
      const answers = await askEveryRoute(service.url, everyRoute, cookie, asked);
      expect(answers.filter(({ status }) => status === 401)).toEqual([]);
      expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
    },
  );

  it.each(Object.entries(rubbishCookies(token)))(
    'takes nobody for somebody by a cookie that is %s, and sets none',
    async (_form, cookie) => {
      const asked = { id: await aTicket(), body: anOffer() };
      const answers = await askEveryRoute(service.url, everyRoute, cookie, asked);
      const toNobody = await askEveryRoute(service.url, everyRoute, undefined, asked);
      expect(answers).toEqual(toNobody);
      expect(toNobody.filter(({ status }) => status === 401)).not.toEqual([]);
      expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
    },
  );

  it('lets no cache on the way give to others what depends on who asks', async () => {
    const id = await aTicket();
    await person(service.url, user).delete(`/api/tickets/${id}`);
    const table = [...everyRoute, { method: 'get', path: '/api/tickets?userId=me' } as const];
    const cookies = [sessions.cookie(user), sessions.cookie(sessions.user()), undefined];
    const personal = await personalAnswers(service.url, table, cookies, { id, body: anOffer() });
    expect(personal.map(({ route }) => route)).toEqual(
      expect.arrayContaining(['get /api/tickets/:id', 'get /api/tickets?userId=me', 'post /api/tickets']),
    );
    expect(personal.filter(({ shareable }) => shareable)).toEqual([]);
  });
});
