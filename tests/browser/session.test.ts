import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { shopInBrowser } from '../support/browser.ts';
import { agedSession } from '../support/session.ts';
import type { SystemUnderTest } from '../support/system.ts';

const shop = shopInBrowser();
/** What is the same for everybody. */
const FOR_ALL = ['/icon.svg', '/robots.txt'];
const PAGES = fileURLToPath(new URL('../../client/src/app', import.meta.url));
/** A token is renewed from half its hour on, and runs out after it. */
const HALF_AN_HOUR = 31 * 60;
const MORE_THAN_AN_HOUR = 61 * 60;

/** Of a person's session, brought by an older token; undefined where auth's key is not ours to sign with. */
const aged = ({ own }: SystemUnderTest, cookie = '', seconds: number): string | undefined =>
  own === undefined ? undefined : agedSession(cookie, own.home.privateKeys, seconds);

const newEmail = () => `${randomUUID()}@example.com`;

describe('signing up and in', () => {
  it(
    'ends where one came from',
    shop.test(async ({ visitor }) => {
      const one = await visitor();
      await one.goTo('/orders');
      await one.isAt('/signin?next=%2Forders');
      await one.follow('Sign up');
      await one.isAt('/signup?next=%2Forders');
      const email = newEmail();
      await one.signUpHere(email);
      await one.isAt('/orders');
      await one.page.getByRole('button', { name: 'Sign out' }).click();
      await one.isAt('/');

      await one.goTo('/tickets/new');
      await one.isAt('/signin?next=%2Ftickets%2Fnew');
      await one.signInHere(email);
      await one.isAt('/tickets/new');
    }),
  );

  it(
    'says at the field what is wrong, and keeps what was typed',
    shop.test(async ({ visitor, person }) => {
      const { email } = await person();
      const one = await visitor();
      await one.goTo('/signup');
      const field = (name: string) => one.page.getByLabel(name, { exact: true });
      await field('Email').fill('ada at home');
      await field('Password').fill('short');
      await one.press('Sign up');
      await one.sees('Write it like ada@example.com.');
      await one.sees('Needs 8 to 128 characters.');
      expect(await field('Email').inputValue()).toBe('ada at home');
      expect(await one.focused()).toBe('Email');

      await one.goTo('/signin');
      await field('Email').fill(email);
      await field('Password').fill('not the right one');
      await one.press('Sign in');
      await one.sees('Email and password do not match.');
      expect(await field('Email').inputValue()).toBe(email);
    }),
  );

  it(
    'leaves no session where a script could read it',
    shop.test(async ({ customer }) => {
      const one = await customer();
      await one.goTo('/');
      await one.page.getByRole('button', { name: 'Sign out' }).waitFor();
      expect(await one.page.evaluate('document.cookie')).toBe('');
      const cookies = await one.context.cookies();
      expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
        { name: 'session', httpOnly: true, sameSite: 'Lax' },
      ]);
    }),
  );
});

describe('a session', () => {
  it(
    'is renewed before the page is rendered, and the page knows who is here',
    shop.test(async ({ system, baseUrl, person }) => {
      const { cookie, email } = await person();
      const old = aged(system, cookie, HALF_AN_HOUR);
      if (old === undefined) return;
      const answer = await fetch(`${baseUrl}/orders`, { headers: { Cookie: old }, redirect: 'manual' });
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie().map((line) => line.split('=', 1)[0])).toEqual(['session']);
      expect(await answer.text()).toContain(email);
      const young = await fetch(`${baseUrl}/orders`, { headers: { Cookie: cookie ?? '' } });
      expect(young.headers.getSetCookie()).toEqual([]);
    }),
  );

  it(
    'outlives its token on a page that is left open',
    shop.test(async ({ system, customer, person }) => {
      const seller = await customer();
      const { body: ticket } = await seller.person.sell({ title: 'Sold while nobody looked' });
      await seller.goTo('/tickets/mine');
      const old = aged(system, seller.person.cookie, MORE_THAN_AN_HOUR);
      if (old === undefined) return;
      await seller.takeSession(old);
      await (await person()).reserve(ticket.id);
      await seller.sees(/^Locked: a buyer is paying until/);
    }),
  );

  it(
    'that has ended elsewhere is said so on a page that is left open, and its name leaves the page',
    shop.test(async ({ system, customer }) => {
      const seller = await customer();
      const { cookie, email } = seller.person;
      await seller.person.sell();
      await seller.goTo('/tickets/mine');
      await seller.sees(email);
      await seller.person.ask('POST', '/api/users/signout', {});
      const old = aged(system, cookie, MORE_THAN_AN_HOUR);
      if (old === undefined) return;
      await seller.takeSession(old);
      await seller.sees('You are signed out, so this may be old.');
      await seller.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await seller.isAt('/signin?next=%2Ftickets%2Fmine');
      await eventually(async () => expect(await seller.page.getByText(email).count()).toBe(0));
    }),
  );
});

