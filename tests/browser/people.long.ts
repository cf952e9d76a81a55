import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { MongoClient } from 'mongodb';
import { shopInBrowser } from '../support/browser.ts';
import { isForEverybody, isForPhones, looksAt } from '../support/for-everybody.ts';
import {
  block,
  button,
  fillIn,
  isKnown,
  miraAndAda,
  miras,
  newHandle,
  profile,
  report,
} from '../support/people.ts';

const shop = shopInBrowser();
const onPaper = { javaScriptEnabled: false };

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

  it(
    'says at the field what is wrong, and keeps what was typed',
    shop.test(async (stage) => {
      const { mira, ada } = await miraAndAda(stage);
      const jan = await stage.customer();
      const { page } = jan;
      await jan.goTo('/people/me');
      await fillIn(jan, { Handle: 'no handle', 'Link 2': 'http://old.example' });
      await jan.press('Save');
      await jan.sees('Needs 1 to 40 characters that one can read.');
      await jan.sees('Needs 3 to 20 of a to z, 0 to 9 and _.');
      await jan.sees(/^Must be an address with https/);
      expect(await jan.focused()).toBe('Name');
      expect(await page.getByLabel('Link 2').inputValue()).toBe('http://old.example');

      await fillIn(jan, { Name: 'Jan Kowalski', Handle: mira.handle, 'Link 2': '' });
      await jan.press('Save');
      await jan.sees('Somebody else has this one. Choose another.');
      expect(await page.getByLabel('Name').inputValue()).toBe('Jan Kowalski');

      await ada.visitor.goTo('/people/me');
      await ada.visitor.sees(/^It can be changed again from/);
      expect(await ada.visitor.page.getByLabel('Handle').getAttribute('readonly')).not.toBeNull();
      await fillIn(ada.visitor, { City: 'London' });
      await ada.visitor.press('Save');
      await ada.visitor.isAt(profile(ada));
      await ada.visitor.sees('London');
    }),
  );

  it(
    'that is not there, or is hidden by an operator, is not shown, and its person hears why',
    shop.test(async (stage) => {
      const { mira, ada } = await miraAndAda(stage);
      await ada.visitor.goTo('/people/nobody_at_all');
      await ada.visitor.sees('Nobody here');
      const { engines } = stage.system.own ?? {};
      if (engines?.mongo === undefined) return;
      const mongo = await MongoClient.connect(engines.mongo.url);
      try {
        const profiles = mongo.db('community').collection<{ _id: string }>('profiles');
        await profiles.updateOne({ _id: mira.userId }, { $set: { hidden: true } });
      } finally {
        await mongo.close();
      }
      await ada.visitor.goTo(profile(mira));
      await ada.visitor.sees('Nobody here');
      const herself = await stage.visitor({ as: mira.person });
      await herself.goTo('/people/me');
      await herself.sees(/^An operator has hidden your profile/);
      await isForEverybody(herself);
      await fillIn(herself, { City: 'Potsdam' });
      await herself.press('Save');
      await herself.sees('Saved. Nobody else sees it while it is hidden.');
      await herself.goTo(profile(ada));
      await herself.press(/^Follow/);
      await herself.sees(/^An operator has hidden your profile/);
      await button(herself, /^Follow/).waitFor();
    }),
  );

  it(
    'is where the name of who sells a ticket leads to',
    shop.test(async (stage) => {
      const { mira, ada, ticket } = await miraAndAda(stage);
      await ada.visitor.goTo(`/tickets/${ticket.id}`);
      await ada.visitor.follow('Mira Öztürk');
      await ada.visitor.isAt(profile(mira));
      const nobody = await stage.person();
      const { body: other } = await nobody.sell({ title: 'By somebody without a profile' });
      await ada.visitor.goTo(`/tickets/${other.id}`);
      await ada.visitor.sees('By somebody without a profile');
      expect(await ada.visitor.page.getByText('Sold by').count()).toBe(0);
    }),
  );
});

