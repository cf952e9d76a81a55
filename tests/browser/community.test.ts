/** What two people do in the community. All the rest of it is in community.long.ts and people.long.ts. */
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { shopInBrowser } from '../support/browser.ts';
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
