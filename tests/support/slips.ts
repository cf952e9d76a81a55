/** The slips of the community, as somebody in a browser writes and finds them. */
import type { Locator } from 'playwright-core';
import type { Visitor } from './visitor.ts';

/** Words of its own, by which a test finds what it has written. */
export const words = (what: string): string => `${what} ${Math.random().toString(36).slice(2, 11)}`;

/** The slip on which this stands. */
export const slip = ({ page }: Visitor, text: string): Locator =>
  page.getByRole('main').getByRole('article').filter({ hasText: text }).first();

export const write = async (visitor: Visitor, text: string): Promise<void> => {
  await visitor.page.getByLabel('What do you want to say?').fill(text);
  await visitor.press(/^Post$/);
  await visitor.sees('Posted.');
};

export const comment = async (visitor: Visitor, text: string): Promise<void> => {
  await visitor.page.getByLabel('Your comment').fill(text);
  await visitor.press(/^Comment$/);
  await visitor.sees('Your comment is there.');
};

/** As its button says, and the count beside it. */
export const likesOf = async (on: Locator): Promise<[pressed: boolean, count: string]> => {
  const button = on.getByRole('button', { name: /^Liked? ?:/ });
  const count = await button.locator('xpath=following-sibling::span').textContent();
  return [(await button.getAttribute('aria-pressed')) === 'true', /\d+/.exec(count ?? '')?.[0] ?? ''];
};

export const pressLike = (on: Locator): Promise<void> =>
  on.getByRole('button', { name: /^Liked? ?:/ }).click();
