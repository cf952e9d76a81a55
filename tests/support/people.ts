/** People with profiles, and what they do with each other's in a browser. */
import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Stage } from './browser.ts';
import type { Person } from './shop.ts';
import type { Visitor } from './visitor.ts';

/** Nobody else has it. */
export const newHandle = (): string => `p_${randomUUID().replaceAll('-', '').slice(0, 12)}`;

export interface Known {
  readonly userId: string;
  readonly handle: string;
  readonly name: string;
}

/** Gives somebody a profile. */
export const isKnown = async (person: Person, name: string, more: object = {}): Promise<Known> => {
  const { status, body } = await person.ask<Known>('PUT', '/api/profiles/me', {
    ...{ handle: newHandle(), name, ...more },
  });
  expect(status).toBe(200);
  return body;
};

export const miras = {
  about: 'Goes to everything with a piano in it. Sells only what she cannot go to.',
  city: 'Berlin',
  links: ['https://mira.example', 'https://social.example/@mira', 'https://social.example/piano'],
};

/** Mira, who has a profile and sells a ticket; and Ada, who has a profile and looks at hers. */
export const miraAndAda = async ({ person, customer }: Stage, window?: Parameters<Stage['customer']>[0]) => {
  const seller = await person();
  const mira = await isKnown(seller, 'Mira Öztürk', miras);
  const { body: ticket } = await seller.sell({ title: `Ana Moura ${mira.handle}`, price: 39 });
  const visitor = await customer(window);
  const ada = await isKnown(visitor.person, 'Ada Lovelace');
  return { mira: { ...mira, person: seller }, ada: { ...ada, visitor }, ticket };
};

export const profile = ({ handle }: Known): string => `/people/${handle}`;

export const fillIn = async ({ page }: Visitor, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
};

export const button = ({ page }: Visitor, name: string | RegExp) =>
  page.getByRole('main').getByRole('button', { name });

/** Opens what asks before anybody is blocked, and says yes. */
export const block = async (visitor: Visitor): Promise<void> => {
  await visitor.page
    .getByText(/^Block/)
    .first()
    .click();
  await visitor.sees(/no longer see each other’s profile/);
  await visitor.press('Yes, block');
};

export const report = async (visitor: Visitor): Promise<void> => {
  await visitor.page.getByLabel(/^Fraud/).check();
  await visitor.page.getByLabel(/^What an operator should know/).fill('Sold me a seat that does not exist.');
  await visitor.press('Report');
  await visitor.sees('Thank you');
};
