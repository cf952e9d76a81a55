import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import type { Locator, Page, Request } from 'playwright-core';
import { shopInBrowser } from '../support/browser.ts';
import { newPerson } from '../support/shop.ts';
import { chargedIn, controlStripe } from '../support/stripe.ts';
import { cards, type Visitor } from '../support/visitor.ts';

const shop = shopInBrowser();

/** A ticket that somebody has just put up for sale. */
const onSale = async (baseUrl: string, title = 'Nils Frahm', price = 48) => {
  const seller = await newPerson(baseUrl);
  const { body } = await seller.sell({ title, price });
  return { ...body, seller };
};

/** Of desks, of phones upright and on their side, and of the smallest one. */
const windows = [
  [1366, 768],
  [1366, 657],
  [1280, 640],
  [1280, 577],
  [390, 844],
  [320, 568],
  [844, 390],
  [568, 320],
] as const;

const reserve = async (buyer: Visitor, ticketId: string): Promise<void> => {
  await buyer.goTo(`/tickets/${ticketId}`);
  await buyer.press(/^Reserve/);
  await buyer.isAt(/^\/orders\/[0-9a-f]{24}$/);
};

/** Nothing that the page asks about tickets and orders is answered, until what this resolves with is called. */
const withoutAnswers = async (page: Page): Promise<() => Promise<void>> => {
  const about = /\/api\/(tickets|orders)|\/tickets\//;
  await page.route(about, () => {});
  return () => page.unroute(about);
};

