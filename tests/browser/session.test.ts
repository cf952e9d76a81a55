import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { shopInBrowser } from '../support/browser.ts';

const shop = shopInBrowser();
const newEmail = () => `${randomUUID()}@example.com`;

describe('signing up and in', () => {
  it(
    'ends where one came from',
    shop.test(async ({ visitor }) => {
      const one = await visitor();
      await one.goTo('/orders');
      await one.isAt('/signin?next=%2Forders');
      await one.follow('Sign up');
      await one.isAt('/signup?next=%2Forders');
      const email = newEmail();
      await one.signUpHere(email);
      await one.isAt('/orders');
      await one.page.getByRole('button', { name: 'Sign out' }).click();
      await one.isAt('/');

      await one.goTo('/tickets/new');
      await one.isAt('/signin?next=%2Ftickets%2Fnew');
      await one.signInHere(email);
      await one.isAt('/tickets/new');
    }),
  );

  it(
    'says at the field what is wrong, and keeps what was typed',
    shop.test(async ({ visitor, person }) => {
      const { email } = await person();
      const one = await visitor();
      await one.goTo('/signup');
      const field = (name: string) => one.page.getByLabel(name, { exact: true });
      await field('Email').fill('ada at home');
      await field('Password').fill('short');
      await one.press('Sign up');
      await one.sees('Write it like ada@example.com.');
      await one.sees('Needs 8 to 128 characters.');
      expect(await field('Email').inputValue()).toBe('ada at home');
      expect(await one.focused()).toBe('Email');

      await one.goTo('/signin');
      await field('Email').fill(email);
      await field('Password').fill('not the right one');
      await one.press('Sign in');
      await one.sees('Email and password do not match.');
      expect(await field('Email').inputValue()).toBe(email);
    }),
  );

  it(
    'leaves no session where a script could read it',
    shop.test(async ({ customer }) => {
      const one = await customer();
      await one.goTo('/');
      await one.page.getByRole('button', { name: 'Sign out' }).waitFor();
      expect(await one.page.evaluate('document.cookie')).toBe('');
      const cookies = await one.context.cookies();
      expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
        { name: 'session', httpOnly: true, sameSite: 'Lax' },
      ]);
    }),
  );
});
