/** What two people do in the community. All the rest of it is in community.long.ts and people.long.ts. */
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { shopInBrowser } from '../support/browser.ts';
import { block, button, fillIn, miraAndAda, miras, newHandle, profile, report } from '../support/people.ts';
import { comment, likesOf, pressLike, slip, words, write } from '../support/slips.ts';

const shop = shopInBrowser();

describe('two people', () => {
  it(
    'write, comment, like, take it back, edit and delete',
    shop.test(async ({ customer }) => {
      const [mira, jan] = [await customer(), await customer()];
      await mira.person.introduce('Mira Öztürk');
      await jan.person.introduce('Jan Kowalski');
      const said = words('Third row was worth every cent.');

      await mira.goTo('/community');
      await write(mira, said);
      // The form is there for the next one; and the address says nothing any more of what was done.
      expect(await mira.page.getByLabel('What do you want to say?').inputValue()).toBe('');
      await mira.isAt('/community');

      await jan.goTo('/community');
      await slip(jan, said).getByRole('link', { name: 'Mira Öztürk' }).waitFor();
      await pressLike(slip(jan, said));
      await eventually(async () => expect(await likesOf(slip(jan, said))).toEqual([true, '1']));
      await slip(jan, said).getByRole('link', { name: 'Comment' }).click();
      await jan.isAt(/^\/community\/[0-9a-f]{24}$/);
      await comment(jan, 'Two left when I looked.');
      expect(await likesOf(slip(jan, said))).toEqual([true, '1']);

      await slip(mira, said).getByRole('link', { name: 'Edit or delete' }).click();
      await mira.sees('Two left when I looked.');
      await pressLike(slip(mira, 'Two left'));
      await mira.page.getByText('Edit', { exact: true }).last().click();
      await mira.sees(/You can change it until \d\d:\d\d/);
      await mira.page.getByLabel('Your post').fill(`${said} And the encore.`);
      await mira.press('Save');
      await mira.sees('Saved.');
      await slip(mira, said)
        .getByText(/^edited/)
        .waitFor();
      expect(await mira.page.getByLabel('Your post').isVisible()).toBe(false);

      await jan.page.reload();
      await jan.sees(`${said} And the encore.`);
      expect(await likesOf(slip(jan, 'Two left'))).toEqual([false, '1']);
      await pressLike(slip(jan, said));
      await eventually(async () => expect(await likesOf(slip(jan, said))).toEqual([false, '0']));
      await eventually(async () =>
        expect((await mira.person.ask<{ likes: number }[]>('GET', '/api/posts')).body[0]?.likes).toBe(0),
      );

      // Under her own post she may take away what others write.
      await slip(mira, 'Two left').getByText('Delete', { exact: true }).click();
      await slip(mira, 'Two left').getByRole('button', { name: 'Yes, delete it' }).click();
      await mira.sees('Deleted.');
      expect(await mira.page.getByText('Two left when I looked.').count()).toBe(0);

      await slip(mira, said).getByText('Delete', { exact: true }).click();
      await mira.sees('It goes for good, with the comments beneath it.');
      await mira.press('Yes, delete it');
      await mira.isAt('/community');
      await mira.sees('Deleted.');
      expect(await mira.page.getByText(said).count()).toBe(0);
      await jan.page.reload();
      await jan.sees('No such post');
    }),
  );
});

describe('a profile', () => {
  it(
    'is made by its person, and shows others who they are and what they sell',
    shop.test(async ({ customer, visitor }) => {
      const mira = await customer();
      const { person } = mira;
      const { body: ticket } = await person.sell({ title: 'Ana Moura', price: 39, place: 'Lisboa' });
      await mira.goTo('/');
      await mira.page
        .getByRole('banner')
        .getByRole('link', { name: /^Profile/ })
        .click();
      await mira.isAt('/people/me');
      await mira.sees('Make your profile');
      const handle = newHandle();
      await fillIn(mira, {
        Name: 'Mira Öztürk',
        Handle: `@${handle.toUpperCase()}`,
        'About you': miras.about,
        City: 'Berlin',
        'Link 1': 'mira.example',
        'Link 3': 'https://social.example/@mira',
      });
      await mira.press('Save');
      await mira.isAt(`/people/${handle}`);
      await mira.sees('Saved. This is what others see.');

      const stranger = await visitor();
      await stranger.goTo(`/people/${handle}`);
      const { page } = stranger;
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Mira Öztürk');
      expect(await page.title()).toContain(`Mira Öztürk (@${handle})`);
      await stranger.sees(miras.about);
      await stranger.sees(new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric' }).format());
      const link = page.getByRole('link', { name: 'mira.example', exact: true });
      expect(await link.getAttribute('href')).toBe('https://mira.example/');
      expect(await link.getAttribute('rel')).toBe('ugc nofollow noopener');
      expect(await page.content()).not.toContain(person.email);
      await page.getByRole('link', { name: /^Reserve ?: Ana Moura$/ }).click();
      await stranger.isAt(`/tickets/${ticket.id}`);
    }),
  );
});

describe('blocking', () => {
  it(
    'says what it does and asks first; then neither sees the other, until it is undone',
    shop.test(async (stage) => {
      const { mira, ada } = await miraAndAda(stage);
      const herself = await stage.visitor({ as: mira.person });
      await ada.visitor.goTo(profile(mira));
      await block(ada.visitor);
      await ada.visitor.isAt(/^\/people\/me$/);
      await ada.visitor.sees(`Blocked: @${mira.handle}.`);
      await ada.visitor.goTo(profile(mira));
      await ada.visitor.sees('Nobody here');
      await herself.goTo(profile(ada));
      await herself.sees('Nobody here');

      await ada.visitor.goTo('/people/me');
      await ada.visitor.press('Unblock Mira Öztürk');
      await ada.visitor.sees('Unblocked: Mira Öztürk.');
      await ada.visitor.goTo(profile(mira));
      await button(ada.visitor, /^Follow/).waitFor();
      await herself.goTo(profile(ada));
      await button(herself, /^Follow/).waitFor();
    }),
  );
});

describe('reporting', () => {
  it(
    'asks why, thanks, and leads back',
    shop.test(async (stage) => {
      const { mira, ada } = await miraAndAda(stage);
      await ada.visitor.goTo(profile(mira));
      await ada.visitor.follow(/^Report/);
      await ada.visitor.sees(`Report @${mira.handle}`);
      await ada.visitor.press('Report');
      await ada.visitor.sees('Choose what is wrong.');
      await ada.visitor.page.locator('[data-form-message]:focus').waitFor();
      await report(ada.visitor);
      await ada.visitor.follow('Go back');
      await ada.visitor.isAt(profile(mira));
    }),
  );
});