describe('buying a ticket', () => {
  it(
    'that somebody has just put up for sale ends with it under “My orders”, as completed',
    shop.test(async ({ visitor }) => {
      const title = `Anna von Hausswolff ${Date.now()}`;
      const seller = await visitor();
      await seller.signUp();
      await seller.sell({ title, price: '62.50' });

      const buyer = await visitor();
      await buyer.signUp();
      await buyer.goTo('/');
      await buyer.page.getByLabel('Search tickets').fill(title);
      await eventually(async () => expect(await buyer.strips()).toEqual([title]));
      // On a slow line the page would look for what was typed while it is on its way to what was pressed.
      await buyer.page.route(/\/tickets\/[0-9a-f]{24}/, async (route) => {
        await setTimeout(1_500);
        await route.continue();
      });
      await buyer.follow(title);
      await buyer.isAt(/^\/tickets\/[0-9a-f]{24}$/);
      await buyer.sees('$62.50');
      await buyer.press(/^Reserve/);
      await buyer.isAt(/^\/orders\/[0-9a-f]{24}$/);
      await buyer.sees(/^Yours until/);
      await buyer.pay(cards.good);
      await buyer.sees('completed');

      await buyer.follow('My orders');
      await buyer.isAt('/orders');
      expect(await buyer.orderOf(title)).toContain('completed');

      // Where the seller has been all the while.
      await seller.sees('sold');
    }),
  );

  it(
    'with a card that is declined says so and what is left, and takes another card',
    shop.test(async ({ baseUrl, customer }) => {
      const { id } = await onSale(baseUrl);
      const buyer = await customer();
      await reserve(buyer, id);
      await buyer.pay(cards.withoutMoney);
      await buyer.sees(/not enough money on it.*Nothing was taken; the ticket is still yours for \d+:\d\d/);
      await buyer.pay(cards.good);
      await buyer.sees('completed');
    }),
  );

  it(
    'with a card that is declined says so where one looks, in a window of any size',
    shop.test(async ({ baseUrl, customer }) => {
      const buyer = await customer();
      const { page } = buyer;
      const longest = 'WOMAD MUMMENSCHANZ '.repeat(11).slice(0, 200);
      for (const { title, sizes } of [
        { title: 'Nils Frahm', sizes: windows },
        { title: longest, sizes: windows.slice(-5) },
      ]) {
        const { id } = await onSale(baseUrl, title);
        await reserve(buyer, id);
        await buyer.fillCard(cards.declined);
        for (const [width, height] of sizes) {
          await page.setViewportSize({ width, height });
          await buyer.press(/^Pay /);
          await page.locator('[data-form-message]:focus', { hasText: 'Your card was declined' }).waitFor();
          expect([width, height, await buyer.hidesFocus()]).toEqual([width, height, undefined]);
        }
      }
    }),
  );

  it(
    'with a card whose bank wants to hear from its holder goes by the bank, and on from there',
    shop.test(async ({ baseUrl, customer }) => {
      const { id } = await onSale(baseUrl);
      const buyer = await customer();
      await reserve(buyer, id);
      const order = new URL(buyer.page.url()).pathname;
      await buyer.pay(cards.asksTheBank);
      await buyer.page.getByRole('button', { name: 'No, refuse' }).click();
      await buyer.isAt(order);
      await buyer.sees(/Your bank did not hear a yes from you/);
      await buyer.pay(cards.asksTheBank);
      await buyer.page.getByRole('button', { name: 'Yes, pay' }).click();
      await buyer.isAt(order);
      await buyer.sees('completed');
    }),
  );

  it(
    'is charged once, however often one presses, and survives a reload',
    shop.test(async ({ baseUrl, customer, system }) => {
      const { id } = await onSale(baseUrl, 'Pressed twice', 31);
      const buyer = await customer();
      await reserve(buyer, id);
      await buyer.fillCard(cards.good);
      const { own } = system;
      if (own === undefined) return;
      const isPay = (request: Request) =>
        request.method() === 'POST' && new URL(request.url()).pathname === '/api/payments';
      const keys = new Set<string | undefined>();
      buyer.page.on('request', (request) => {
        if (isPay(request)) keys.add(request.headers()['idempotency-key']);
      });
      // So slow that the card is still being asked when the page is there again.
      await controlStripe(own, { latencyMs: 3_000 });
      try {
        const asked = buyer.page.waitForRequest(isPay);
        await buyer.page.getByRole('button', { name: /^Pay / }).dblclick();
        await asked;
        await buyer.page.reload();
        await buyer.page.getByRole('button', { name: 'Paying…' }).waitFor();
      } finally {
        await controlStripe(own, { latencyMs: 0 });
      }
      await buyer.sees('completed');
      expect([...keys]).toEqual([expect.any(String)]);
      await eventually(async () => {
        const payments = await chargedIn(own);
        const received = payments.filter(({ amount }) => amount === 3100).map((each) => each.amount_received);
        expect(received.filter((amount) => amount > 0)).toEqual([3100]);
      });
    }),
  );

  it(
    'is possible for one of two who press at the same moment; the other is told, and shown others',
    shop.test(async ({ baseUrl, customer, person }) => {
      const { id, title } = await onSale(baseUrl, `The last seat ${Date.now()}`);
      await (await person()).sell({ title: `${title}, row two` });
      const [one, other] = await Promise.all([customer(), customer()]);
      await Promise.all([one.goTo(`/tickets/${id}`), other.goTo(`/tickets/${id}`)]);
      await Promise.all([one.press(/^Reserve/), other.press(/^Reserve/)]);
      const ended = await Promise.all(
        [one, other].map(async (each) => {
          const got = each.isAt(/^\/orders\//).then(() => 'got it');
          const late = each.sees(/Someone was faster/).then(() => 'was told');
          return Promise.any([got, late]);
        }),
      );
      expect(ended.sort()).toEqual(['got it', 'was told']);
      const late = /\/orders\//.test(one.page.url()) ? other : one;
      await late.sees(`${title}, row two`);
    }),
  );

  it(
    'is also told to who comes too late, and shown others, before JavaScript has loaded',
    shop.test(async ({ baseUrl, customer, person }) => {
      const { id, title, seller } = await onSale(baseUrl, `Pressed on paper ${Date.now()}`);
      const { body: second } = await seller.sell({ title: `${title}, row two` });
      await seller.sell({ title: 'Hania Rani' });
      const buyer = await customer({ javaScriptEnabled: false });
      await buyer.goTo(`/?q=${encodeURIComponent(title)}`);
      await (await person()).reserve(id);
      await buyer.press(new RegExp(`^Reserve ?: ${title}$`));
      await buyer.isAt(/^\/tickets\//);
      await buyer.sees('Someone was faster.');
      await buyer.sees(`${title}, row two`);

      await buyer.goTo(`/?q=${encodeURIComponent(title)}`);
      await seller.withdraw(second.id);
      await buyer.press(new RegExp(`^Reserve ?: ${title}, row two$`));
      await buyer.sees('Its seller took it back.');
      await buyer.sees('On sale right now:');
    }),
  );

  it(
    'is told to be withdrawn to who looks at it, and others are offered',
    shop.test(async ({ baseUrl, visitor }) => {
      const { id, title, seller } = await onSale(baseUrl, `Taken back ${Date.now()}`);
      await seller.sell({ title: `${title}, row two` });
      const looking = await visitor();
      await looking.goTo(`/tickets/${id}`);
      await seller.withdraw(id);
      await looking.hears('Its seller took it back.');
      await looking.sees(`${title}, row two`);
    }),
  );

  it(
    'is told to be theirs at once to the buyer who has just paid and goes back',
    shop.test(async ({ baseUrl, customer }) => {
      const { id } = await onSale(baseUrl, `Paid and back ${Date.now()}`);
      const buyer = await customer();
      const { page } = buyer;
      await buyer.goTo(`/tickets/${id}`);
      await buyer.press(/^Reserve/);
      await buyer.isAt(/^\/orders\//);
      const order = new URL(page.url()).pathname;
      await buyer.pay(cards.good);
      await buyer.sees('completed');
      // The page has to know by itself.
      const goOn = await withoutAnswers(page);
      await page.goBack();
      await buyer.sees('It is yours.');
      expect(await page.getByRole('button', { name: /^Reserve/ }).count()).toBe(0);
      await goOn();
      await buyer.follow(/^Your order/);
      await buyer.isAt(order);
    }),
  );

  it(
    'stays in its place in the list of the buyer who holds it or has bought it, and leads to the order',
    shop.test(async ({ baseUrl, customer, person }) => {
      const { id, title, seller } = await onSale(baseUrl, `Mine in the list ${Date.now()}`);
      const { body: second } = await seller.sell({ title: `${title}, row two` });
      const buyer = await customer();
      const { page } = buyer;
      const verb = (says: string, name: string, role: 'link' | 'button' = 'link') =>
        page.getByRole('main').getByRole(role, { name: new RegExp(`^${says} ?: ${name}$`) });
      const gone = page.getByText('Gone', { exact: true });
      /** Reserves it from the list and goes back there. */
      const reserve = async (name: string) => {
        await buyer.press(new RegExp(`^Reserve ?: ${name}$`));
        await buyer.isAt(/^\/orders\//);
        const path = new URL(page.url()).pathname;
        const goOn = await withoutAnswers(page);
        await page.goBack();
        expect(await verb('Pay now', name).getAttribute('href')).toBe(path);
        await goOn();
        return path.slice('/orders/'.length);
      };
      /** The page asks at once, as it does when a network is back, and not some seconds later. */
      const soon = (isSo: () => Promise<void>) =>
        eventually(async () => {
          await page.evaluate("dispatchEvent(new Event('online'))");
          await isSo();
        });
      const shows = (locator: Locator) => soon(async () => expect(await locator.count()).toBe(1));
      await buyer.goTo(`/?q=${encodeURIComponent(title)}`);
      let isOffSale = false;
      page.on('response', async (answer) => {
        if (new URL(answer.url()).pathname !== '/api/tickets' || answer.status() !== 200) return;
        // Where the page went on without the answer, nothing was heard.
        isOffSale ||= !(await answer.text().catch(() => id)).includes(id);
      });
      const paid = await reserve(title);
      await soon(async () => expect(isOffSale).toBe(true));
      await buyer.sees('It is held for you while you pay.');
      expect(await gone.count()).toBe(0);
      await buyer.person.pay(paid);
      await shows(verb('Your order', title));
      await buyer.sees('It is yours.');

      // What is let go in another window is on sale again, and gone as soon as another buyer takes it.
      const held = await reserve(`${title}, row two`);
      await buyer.person.release(held);
      await shows(verb('Reserve', `${title}, row two`, 'button'));
      await (await person()).reserve(second.id);
      await shows(gone);
      expect(await verb('Your order', title).count()).toBe(1);
    }),
  );

  it(
    'that was reserved in another window is seen as the buyer’s own on the way back, and leads to the order',
    shop.test(async ({ baseUrl, customer }) => {
      const { id, title, seller } = await onSale(baseUrl, `Two windows ${Date.now()}`);
      const { body: second } = await seller.sell({ title: `${title}, row two` });
      const buyer = await customer();
      const { page, person } = buyer;
      // The pages hear nothing of the tickets themselves.
      const notHeard = '**/api/tickets**';
      await page.route(notHeard, () => {});
      await page.route(`${notHeard}/**`, () => {});
      const isAlive = () => page.locator('input[name="alive"]').first().waitFor({ state: 'attached' });
      /** As a browser does that has kept the page as it was left. */
      const showAgain = () =>
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");

      await buyer.goTo(`/?q=${encodeURIComponent(title)}`);
      await isAlive();
      const { body: first } = await person.reserve(id);
      await showAgain();
      await buyer.sees('It is held for you while you pay.');
      expect(await page.getByText('Gone', { exact: true }).count()).toBe(0);
      await buyer.follow(/^Pay now/);
      await buyer.isAt(`/orders/${first.id}`);

      // What is pressed before the page knows leads to the order as well, also after paying.
      await buyer.goTo(`/tickets/${second.id}`);
      const { body: paid } = await person.reserve(second.id);
      await person.pay(paid.id);
      await eventually(async () => expect((await person.order(paid.id)).body.status).toBe('completed'));
      await buyer.press(/^Reserve/);
      await buyer.isAt(`/orders/${paid.id}`);
      await buyer.sees('completed');

      const { body: third } = await seller.sell({ title: `${title}, row three` });
      await buyer.goTo(`/tickets/${third.id}`);
      await isAlive();
      await person.reserve(third.id);
      await showAgain();
      await buyer.sees('It is held for you while you pay.');
    }),
  );

  it(
    'is possible on a phone, with one hand',
    shop.test(async ({ baseUrl, customer }) => {
      const { id, title } = await onSale(baseUrl, `Bought on the way ${Date.now()}`);
      const buyer = await customer({
        ...{ viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true },
      });
      await buyer.goTo(`/?q=${encodeURIComponent(title)}`);
      await buyer.page
        .getByRole('main')
        .getByRole('button', { name: /^Reserve/ })
        .tap();
      await buyer.isAt(/^\/orders\/[0-9a-f]{24}$/);
      await buyer.fillCard(cards.good);
      // What stays on top and the bar at the bottom leave room for what is to be pressed.
      await buyer.page.getByRole('button', { name: /^Pay / }).tap();
      await buyer.sees('completed');
      await buyer.page
        .getByRole('navigation', { name: 'Main' })
        .getByRole('link', { name: 'My orders' })
        .tap();
      await buyer.isAt('/orders');
      expect(await buyer.orderOf(title)).toContain('completed');
      await buyer.goTo(`/tickets/${id}`);
      await buyer.sees('It is yours.');
    }),
  );

  it(
    'shows when and where the show is, on the order and under “My orders”, as the buyer has agreed to it',
    shop.test(async ({ system, customer, person }) => {
      const title = `Agreed to ${Date.now()}`;
      const startsAt = `${new Date().getUTCFullYear() + 1}-07-14T18:30:00.000Z`;
      const { body: ticket } = await (await person()).sell({ title, startsAt, place: 'Funkhaus, Berlin' });
      const buyer = await customer();
      await reserve(buyer, ticket.id);
      // From the order alone: nobody need ask the ticket for it.
      await system.own?.service('tickets').stop();
      try {
        for (const path of [new URL(buyer.page.url()).pathname, '/orders']) {
          await buyer.goTo(path);
          await buyer.sees(title);
          await buyer.sees(/Jul 14, \d{4}, 20:30$/);
          await buyer.sees('Funkhaus, Berlin');
        }
      } finally {
        await system.own?.service('tickets').start();
      }
    }),
  );

  it(
    'shows who only looked at it that it is gone, without a reload',
    shop.test(async ({ baseUrl, customer, person }) => {
      const { id, title } = await onSale(baseUrl, `Gone in a moment ${Date.now()}`);
      const looking = await customer();
      await looking.goTo(`/?q=${encodeURIComponent(title)}`);
      expect(await looking.strips()).toEqual([title]);
      await (await person()).reserve(id);
      await looking.page
        .getByRole('main')
        .getByRole('button', { name: /^Reserve/ })
        .waitFor({ state: 'detached' });
    }),
  );

  it(
    'ends when one lets it go: it is on sale again, and nothing is paid',
    shop.test(async ({ baseUrl, customer }) => {
      const { id, title } = await onSale(baseUrl);
      const buyer = await customer();
      await reserve(buyer, id);
      await buyer.page.getByText('Release ticket', { exact: true }).click();
      await buyer.press('Yes, release it');
      await buyer.sees('You let it go');
      await buyer.goTo('/orders');
      expect(await buyer.orderOf(title)).toContain('cancelled');
      await buyer.goTo(`/tickets/${id}`);
      await buyer.page.getByRole('button', { name: /^Reserve/ }).waitFor();
    }),
  );

  it(
    'needs signing in, and leads back to the ticket',
    shop.test(async ({ baseUrl, visitor, person }) => {
      const { id } = await onSale(baseUrl);
      const { email } = await person();
      const buyer = await visitor();
      await buyer.goTo(`/tickets/${id}`);
      await buyer.press(/^Reserve/);
      await buyer.isAt(/^\/signin$/);
      await buyer.signInHere(email);
      await buyer.isAt(`/tickets/${id}`);
      await buyer.press(/^Reserve/);
      await buyer.isAt(/^\/orders\//);
    }),
  );

  it(
    'shows an order to nobody but its buyer',
    shop.test(async ({ baseUrl, customer }) => {
      const { id } = await onSale(baseUrl);
      const buyer = await customer();
      await reserve(buyer, id);
      const other = await customer();
      await other.goTo(new URL(buyer.page.url()).pathname);
      await other.sees('Not yours');
    }),
  );
});
