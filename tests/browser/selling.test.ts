import { describe, expect, it } from '@jest/globals';
import { shopInBrowser } from '../support/browser.ts';
import type { Visitor } from '../support/visitor.ts';

const shop = shopInBrowser();
const nextYear = new Date().getUTCFullYear() + 1;

/** What the field of the date shows, once it asks for it in this zone. */
const dateIn = (zone: string, { page }: Visitor): Promise<string> =>
  page.getByLabel(`Date and time (${zone.replaceAll('_', ' ')})`).inputValue();

describe('selling a ticket', () => {
  it(
    'says at the field what is wrong, and keeps what was typed',
    shop.test(async ({ customer }) => {
      const seller = await customer();
      await seller.goTo('/tickets/new');
      await seller.page.getByLabel('What is it for?').fill('Too cheap to be true');
      await seller.page.getByLabel(/^Price/).fill('0.49');
      await seller.press('Sell');
      await seller.sees('From 0.50 to 999,999.99, with at most two decimals.');
      expect(await seller.focused()).toMatch(/^Price/);
      expect(await seller.page.getByLabel('What is it for?').inputValue()).toBe('Too cheap to be true');
      expect(await seller.page.getByLabel(/^Price/).inputValue()).toBe('0.49');
    }),
  );

  it(
    'once more with another price shows the new one to everybody',
    shop.test(async ({ customer, visitor }) => {
      const seller = await customer();
      const { body: ticket } = await seller.person.sell({ title: 'Cheaper by the day', price: 48 });
      await seller.goTo(`/tickets/${ticket.id}/edit`);
      await seller.page.getByLabel(/^Price/).fill('39.90');
      await seller.press('Save');
      await seller.isAt(/^\/tickets\/mine$/);
      const other = await visitor();
      await other.goTo(`/tickets/${ticket.id}`);
      await other.sees('$39.90');
    }),
  );

  it.each([
    { zone: 'America/New_York', local: `${nextYear}-07-14T14:30`, later: `${nextYear}-07-14T15:30` },
    { zone: 'Asia/Tokyo', local: `${nextYear}-07-15T03:30`, later: `${nextYear}-07-15T04:30` },
  ])('with another price leaves its date where it was, however one came to the form: $zone', (where) =>
    shop.test(async ({ customer }) => {
      const { zone, local, later } = where;
      const seller = await customer({ timezoneId: zone });
      const { page, person } = seller;
      let startsAt = `${nextYear}-07-14T18:30:00.000Z`;
      let price = 48;
      const { body: ticket } = await person.sell({ title: 'Far from Greenwich', price, startsAt });
      const save = async (): Promise<void> => {
        price += 1;
        await page.getByLabel(/^Price/).fill(String(price));
        await seller.press('Save');
        await seller.sees('Saved: Far from Greenwich.');
        expect((await person.ticket(ticket.id)).body).toMatchObject({ price, startsAt });
      };

      await seller.goTo('/tickets/mine');
      await seller.follow(/^Edit/);
      expect(await dateIn(zone, seller)).toBe(local);
      await save();
      await seller.goTo(`/tickets/${ticket.id}/edit`);
      expect(await dateIn(zone, seller)).toBe(local);
      await save();

      await seller.follow(/^Edit/);
      await page.getByLabel(/^Date and time/).fill(later);
      startsAt = `${nextYear}-07-14T19:30:00.000Z`;
      await save();
      await page.goBack();
      expect(await dateIn(zone, seller)).toBe(later);
      await save();

      await person.withdraw(ticket.id);
      const sellAgain = async (): Promise<void> => {
        expect(await dateIn(zone, seller)).toBe(later);
        await seller.press('Sell');
        await seller.sees('On sale: Far from Greenwich.');
        const [newest] = (await person.tickets('?userId=me')).body;
        expect(newest).toMatchObject({ status: 'on sale', price, startsAt });
        await person.withdraw(newest?.id ?? '');
      };
      await seller.goTo('/tickets/mine');
      await seller.follow(/^Sell again/);
      await sellAgain();
      await seller.goTo(`/tickets/new?like=${ticket.id}`);
      await sellAgain();
    })(),
  );

  it(
    'with another price leaves its date where it is by now, also before JavaScript has loaded',
    shop.test(async ({ person, visitor }) => {
      const seller = await person();
      const [startsAt, moved] = [`${nextYear}-07-14T18:30:10.000Z`, `${nextYear}-07-20T18:30:10.000Z`];
      const { body: ticket } = await seller.sell({ title: 'Printed in Tokyo', startsAt });
      const onPaper = await visitor({
        as: seller,
        window: { timezoneId: 'Asia/Tokyo', javaScriptEnabled: false },
      });
      await onPaper.goTo(`/tickets/${ticket.id}/edit`);
      expect(await dateIn('UTC', onPaper)).toBe(`${nextYear}-07-14T18:30`);
      // In another window, meanwhile.
      await seller.edit(ticket.id, { title: 'Printed in Tokyo', price: 48, startsAt: moved });
      await onPaper.page.getByLabel(/^Price/).fill('49');
      await onPaper.press('Save');
      await onPaper.sees('Saved: Printed in Tokyo.');
      expect((await seller.ticket(ticket.id)).body).toMatchObject({ price: 49, startsAt: moved });

      await onPaper.goTo(`/tickets/new?like=${ticket.id}`);
      await onPaper.press('Sell');
      await onPaper.sees('On sale: Printed in Tokyo.');
      const [newest] = (await seller.tickets('?userId=me')).body;
      expect(newest).toMatchObject({ price: 49, startsAt: moved });
    }),
  );

  it(
    'and then another one just like it, on the form one comes back to, sells both',
    shop.test(async ({ customer }) => {
      const seller = await customer();
      const title = 'One of a pair';
      await seller.goTo('/tickets/mine');
      // By links, as people go: what the way back leads to is then what this page remembers.
      await seller.page.getByRole('main').getByRole('link', { name: 'Sell a ticket' }).click();
      const sell = async (): Promise<void> => {
        await seller.isAt(/^\/tickets\/new$/);
        await seller.page.getByLabel('What is it for?').fill(title);
        await seller.page.getByLabel(/^Price/).fill('48');
        await seller.press('Sell');
        await seller.sees(`On sale: ${title}.`);
      };
      await sell();
      await seller.page.goBack();
      await sell();
      const { body: own } = await seller.person.tickets('?userId=me');
      expect(own.map((ticket) => ticket.title)).toEqual([title, title]);
    }),
  );

  it(
    'that a buyer holds is not possible to change, and says why',
    shop.test(async ({ customer, person }) => {
      const seller = await customer();
      const { body: ticket } = await seller.person.sell({ title: 'Held a moment ago', price: 48 });
      await seller.goTo(`/tickets/${ticket.id}/edit`);
      await seller.page.getByLabel(/^Price/).fill('480');
      const buyer = await person();
      expect((await buyer.reserve(ticket.id)).status).toBe(201);
      await seller.sees(/^Locked: a buyer is paying until \d\d:\d\d\./);
      await seller.press('Save');
      await seller.sees('Locked: a buyer is paying. Nothing was saved; what you typed is still here.');
      expect(await seller.page.getByLabel(/^Price/).inputValue()).toMatch(/^480/);
      expect((await buyer.ticket(ticket.id)).body.price).toBe(48);

      await seller.goTo('/tickets/mine');
      await seller.sees(/^Locked: a buyer is paying until \d\d:\d\d\./);
    }),
  );

  it(
    'asks for its date in UTC before JavaScript has loaded, and means what it asked for ever after',
    shop.test(async ({ customer }) => {
      const seller = await customer({ timezoneId: 'Asia/Tokyo' });
      const { page } = seller;
      // The page is there, and its script is still on the way.
      let isOnItsWay = () => {};
      const onItsWay = new Promise<void>((resolve) => {
        isOnItsWay = resolve;
      });
      await page.route('**/_next/static/chunks/**', async (route) => {
        await onItsWay;
        await route.continue();
      });
      await page.goto('/tickets/new', { waitUntil: 'commit' });
      const year = new Date().getUTCFullYear() + 1;
      await page.getByLabel(/^Date and time \(UTC\)/).fill(`${year}-07-14T18:30`);
      isOnItsWay();
      await page.getByLabel('What is it for?').fill('Long before the script');
      await page.getByLabel(/^Price/).fill('48');
      await page.waitForLoadState('networkidle');
      await page.getByLabel(/^Date and time \(UTC\)/).waitFor();
      await seller.press('Sell');
      await seller.sees('On sale: Long before the script.');
      const { body: own } = await seller.person.tickets('?userId=me');
      expect(own).toEqual([expect.objectContaining({ startsAt: `${year}-07-14T18:30:00.000Z` })]);
    }),
  );

  it(
    'is not possible to withdraw any more once a buyer holds it, which is said where one pressed',
    shop.test(async ({ customer, person }) => {
      const seller = await customer();
      const { body: ticket } = await seller.person.sell({ title: 'Too late to keep' });
      await seller.goTo('/tickets/mine');
      // The page has not heard of the buyer yet when one presses.
      await seller.page.route('**/api/tickets?**', () => {});
      await seller.page
        .getByText(/^Withdraw/)
        .first()
        .click();
      expect((await (await person()).reserve(ticket.id)).status).toBe(201);
      const confirm = seller.page.getByRole('button', { name: /^Yes, withdraw/ });
      await confirm.click();
      await seller.sees(/A buyer is paying for it just now/);
      await seller.page
        .locator('[data-form-message]:focus')
        .filter({ hasText: 'A buyer is paying' })
        .waitFor();
    }),
  );

  it(
    'ends when the seller withdraws it',
    shop.test(async ({ customer, visitor }) => {
      const seller = await customer();
      const { body: ticket } = await seller.person.sell({ title: 'Changed my mind', price: 48 });
      await seller.goTo('/tickets/mine');
      await seller.page
        .getByText(/^Withdraw/)
        .first()
        .click();
      await seller.press(/^Yes, withdraw/);
      await seller.sees('Withdrawn: Changed my mind.');
      const other = await visitor();
      await other.goTo(`/tickets/${ticket.id}`);
      await other.sees('No such ticket');
    }),
  );

  it(
    'is nobody’s but its seller’s to change',
    shop.test(async ({ customer, person }) => {
      const { body: ticket } = await (await person()).sell();
      const other = await customer();
      await other.goTo(`/tickets/${ticket.id}/edit`);
      await other.sees('Not yours');
    }),
  );
});
