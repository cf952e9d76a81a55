/** What every page has to be: for everybody, in any room, on any phone. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { unseenInForcedColours } from './forced-colours.ts';
import type { Visitor } from './visitor.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const desk = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

/** Every control can be made out in the few colours of all pages that a visitor has chosen, at a desk and on a phone. */
export const isForForcedColours = async ({ page }: Visitor): Promise<void> => {
  for (const viewport of [phone, desk]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const unseen = await unseenInForcedColours(page);
      expect([page.url(), viewport.width, colorScheme, ...unseen]).toEqual([
        page.url(),
        viewport.width,
        colorScheme,
      ]);
    }
  }
};

/** Nothing that axe knows to be a hindrance, in a bright room and in a dark one; and in the visitor's own colours. */
export const isForEverybody = async (visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(RULES).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect([page.url(), colorScheme, ...found]).toEqual([page.url(), colorScheme]);
  }
  await isForForcedColours(visitor);
};

/** Longer words have no room on the smallest phone, however they are set. */
const LONGEST_WORD = 15;

/** No word of a title is broken in two. */
const isUnbroken = async ({ page }: Visitor): Promise<void> => {
  const broken = await page.evaluate<string[]>(`
    [...document.querySelectorAll('main :is(h1, h2, h3)')].flatMap((title) => {
      const texts = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
      const broken = [];
      while (texts.nextNode()) {
        const { currentNode: text } = texts;
        for (const { 0: word, index } of text.data.matchAll(/[^\\s–-]+/g)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          if (lines.size > 1 && [...word].length <= ${LONGEST_WORD}) broken.push(word);
        }
      }
      return broken;
    })`);
  expect([page.url(), ...broken]).toEqual([page.url()]);
};

/** Fits a phone, the smallest there is (or 400 % zoom), and what is to be pressed is large enough for a thumb. */
export const isForPhones = async (visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  for (const width of [phone.width, 320]) {
    await page.setViewportSize({ ...phone, width });
    await eventually(async () => expect([page.url(), await visitor.overhang()]).toEqual([page.url(), 0]));
  }
  await isUnbroken(visitor);
  const small = await page.evaluate<string[]>(`
    [...document.querySelectorAll('button, summary, select, textarea, input:not([type=hidden])')]
      .filter((control) => control.checkVisibility())
      // What is clipped away is for those who cannot see it.
      .filter((control) => getComputedStyle(control).clipPath === 'none')
      .filter((control) => control.getBoundingClientRect().height < 44)
      .map((control) => control.outerHTML.slice(0, 200))`);
  expect([page.url(), ...small]).toEqual([page.url()]);
  await page.setViewportSize(desk);
};

export const looksAt = async (visitor: Visitor, paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    await visitor.goTo(path);
    expect(await visitor.page.getByRole('heading', { level: 1 }).count()).toBe(1);
    await isForEverybody(visitor);
    await isForPhones(visitor);
  }
};
