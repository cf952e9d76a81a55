/**
 * `npm run screenshots`: starts everything with demo data, buys a little, and takes the pictures that the README shows
 * of what then stands on the pages.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually } from '@ticketing/common/testing';
import { demo } from '@ticketing/local/seed/demo';
import { launchChromium } from './support/chromium.ts';
import { Person } from './support/shop.ts';
import { ownSystem } from './support/system.ts';
import { Visitor } from './support/visitor.ts';

const folder = fileURLToPath(new URL('../img', import.meta.url));
const desk = { width: 1280, height: 800 };

mkdirSync(folder, { recursive: true });
const system = await ownSystem({ client: true, seed: true });
const browser = await launchChromium();
try {
  const buyer = new Person(system.baseUrl, { email: demo.buyer.email });
  await buyer.ask('POST', '/api/users/signin', { email: buyer.email, password: demo.password });
  const { body: tickets } = await buyer.tickets();
  const reserve = async (title: string) => {
    const ticket = tickets.find((each) => each.title === title);
    if (ticket === undefined) throw new Error(`the demo data has no “${title}”`);
    const { status, body } = await buyer.reserve(ticket.id);
    if (status !== 201) throw new Error(`reserving “${title}” answered ${status}`);
    return body.id;
  };
  await buyer.release(await reserve('The Tempest'));
  for (const title of ['Town derby, standing room', 'Tallinn Chamber Choir: Arvo Pärt']) {
    const order = await reserve(title);
    await buyer.pay(order);
    await eventually(async () => {
      if ((await buyer.order(order)).body.status !== 'completed') throw new Error(`${title} is not paid yet`);
    });
  }
  const open = await reserve('Swan Lake, third row');

  for (const { name, path, colorScheme } of [
    { name: 'tickets', path: '/', colorScheme: 'light' },
    { name: 'checkout', path: `/orders/${open}`, colorScheme: 'dark' },
    { name: 'orders', path: '/orders', colorScheme: 'light' },
    { name: 'community', path: '/community', colorScheme: 'light' },
  ] as const) {
    const visitor = await Visitor.open(browser, system.baseUrl, {
      as: buyer,
      window: { viewport: desk, colorScheme },
    });
    await visitor.goTo(path);
    await visitor.page.evaluate('document.fonts.ready');
    // Alive: times are the visitor's own by then. Asked from here, as the page's policy lets it evaluate nothing by itself.
    const isAlive =
      "[...document.querySelectorAll('time')].every(({ textContent }) => !textContent.endsWith('UTC'))";
    await eventually(async () => {
      if (!(await visitor.page.evaluate(isAlive)))
        throw new Error(`the times on ${path} are not the visitor's yet`);
    });
    await visitor.page.screenshot({ path: `${folder}/${name}.png` });
    await visitor.context.close();
    process.stdout.write(`img/${name}.png\n`);
  }
} finally {
  await browser.close();
  await system.end();
}
