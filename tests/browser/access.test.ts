import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { type Stage, shopInBrowser } from '../support/browser.ts';
import { isForEverybody, isForForcedColours, isForPhones, looksAt } from '../support/for-everybody.ts';
import { cards, type Visitor } from '../support/visitor.ts';

const shop = shopInBrowser();
/** A buyer who has one order of each kind, and a seller whose tickets they are. */
const withHistory = async ({ customer }: Stage) => {
  const seller = await customer();
  const buyer = await customer();
  const long = 'The complete string quartets of Béla Bartók, in one evening, with two intervals';
  const titles = [
    'Rosalía',
    long,
    'Town derby, standing room',
    'Kraftwerk',
    'Unwithdrawableticketwithoutaspace',
    'Mummenschanz',
    'Weihnachtsmarkt',
    'WOMAD',
    'COACHELLA 2027',
  ];
  const tickets = await Promise.all(
    titles.map(async (title) => (await seller.person.sell({ title, price: 1234.5, place: 'Hamburg' })).body),
  );
  const [awaiting = '', paid = '', released = '', withdrawn = '', free = ''] = tickets.map(({ id }) => id);
  const [held, completed, cancelled] = await Promise.all(
    [awaiting, paid, released].map(async (id) => (await buyer.person.reserve(id)).body.id),
  );
  await buyer.person.pay(completed ?? '');
  await buyer.person.release(cancelled ?? '');
  await seller.person.withdraw(withdrawn);
  await eventually(async () => {
    expect((await buyer.person.order(completed ?? '')).body.status).toBe('completed');
    expect((await seller.person.ticket(paid)).body.status).toBe('sold');
    expect((await seller.person.ticket(awaiting)).body.status).toBe('reserved');
  });
  return {
    seller,
    buyer,
    tickets: { awaiting, paid, free, withdrawn },
    orders: { held, completed, cancelled },
  };
};

describe('every page is for everybody, bright, dark and in colours of the visitor’s own, and fits any phone', () => {
  it(
    'of who is not signed in',
    shop.test(async (stage) => {
      const { tickets } = await withHistory(stage);
      const visitor = await stage.visitor();
      await looksAt(visitor, [
        '/',
        `/?q=${randomUUID()}`,
        `/tickets/${tickets.free}`,
        `/tickets/${tickets.awaiting}`,
        '/tickets/000000000000000000000000',
        '/nowhere',
        '/signin?next=%2Forders',
        '/signup',
      ]);
      await visitor.press('Sign up');
      await visitor.sees('Your email is missing.');
      await isForEverybody(visitor);
      await isForPhones(visitor);
    }),
  );

  it(
    'of who buys',
    shop.test(async (stage) => {
      const { buyer, orders, tickets } = await withHistory(stage);
      await looksAt(buyer, [
        '/orders',
        `/orders/${orders.held}`,
        `/orders/${orders.completed}`,
        `/orders/${orders.cancelled}`,
        `/tickets/${tickets.paid}`,
      ]);
      await buyer.goTo(`/orders/${orders.held}`);
      await buyer.press(/^Pay /);
      await buyer.sees('Your card number is missing.');
      await isForEverybody(buyer);
      await isForPhones(buyer);
      await buyer.page.getByText('Release ticket', { exact: true }).click();
      await buyer.sees('Let it go? Somebody else can take it at once.');
      await isForEverybody(buyer);
      await isForPhones(buyer);
      const other = await stage.customer();
      await looksAt(other, ['/orders', `/orders/${orders.held}`]);
    }),
  );

  it(
    'of who pays, and whose bank asks back',
    shop.test(async (stage) => {
      const { buyer, orders } = await withHistory(stage);
      const { page } = buyer;
      await buyer.goTo(`/orders/${orders.held}`);
      await buyer.pay(cards.declined);
      await buyer.sees(/Your card was declined/);
      await isForEverybody(buyer);
      await isForPhones(buyer);
      await buyer.pay(cards.asksTheBank);
      await page.getByRole('button', { name: 'Yes, pay' }).waitFor();
      await isForForcedColours(buyer);
      await page.goBack();
      await buyer.sees('Your bank asks if it is you');
      await isForEverybody(buyer);
      await isForPhones(buyer);
      await buyer.press('Pay with another card');
      // The answer does not come.
      await page.route('**/api/payments', () => {});
      await buyer.pay(cards.good);
      await page.getByRole('button', { name: 'Paying…' }).waitFor();
      await isForEverybody(buyer);
      await isForPhones(buyer);
    }),
  );

  it(
    'of who comes while a service is away',
    shop.test(async (stage) => {
      const buyer = await stage.customer();
      const { body: ticket } = await buyer.person.sell();
      const { own } = stage.system;
      if (own === undefined) return;
      await Promise.all(['tickets', 'orders'].map((name) => own.service(name).stop()));
      try {
        await looksAt(buyer, ['/', `/tickets/${ticket.id}`, '/tickets/mine', '/orders']);
        await buyer.sees('Something tore');
        const onPaper = await stage.visitor({ as: buyer.person, window: { javaScriptEnabled: false } });
        await onPaper.goTo('/orders');
        await onPaper.sees('Something tore');
      } finally {
        await Promise.all(['tickets', 'orders'].map((name) => own.service(name).start()));
      }
    }),
  );

  it(
    'of who sells',
    shop.test(async (stage) => {
      const { seller, tickets } = await withHistory(stage);
      await looksAt(seller, [
        '/tickets/mine',
        '/tickets/new',
        `/tickets/${tickets.free}`,
        `/tickets/${tickets.free}/edit`,
        `/tickets/${tickets.awaiting}/edit`,
        `/tickets/${tickets.withdrawn}`,
      ]);
      await seller.goTo('/tickets/mine');
      await seller.page
        .getByText(/^Withdraw:/)
        .first()
        .click();
      await seller.sees('It leaves the shop at once.');
      await isForEverybody(seller);
      await seller.goTo('/tickets/new');
      await seller.press('Sell');
      await seller.sees('Needs 1 to 200 characters that one can read.');
      await isForEverybody(seller);
      await isForPhones(seller);
      await looksAt(await stage.customer(), ['/tickets/mine']);
    }),
  );
});

