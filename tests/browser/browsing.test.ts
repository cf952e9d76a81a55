import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { shopInBrowser } from '../support/browser.ts';

const shop = shopInBrowser();

/** More than a page of the list. */
const MANY = 30;

describe('looking for a ticket', () => {
  it(
    'goes on to the last one, in the order one chose',
    shop.test(async ({ visitor, person }) => {
      const seller = await person();
      const word = `orchestra${Date.now()}`;
      const titles = Array.from({ length: MANY }, (_, at) => `${word} no ${String(at).padStart(2, '0')}`);
      // The prices are not in the order in which they come.
      for (const [at, title] of titles.entries()) await seller.sell({ title, price: 10 + ((at * 7) % MANY) });
      const cheapestFirst = Array.from({ length: MANY }, (_, price) => titles.at((price * 13) % MANY) ?? '');

      const looking = await visitor();
      await looking.goTo(`/?q=${word}`);
      expect((await looking.strips())[0]).toBe(titles.at(-1));
      await looking.follow('Cheapest');
      await looking.isAt(`/?q=${word}&sort=price`);
      await eventually(async () => {
        await looking.page.mouse.wheel(0, 4_000);
        expect(await looking.strips()).toEqual(cheapestFirst);
      });
    }),
  );

  it(
    'goes on from page to page before JavaScript has loaded',
    shop.test(async ({ visitor, person }) => {
      const seller = await person();
      const word = `chorus${Date.now()}`;
      for (let at = 0; at < MANY; at += 1) await seller.sell({ title: `${word} ${at}` });
      const looking = await visitor({ window: { javaScriptEnabled: false } });
      await looking.goTo(`/?q=${word}`);
      const first = await looking.strips();
      await looking.follow('Show more');
      await looking.isAt(/^\/$/);
      const second = await looking.strips();
      expect(new Set([...first, ...second]).size).toBe(MANY);
    }),
  );

  it(
    'says how many there are to who does not see them',
    shop.test(async ({ visitor, person }) => {
      const word = `quartet${Date.now()}`;
      const seller = await person();
      await seller.sell({ title: `${word}, evening` });
      await seller.sell({ title: `${word}, matinee` });
      const looking = await visitor();
      await looking.goTo('/');
      await looking.page.getByLabel('Search tickets').fill(word);
      await looking.hears(`“${word}”: 2 tickets`);
      await looking.page.getByLabel('Search tickets').fill(`${word} nowhere`);
      await looking.hears(`No “${word} nowhere”`);
    }),
  );

  it(
    'with what nobody can type, or on from a place that never was, shows what there is',
    shop.test(async ({ visitor, customer, person }) => {
      const word = `sonata${Date.now()}`;
      await (await person()).sell({ title: word });
      const looking = await visitor();
      await looking.goTo(`/?q=%00%07${word}`);
      expect(await looking.strips()).toEqual([word]);
      await looking.goTo(`/?q=${word}&cursor=${'x'.repeat(2_000)}`);
      await looking.isAt(`/?q=${word}`);
      const buyer = await customer();
      await buyer.goTo('/orders?cursor=garbled');
      await buyer.isAt('/orders');
      await buyer.sees('No orders yet');
      await buyer.goTo('/orders/000000000000000000000000');
      await buyer.sees('No such order');
    }),
  );
});

describe('the times on a ticket', () => {
  it(
    'are the visitor’s own, and UTC where that is not known',
    shop.test(async ({ visitor, person }) => {
      const startsAt = `${new Date().getUTCFullYear() + 1}-07-14T18:30:00.000Z`;
      const { body: ticket } = await (await person()).sell({ title: 'Far away', startsAt });
      const inTokyo = await visitor({ window: { timezoneId: 'Asia/Tokyo' } });
      await inTokyo.goTo(`/tickets/${ticket.id}`);
      await inTokyo.sees(/Jul 15, \d+, 03:30$/);
      const onPaper = await visitor({ window: { timezoneId: 'Asia/Tokyo', javaScriptEnabled: false } });
      await onPaper.goTo(`/tickets/${ticket.id}`);
      await onPaper.sees(/Jul 14, \d+, 18:30 UTC$/);
    }),
  );
});
