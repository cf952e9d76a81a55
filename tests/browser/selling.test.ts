import { describe, expect, it } from '@jest/globals';
import { shopInBrowser } from '../support/browser.ts';

const shop = shopInBrowser();

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
