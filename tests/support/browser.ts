import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.ts';
import { newPerson, type Person } from './shop.ts';
import { type SystemUnderTest, systemUnderTest } from './system.ts';
import { Visitor, type VisitorOptions } from './visitor.ts';

/** A first start builds everything, the shop included. */
const START_MS = 600_000;
/** A test is over in seconds; this is for a machine that is building something meanwhile. */
const TEST_MS = 240_000;

/** One test's visitors; their windows are closed when it ends. */
export interface Stage {
  readonly baseUrl: string;
  readonly system: SystemUnderTest;
  /** Somebody in front of a window, signed in only where `as` says so. */
  visitor(options?: VisitorOptions): Promise<Visitor>;
  /** Somebody new, who has signed up, in front of a window. */
  customer(window?: VisitorOptions['window']): Promise<Visitor & { readonly person: Person }>;
  /** Somebody new, who has signed up, and needs no window. */
  person(): Promise<Person>;
}

/**
 * The shop for the tests of one file, with a browser: the one that `BASE_URL` names, or one of their own.
 *
 *     const shop = shopInBrowser();
 *     it('…', shop.test(async ({ customer }) => { … }));
 *
 * A test that fails leaves a picture of each window, and says where. One that passes has to have left nothing to
 * complain of: no request to another host, nothing that the policy forbids, no error in a script.
 */
export const shopInBrowser = (
  start: () => Promise<SystemUnderTest> = () => systemUnderTest({ client: true }),
) => {
  jest.setTimeout(TEST_MS);
  let system: SystemUnderTest;
  let browser: Browser;

  beforeAll(async () => {
    // Before everything is started for nothing.
    findChromium();
    system = await start();
    browser = await launchChromium();
  }, START_MS);
  afterAll(async () => {
    await browser?.close();
    await system?.end();
  }, START_MS);

  const test = (play: (stage: Stage) => Promise<void>) => async () => {
    const visitors: Visitor[] = [];
    const { baseUrl } = system;
    const visitor = async (options: VisitorOptions = {}) => {
      const one = await Visitor.open(browser, baseUrl, options);
      visitors.push(one);
      return one;
    };
    const person = () => newPerson(baseUrl);
    const customer: Stage['customer'] = async (window) => {
      const as = await person();
      return Object.assign(await visitor({ as, ...(window === undefined ? {} : { window }) }), {
        person: as,
      });
    };
    try {
      await play({ baseUrl, system, visitor, customer, person });
      expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([]);
    } catch (error) {
      throw await withPictures(error, visitors);
    } finally {
      await Promise.all(visitors.map(({ context }) => context.close()));
    }
  };
  return { test };
};

/** The error, with what each visitor saw last. */
const withPictures = async (error: unknown, visitors: readonly Visitor[]): Promise<unknown> => {
  if (!(error instanceof Error)) return error;
  const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-screens-'));
  const seen = await Promise.all(
    visitors.map(async ({ page, complaints }, index) => {
      const picture = path.join(folder, `${index + 1}.png`);
      const taken = await page.screenshot({ path: picture, fullPage: true, timeout: 5_000 }).then(
        () => picture,
        () => 'no picture',
      );
      return [`${page.url()}: ${taken}`, ...complaints].join('\n    ');
    }),
  );
  error.message += `\n\nWhat they saw last:\n  ${seen.join('\n  ')}`;
  error.stack = `${error.message}\n${error.stack?.slice(error.stack.indexOf('\n    at ') + 1) ?? ''}`;
  return error;
};