describe('signing out', () => {
  it.each([
    ['with a session that is due to be renewed', { javaScriptEnabled: true }],
    ['with such a session, and without JavaScript', { javaScriptEnabled: false }],
  ])('%s leaves none in the browser', async (_how, window) =>
    shop.test(async ({ system, customer }) => {
      const one = await customer(window);
      await one.goTo('/');
      const old = aged(system, one.person.cookie, HALF_AN_HOUR);
      if (old === undefined) return;
      await one.takeSession(old);
      await one.page.getByRole('button', { name: 'Sign out' }).click();
      await one.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
      const kept = (await one.context.cookies()).map(({ name }) => name);
      expect(kept).not.toContain('session');
    })(),
  );

  it(
    'is not undone by a page that was under way meanwhile and brings a renewed session',
    shop.test(async ({ system, baseUrl, customer, person }) => {
      const one = await customer();
      const { body: ticket } = await (await person()).sell({ title: 'Not for who has left', price: 12 });
      await one.goTo('/');
      const old = aged(system, one.person.cookie, HALF_AN_HOUR);
      if (old === undefined) return;
      const page = await fetch(`${baseUrl}/orders`, { headers: { Cookie: old } });
      const [late = ''] = page.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
      expect(late).toMatch(/^session=./);
      await one.page.getByRole('button', { name: 'Sign out' }).click();
      await one.page.getByRole('link', { name: 'Sign in' }).first().waitFor();

      await one.takeSession(late);
      await one.goTo(`/tickets/${ticket.id}`);
      await one.press(/^Reserve/);
      await one.isAt(`/signin?next=%2Ftickets%2F${ticket.id}`);
      expect((await one.page.request.get('/api/orders')).status()).toBe(401);
    }),
  );

  it(
    'and in as somebody else makes the browser theirs, whatever it brought',
    shop.test(async ({ system, visitor, person }) => {
      const one = await visitor();
      const [before, { email }] = [await person(), await person()];
      await one.goTo('/signin');
      const old = aged(system, before.cookie, HALF_AN_HOUR);
      if (old === undefined) return;
      await one.takeSession(old);
      await one.signInHere(email);
      await one.isAt('/');
      await one.sees(email);
    }),
  );
});

describe('every page', () => {
  /** The address of each page of the client, by its folder: a new one is looked at by itself. */
  const everyPage = (id: string): string[] =>
    readdirSync(PAGES, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'page.tsx')
      .map((file) => `/${path.dirname(file).replaceAll(/\[\w+\]/g, id)}`.replace('/.', '/'));

  it(
    'is kept by no cache on the way, signed in or not, and with a session that is renewed on the way',
    shop.test(async ({ system, baseUrl, person }) => {
      const one = await person();
      const { body: own } = await one.sell();
      const { body: theirs } = await (await person()).sell();
      const { body: order } = await one.reserve(theirs.id);
      const pages = new Set([own.id, order.id].flatMap(everyPage));
      expect(pages.size).toBeGreaterThan(8);
      const cookies = [undefined, one.cookie, aged(system, one.cookie, HALF_AN_HOUR)];
      const shared: string[] = [];
      for (const page of [...pages, ...FOR_ALL]) {
        for (const cookie of cookies) {
          const { headers } = await fetch(`${baseUrl}${page}`, {
            headers: cookie === undefined ? {} : { Cookie: cookie },
            redirect: 'manual',
          });
          if (/private|no-store/.test(headers.get('cache-control') ?? '')) continue;
          shared.push(page);
          expect([page, headers.getSetCookie()]).toEqual([page, []]);
        }
      }
      expect([...new Set(shared)]).toEqual(FOR_ALL);
    }),
  );

  it(
    'is shown to who brings no session without asking who that is',
    shop.test(async ({ system, baseUrl, person }) => {
      if (system.own === undefined) return;
      const { url } = system.own.service('auth');
      const asked = async (): Promise<number> => {
        const metrics = await (await fetch(`${url}/metrics`)).text();
        const counts = metrics.matchAll(
          /^http_request_duration_seconds_count\{[^}]*route="\/api\/users\/currentuser"[^}]*\} (\d+)/gm,
        );
        return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
      };
      const { cookie = '' } = await person();
      const before = await asked();
      expect((await fetch(baseUrl)).status).toBe(200);
      expect(await asked()).toBe(before);
      expect((await fetch(baseUrl, { headers: { Cookie: cookie } })).status).toBe(200);
      expect(await asked()).toBe(before + 1);
    }),
  );

  it(
    'lets no script run but its own: each answer names its own nonce',
    shop.test(async ({ baseUrl }) => {
      const nonces = await Promise.all(
        [1, 2].map(async () => {
          const { headers } = await fetch(baseUrl);
          return /script-src [^;]*'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1];
        }),
      );
      expect(nonces.every((nonce) => nonce !== undefined && nonce.length > 20)).toBe(true);
      expect(new Set(nonces).size).toBe(2);
    }),
  );

  it(
    'takes no form that another site sends',
    shop.test(async ({ baseUrl }) => {
      const send = (site: string) =>
        fetch(`${baseUrl}/signin`, {
          method: 'POST',
          headers: { 'Sec-Fetch-Site': site },
          body: new FormData(),
        });
      const foreign = await send('cross-site');
      expect([foreign.status, await foreign.json()]).toEqual([
        403,
        { errors: [expect.objectContaining({ code: 'cross_site' })] },
      ]);
      expect((await send('same-origin')).status).not.toBe(403);
    }),
  );
});