describe('without a mouse', () => {
  const type = async (visitor: Visitor, name: string | RegExp, text: string): Promise<void> => {
    await visitor.tabTo(name);
    await visitor.page.keyboard.type(text);
  };

  it(
    'one can skip to the content, sign up, reserve and pay',
    shop.test(async ({ visitor, person }) => {
      const title = `With the keyboard ${Date.now()}`;
      const { body: ticket } = await (await person()).sell({ title });
      const buyer = await visitor();
      const { keyboard } = buyer.page;
      await buyer.goTo('/signup?next=%2F');
      await keyboard.press('Tab');
      expect(await buyer.focused()).toBe('Skip to content');
      await keyboard.press('Enter');
      await type(buyer, 'Email', `${randomUUID()}@example.com`);
      await type(buyer, 'Password', 'a quiet seat by the window');
      await keyboard.press('Enter');
      await buyer.isAt('/');
      await type(buyer, 'Search tickets', title);
      await eventually(async () => expect(await buyer.strips()).toEqual([title]));
      await buyer.tabTo(new RegExp(`^Reserve ?: ${title}$`));
      await keyboard.press('Enter');
      await buyer.isAt(/^\/orders\//);
      await type(buyer, 'Card number', '4242424242424242');
      await type(buyer, 'Expires', '1240');
      await type(buyer, 'Security code', '123');
      await buyer.tabTo(/^Pay /);
      await keyboard.press('Space');
      await buyer.sees('completed');
      expect((await buyer.page.request.get(`/api/tickets/${ticket.id}`)).ok()).toBe(true);
    }),
  );
});

describe('what has the focus is in sight', () => {
  const windows = [
    { width: 1280, height: 577 },
    { width: 390, height: 844 },
  ];

  /** Goes through everything that can have the focus, down the page and up again. */
  const isInSight = async (visitor: Visitor): Promise<void> => {
    const { page } = visitor;
    const hidden: string[] = [];
    for (const viewport of windows) {
      await page.setViewportSize(viewport);
      const controls = await page.locator('a, button, summary, input:not([type=hidden])').count();
      for (const key of ['Tab', 'Shift+Tab']) {
        for (let presses = 0; presses < controls; presses += 1) {
          await page.keyboard.press(key);
          const by = await visitor.hidesFocus();
          if (by !== undefined)
            hidden.push(`${viewport.width}, ${key}: ${await visitor.focused()} is behind ${by}`);
        }
      }
    }
    expect(hidden).toEqual([]);
  };

  it(
    'beside the strip that stays on top while one pays',
    shop.test(async ({ customer, person }) => {
      const buyer = await customer();
      const { body: ticket } = await (await person()).sell({ title: 'Paid with the keyboard' });
      const { body: order } = await buyer.person.reserve(ticket.id);
      await buyer.goTo(`/orders/${order.id}`);
      await buyer.page.getByText('Release ticket', { exact: true }).click();
      await isInSight(buyer);
    }),
  );

  it(
    'beside the news of what has come on sale',
    shop.test(async ({ visitor, person }) => {
      const seller = await person();
      const word = `quintet${Date.now()}`;
      for (let at = 0; at < 5; at += 1) await seller.sell({ title: `${word} ${at}` });
      const looking = await visitor();
      await looking.goTo(`/?q=${word}`);
      await seller.sell({ title: `${word}, one more` });
      await looking.sees('1 more on sale.');
      await isForForcedColours(looking);
      await isInSight(looking);
    }),
  );
});

describe('before JavaScript has loaded, or without it', () => {
  it(
    'one can sign up, sell, reserve and release',
    shop.test(async ({ visitor, person }) => {
      const seller = await visitor({ window: { javaScriptEnabled: false } });
      const title = `Printed on paper ${Date.now()}`;
      await seller.signUp();
      await seller.sell({ title, price: '17' });
      await seller.sees(title);
      await seller.goTo(`/?q=${encodeURIComponent(title)}`);
      expect(await seller.strips()).toEqual([title]);

      const { body: ticket } = await (await person()).sell({ title: `${title}, row two` });
      await seller.goTo(`/tickets/${ticket.id}`);
      await seller.press(/^Reserve/);
      await seller.isAt(/^\/orders\//);
      await seller.sees(/Paying needs JavaScript/);
      await seller.page.getByText('Release ticket', { exact: true }).click();
      await seller.press('Yes, release it');
      await seller.sees('You let it go');
      await seller.page.getByRole('button', { name: 'Sign out' }).click();
      await seller.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    }),
  );
});
