import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core';
import { PASSWORD, type Person } from './shop.ts';

/** Cards that the stand-in knows, as Stripe documents them. */
export const cards = {
  good: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  withoutMoney: '4000 0000 0000 9995',
  asksTheBank: '4000 0027 6000 3184',
} as const;

/** Only what never comes takes as long; a page on a machine with much else to do may take half of it. */
const STEP_MS = 45_000;

export interface VisitorOptions {
  /** Signed in already, as this one. */
  readonly as?: Person;
  readonly window?: BrowserContextOptions;
}

/** Somebody in front of a browser window of their own, who knows the shop by what stands on its pages. */
export class Visitor {
  readonly baseUrl: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** What a shop in order never does: requests to other hosts, what the policy forbids, errors in scripts. */
  readonly complaints: string[] = [];

  private constructor(baseUrl: string, context: BrowserContext, page: Page) {
    this.baseUrl = baseUrl;
    this.context = context;
    this.page = page;
  }

  static async open(browser: Browser, baseUrl: string, { as, window }: VisitorOptions): Promise<Visitor> {
    const context = await browser.newContext({
      ...{ locale: 'en-US', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', baseURL: baseUrl },
      ...window,
    });
    context.setDefaultTimeout(STEP_MS);
    const visitor = new Visitor(baseUrl, context, await context.newPage());
    if (as?.cookie !== undefined) await visitor.takeSession(as.cookie);
    visitor.watch();
    return visitor;
  }

  /** The session of somebody who has signed in elsewhere. */
  async takeSession(cookie: string): Promise<void> {
    const at = cookie.indexOf('=');
    await this.context.addCookies([
      {
        ...{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: this.baseUrl },
        ...{ httpOnly: true, sameSite: 'Lax' },
      },
    ]);
  }

  private watch(): void {
    this.page.on('pageerror', ({ message }) => this.complaints.push(`error in a script: ${message}`));
    this.page.on('console', (line) => {
      // A refusal, or the end of a session, is an answer of the shop, which its page shows; the console tells it too.
      const isAnswer = /^Failed to load resource: the server responded with a status of/.test(line.text());
      if (line.type() === 'error' && !isAnswer) this.complaints.push(`in the console: ${line.text()}`);
    });
    this.page.on('request', (request: Request) => {
      const { protocol, host } = new URL(request.url());
      if (/^https?:$/.test(protocol) && host !== new URL(this.baseUrl).host)
        this.complaints.push(`a request to another host: ${request.url()}`);
    });
  }

  async goTo(path: string): Promise<void> {
    await this.page.goto(path);
  }

  /** Opens an account, from the front page. */
  async signUp(email = `${randomUUID()}@example.com`): Promise<void> {
    await this.goTo('/signup');
    await this.signUpHere(email);
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** Fills in the form of signing up, where it is, and sends it. */
  async signUpHere(email: string): Promise<void> {
    await this.page.getByLabel('Email', { exact: true }).fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await this.press('Sign up');
  }

  async signInHere(email: string): Promise<void> {
    await this.page.getByLabel('Email', { exact: true }).fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await this.press('Sign in');
  }

  /** Presses the button of this name, inside of `main`. */
  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('main').getByRole('button', { name }).click();
  }

  async follow(name: string | RegExp): Promise<void> {
    await this.page.getByRole('link', { name }).first().click();
  }

  async sell({ title, price }: { readonly title: string; readonly price: string }): Promise<void> {
    await this.goTo('/tickets/new');
    await this.page.getByLabel('What is it for?').fill(title);
    await this.page.getByLabel(/^Price/).fill(price);
    await this.press('Sell');
    await this.isAt(/^\/tickets\/mine$/);
  }

  /** What “My orders” says of the order of this ticket. */
  async orderOf(title: string): Promise<string> {
    const order = this.page.getByRole('main').getByRole('listitem').filter({ hasText: title });
    return (await order.first().textContent()) ?? '';
  }

  /** Fills in the card, without paying yet. */
  async fillCard(number: string): Promise<void> {
    await this.page.getByLabel('Card number').fill(number);
    await this.page.getByLabel('Expires').fill('12 / 40');
    await this.page.getByLabel('Security code').fill('123');
  }

  async pay(number: string = cards.good): Promise<void> {
    await this.fillCard(number);
    await this.press(/^Pay /);
  }

  /** Waits until this stands on the page and is seen. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  async isAt(path: string | RegExp): Promise<void> {
    await this.page.waitForURL((url) =>
      typeof path === 'string' ? `${url.pathname}${url.search}` === path : path.test(url.pathname),
    );
  }

  /** What the strips of this page are called, from the top. */
  async strips(): Promise<string[]> {
    return this.page.getByRole('main').getByRole('heading', { level: 2 }).allInnerTexts();
  }

  /** By how many pixels the page is wider than its window. */
  async overhang(): Promise<number> {
    return this.page.evaluate<number>(
      'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
    );
  }

  /** What is said to who does not see the page, without having been asked for. */
  async hears(text: string | RegExp): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: text }).first().waitFor({ state: 'attached' });
  }

  /** What hides a part of what has the focus: the edge of the window, or what lies over it. Undefined where nothing does it. */
  async hidesFocus(): Promise<string | undefined> {
    return this.page.evaluate<string | undefined>(`{
      const focus = document.activeElement;
      const { left, right, top, bottom } = focus.getBoundingClientRect();
      const { clientWidth, clientHeight } = document.documentElement;
      const isOutside = top < 0 || left < 0 || right > clientWidth || bottom > clientHeight;
      // Not at the very edge: a stub that is lifted lies askew.
      const over = [0.2, 0.5, 0.8]
        .map((part) => document.elementFromPoint((left + right) / 2, top + part * (bottom - top)))
        .find((seen) => seen !== null && !focus.contains(seen));
      if (focus !== document.body) isOutside ? 'the edge of the window' : over?.outerHTML.slice(0, 200);
    }`);
  }

  /** Presses Tab until what has the focus is called so. */
  async tabTo(name: string | RegExp): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses < 60; presses += 1) {
      await this.page.keyboard.press('Tab');
      const focused = await this.focused();
      if (typeof name === 'string' ? focused === name : name.test(focused)) return;
      passed.push(focused);
    }
    throw new Error(`no way to ${name} with the keyboard; passed ${passed.join(', ')}`);
  }

  /** The accessible name of what has the focus. */
  async focused(): Promise<string> {
    const focus = this.page.locator(':focus');
    const seen = (await focus.count()) === 0 ? '' : await focus.ariaSnapshot();
    return /"([^"]*)"/.exec(seen)?.[1] ?? '';
  }
}
