import { describe, expect, it } from '@jest/globals';
import { shopInBrowser } from '../support/browser.ts';
import { unseenInForcedColours } from '../support/forced-colours.ts';
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
    'shows how much of it is over in colours of the visitor’s own too',
    shop.test(async ({ customer, person }) => {
      const { body: ticket } = await (await person()).sell({ title: 'Seen in two colours', price: 12 });
      const buyer = await customer();
      const { body: order } = await buyer.person.reserve(ticket.id);
      await buyer.goTo(`/orders/${order.id}`);
      await buyer.page.locator('[data-closed]:not([data-closed="0"])').waitFor();
      expect(await unseenInForcedColours(buyer.page)).toEqual([]);
    }),
  );

  it(
    'of somebody else ends on the page of who waits for it',
    shop.test(async ({ customer, person }) => {
      const seller = await person();
      const { body: ticket } = await seller.sell({ title: 'Worth waiting for', price: 12 });
      const [waiting, faster] = await Promise.all([customer(), person()]);
      await faster.reserve(ticket.id);
      await waiting.goTo(`/tickets/${ticket.id}`);
      await waiting.sees(/Somebody is paying for it/);
      await waiting.press(/^Reserve/);
      await waiting.isAt(/^\/orders\//);
    }),
  );

  it(
    'is counted down by the shop’s clock, whatever the device’s says',
    shop.test(async ({ customer, person }) => {
      const { body: ticket } = await (await person()).sell({ title: 'Counted in seconds', price: 12 });
      const buyer = await customer();
      await buyer.context.addInitScript(`{
        const Real = Date;
        const ahead = 47 * 60 * 1000;
        globalThis.Date = class extends Real {
          constructor(...given) { given.length === 0 ? super(Real.now() + ahead) : super(...given); }
          static now() { return Real.now() + ahead; }
        };
      }`);
      await buyer.goTo(`/tickets/${ticket.id}`);
      await buyer.press(/^Reserve/);
      await buyer.isAt(/^\/orders\//);
      const left = (await buyer.page.getByRole('timer').textContent()) ?? '';
      const seconds = Number(/0:(\d\d)/.exec(left)?.[1]);
      // The first answer tells the shop's time by the whole second; the clock is exact after a few.
      expect([seconds > 0, seconds <= HOLD_SECONDS + 2]).toEqual([true, true]);
      await buyer.sees('Your time ran out');
    }),
  );
});
