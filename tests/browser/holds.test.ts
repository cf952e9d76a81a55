import { describe, it } from '@jest/globals';
import { shopInBrowser } from '../support/browser.ts';
import { ownSystem } from '../support/system.ts';

/** Long enough to open the page in, on a busy machine too. */
const HOLD_SECONDS = 20;

const shop = shopInBrowser(async () => {
  const own = await ownSystem({ client: true, holdSeconds: HOLD_SECONDS });
  return { baseUrl: own.baseUrl, own, end: own.end };
});

describe('a hold', () => {
  it(
    'runs out before the eyes of who did not pay; the ticket is on sale again, and can be had again',
    shop.test(async ({ customer, person }) => {
      const seller = await person();
      const { body: ticket } = await seller.sell({ title: 'Slow to pay', price: 12 });
      const buyer = await customer();
      await buyer.goTo(`/tickets/${ticket.id}`);
      await buyer.press(/^Reserve/);
      await buyer.isAt(/^\/orders\//);
      await buyer.page.getByRole('timer').waitFor();
      await buyer.sees('Less than a minute left.');
      await buyer.sees('Your time ran out');
      await buyer.sees('cancelled');
      await buyer.follow('Reserve it again');
      await buyer.isAt(`/tickets/${ticket.id}`);
      await buyer.press(/^Reserve/);
      await buyer.isAt(/^\/orders\//);
      await buyer.page.getByRole('timer').waitFor();
    }),
  );

  it(
    'of somebody else ends on the page of who waits for it',
    shop.test(async ({ customer, person }) => {
      const seller = await person();
      const { body: ticket } = await seller.sell({ title: 'Worth waiting for', price: 12 });
      await (await person()).reserve(ticket.id);
      const waiting = await customer();
      await waiting.goTo(`/tickets/${ticket.id}`);
      await waiting.sees(/Somebody is paying for it/);
      await waiting.press(/^Reserve/);
      await waiting.isAt(/^\/orders\//);
    }),
  );
});