describe('following', () => {
  it(
    'answers at once, lasts, and is undone where one pressed or on one’s own profile',
    shop.test(async (stage) => {
      const { mira, ada } = await miraAndAda(stage);
      const { visitor } = ada;
      const { page } = visitor;
      const follows = (expected: boolean) =>
        eventually(async () => {
          const { body } = await visitor.person.ask('GET', `/api/profiles/${mira.handle}`);
          expect(body).toMatchObject({ followedByMe: expected });
        });
      await visitor.goTo(profile(mira));
      // The answer takes its time.
      let letGo = () => {};
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await page.route(`**${profile(mira)}`, async (route) => {
        if (route.request().method() === 'POST') await held;
        await route.continue();
      });
      await visitor.press('Follow Mira Öztürk');
      await button(visitor, 'Unfollow Mira Öztürk').waitFor();
      await visitor.hears('You follow Mira Öztürk.');
      letGo();
      await follows(true);
      await page.unroute(`**${profile(mira)}`);
      await page.reload();
      await visitor.press('Unfollow Mira Öztürk');
      await button(visitor, /^Follow/).waitFor();
      await visitor.hears('You do not follow Mira Öztürk any more.');
      await follows(false);
      await visitor.press('Follow Mira Öztürk');
      await button(visitor, /^Unfollow/).waitFor();
      await visitor.hears('You follow Mira Öztürk.');
      await follows(true);

      await visitor.goTo('/people/me');
      await visitor.press('Unfollow Mira Öztürk');
      await visitor.sees('You do not follow Mira Öztürk any more.');
      await visitor.page.locator('[data-form-message]:focus').waitFor();
      await visitor.sees(/^Nobody yet/);
    }),
  );

  it(
    'is taken back where it fails, and says so',
    shop.test(async (stage) => {
      const { mira, ada } = await miraAndAda(stage);
      await ada.visitor.goTo(profile(mira));
      await mira.person.ask('PUT', `/api/profiles/${ada.handle}/block`);
      await ada.visitor.press(/^Follow/);
      await ada.visitor.sees('This profile is not there any more.');
      await button(ada.visitor, /^Follow/).waitFor();
    }),
  );

  it(
    'is for who is signed in, who comes back to whom they wanted to follow',
    shop.test(async (stage) => {
      const { mira } = await miraAndAda(stage);
      const { email } = await stage.person();
      const stranger = await stage.visitor();
      await stranger.goTo(profile(mira));
      await stranger.press(/^Follow/);
      await stranger.isAt(`/signin?next=${encodeURIComponent(profile(mira))}`);
      await stranger.signInHere(email);
      await stranger.isAt(profile(mira));
      await stranger.press(/^Follow/);
      await button(stranger, /^Unfollow/).waitFor();
    }),
  );
});

describe('reporting', () => {
  it(
    'is for who is signed in, and only of what can be one',
    shop.test(async (stage) => {
      const { mira } = await miraAndAda(stage);
      const { email } = await stage.person();
      const stranger = await stage.visitor();
      await stranger.goTo(`/community/report?handle=${mira.handle}`);
      await stranger.isAt(/^\/signin$/);
      await stranger.signInHere(email);
      await stranger.isAt(`/community/report?handle=${mira.handle}`);
      await report(stranger);
      await stranger.goTo('/community/report?handle=two&postId=things');
      await stranger.sees('Nothing to report');
      await stranger.goTo('/community/report?postId=66f1c0de5eed000000000001&back=//elsewhere.example');
      await stranger.page.getByLabel('Something else').check();
      await stranger.press('Report');
      await stranger.sees(/there is nothing to report\.$/);
      expect(await stranger.page.getByRole('link', { name: 'Leave it' }).getAttribute('href')).toBe('/');
    }),
  );
});

describe('people, before JavaScript has loaded, or without it', () => {
  it(
    'can say who they are, follow, report, block and unblock',
    shop.test(async (stage) => {
      const { mira } = await miraAndAda(stage);
      const jan = await stage.customer(onPaper);
      await jan.goTo('/people/me');
      const handle = newHandle();
      await fillIn(jan, { Name: 'Jan Kowalski', Handle: mira.handle });
      await jan.press('Save');
      await jan.sees('Somebody else has this one. Choose another.');
      expect(await jan.page.getByLabel('Name').inputValue()).toBe('Jan Kowalski');
      await fillIn(jan, { Handle: handle });
      await jan.press('Save');
      await jan.isAt(`/people/${handle}?saved=yes`);

      await jan.goTo(profile(mira));
      await jan.press(/^Follow/);
      await button(jan, /^Unfollow/).waitFor();
      await jan.press(/^Unfollow/);
      await button(jan, /^Follow/).waitFor();
      await jan.follow(/^Report/);
      await jan.press('Report');
      await jan.sees('Choose what is wrong.');
      await report(jan);
      await jan.follow('Go back');
      await block(jan);
      await jan.sees(`Blocked: @${mira.handle}.`);
      await jan.press('Unblock Mira Öztürk');
      await jan.sees('Unblocked: Mira Öztürk.');
    }),
  );

  it(
    'lose nothing of what they typed when their session has ended',
    shop.test(async ({ customer }) => {
      const jan = await customer(onPaper);
      await jan.goTo('/people/me');
      await fillIn(jan, { Name: 'Jan Kowalski' });
      await jan.context.clearCookies();
      await jan.press('Save');
      await jan.sees(/^You are not signed in any more/);
      expect(await jan.page.getByLabel('Name').inputValue()).toBe('Jan Kowalski');
    }),
  );
});

describe('people, without a mouse', () => {
  it(
    'can say who they are, follow, report, block and unblock',
    shop.test(async (stage) => {
      const { mira } = await miraAndAda(stage);
      const jan = await stage.customer();
      const { keyboard } = jan.page;
      const type = async (name: string | RegExp, text: string): Promise<void> => {
        await jan.tabTo(name);
        await keyboard.type(text);
      };
      await jan.goTo('/');
      await jan.tabTo(/^Profile/);
      await keyboard.press('Enter');
      await jan.isAt('/people/me');
      const handle = newHandle();
      await type('Name', 'Jan Kowalski');
      await type(/^Handle/, handle);
      await keyboard.press('Enter');
      await jan.isAt(`/people/${handle}`);

      await jan.goTo(profile(mira));
      await jan.tabTo('Follow Mira Öztürk');
      await keyboard.press('Space');
      await jan.hears('You follow Mira Öztürk.');
      expect(await jan.focused()).toBe('Unfollow Mira Öztürk');
      await jan.tabTo('Report Mira Öztürk');
      await keyboard.press('Enter');
      await jan.isAt(`/community/report?handle=${mira.handle}`);
      await jan.tabTo(/^Spam/);
      await keyboard.press('Space');
      await jan.tabTo('Report');
      await keyboard.press('Enter');
      await jan.sees('Thank you');
      expect(await jan.focused()).toBe('Thank you');
      await jan.tabTo('Go back');
      await keyboard.press('Enter');
      await jan.isAt(profile(mira));
      await jan.page
        .getByText(/^Block/)
        .first()
        .focus();
      await keyboard.press('Enter');
      await jan.tabTo('Yes, block');
      await keyboard.press('Enter');
      await jan.isAt(/^\/people\/me$/);
      await jan.tabTo('Unblock Mira Öztürk');
      await keyboard.press('Enter');
      await jan.sees('Unblocked: Mira Öztürk.');
    }),
  );
});

describe('every page of people is for everybody, bright, dark and in colours of their own, and fits any phone', () => {
  it(
    'of who looks at others',
    shop.test(async (stage) => {
      const { mira, ada, ticket } = await miraAndAda(stage);
      const layla = await isKnown(await stage.person(), 'ليلى حدّاد', { city: 'برلين' });
      await looksAt(ada.visitor, [
        profile(mira),
        profile(layla),
        `/tickets/${ticket.id}`,
        `/community/report?handle=${mira.handle}`,
        '/people/nobody_at_all',
      ]);
      await ada.visitor.goTo(profile(mira));
      await ada.visitor.press(/^Follow/);
      await button(ada.visitor, /^Unfollow/).waitFor();
      await ada.visitor.page
        .getByText(/^Block/)
        .first()
        .click();
      await isForEverybody(ada.visitor);
      await isForPhones(ada.visitor);
      await ada.visitor.goTo(`/community/report?handle=${mira.handle}`);
      await ada.visitor.press('Report');
      await ada.visitor.sees('Choose what is wrong.');
      await isForEverybody(ada.visitor);
      await isForPhones(ada.visitor);
      await report(ada.visitor);
      await isForEverybody(ada.visitor);
      await isForPhones(ada.visitor);
      await looksAt(await stage.visitor(), [profile(mira)]);
    }),
  );

  it(
    'of who looks at themselves',
    shop.test(async (stage) => {
      const { mira, ada } = await miraAndAda(stage);
      const long = await isKnown(await stage.person(), 'Bundesligasaisoneröffnungsfeierlichkeit', {
        about: 'What a night. '.repeat(35).trim(),
        city: 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch',
        links: ['https://a-very-long-host-name-that-goes-on.and-on.example'],
      });
      const { visitor } = ada;
      await visitor.person.ask('PUT', `/api/profiles/${mira.handle}/follow`);
      await visitor.person.ask('PUT', `/api/profiles/${long.handle}/follow`);
      const noise = await isKnown(await stage.person(), 'Loud Noise');
      await visitor.person.ask('PUT', `/api/profiles/${noise.handle}/block`);
      await looksAt(visitor, ['/people/me', profile(ada), profile(long)]);
      const jan = await stage.customer();
      await looksAt(jan, ['/people/me']);
      await fillIn(jan, { Handle: '!', 'Link 1': 'http://old.example' });
      await jan.press('Save');
      await jan.sees(/^Needs 3 to 20/);
      await isForEverybody(jan);
      await isForPhones(jan);
    }),
  );

  it(
    'while a service is away, and then nothing but its part is missing',
    shop.test(async (stage) => {
      const { mira, ada, ticket } = await miraAndAda(stage);
      const { visitor } = ada;
      const { own } = stage.system;
      if (own === undefined) return;
      const without = async (name: string, play: () => Promise<void>): Promise<void> => {
        await own.service(name).stop();
        try {
          await play();
        } finally {
          await own.service(name).start();
        }
      };
      await without('tickets', async () => {
        await looksAt(visitor, [profile(mira)]);
        await visitor.sees('What is on sale did not come.');
        await visitor.sees('Mira Öztürk');
      });
      await without('community', async () => {
        await looksAt(visitor, [profile(mira), '/people/me']);
        await visitor.sees('Something tore');
        await visitor.goTo(`/community/report?handle=${mira.handle}`);
        await visitor.page.getByLabel(/^Spam/).check();
        await visitor.press('Report');
        await visitor.page.locator('[data-form-message]:focus').waitFor();
        // Who sells it is not said, and it is sold all the same.
        await visitor.goTo(`/tickets/${ticket.id}`);
        expect(await visitor.page.getByText('Sold by').count()).toBe(0);
        await visitor.press(/^Reserve/);
        await visitor.isAt(/^\/orders\//);
      });
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
