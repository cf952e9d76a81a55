import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { shopInBrowser } from '../support/browser.ts';
import { desk, isForEverybody, isForPhones, looksAt, phone } from '../support/for-everybody.ts';
import type { Person } from '../support/shop.ts';
import { comment, likesOf, pressLike, slip, words, write } from '../support/slips.ts';

const shop = shopInBrowser();

describe('two people', () => {
  it(
    'see what stands about a ticket on its page, in its stock, and no ticket where it is gone',
    shop.test(async ({ customer, visitor }) => {
      const seller = await customer();
      const title = words('Nils Frahm');
      const { body: ticket } = await seller.person.sell({
        title,
        price: 35.5,
        place: 'Silent Green, Berlin',
      });
      await seller.goTo(`/tickets/${ticket.id}`);
      await seller.sees('Nobody has said anything yet. Who goes? Who was there?');
      await seller.follow('Write about it');
      await seller.isAt(`/community?about=${ticket.id}`);
      const said = words('I cannot go.');
      await write(seller, said);
      const link = slip(seller, said).getByRole('link', { name: title });
      expect(await link.getAttribute('href')).toBe(`/tickets/${ticket.id}`);
      await slip(seller, said).getByText('$35.50').waitFor();
      // It was about nothing, if one says so.
      await seller.goTo(`/community?about=${ticket.id}`);
      await seller.page.getByLabel('About').selectOption('nothing in particular');
      const other = words('Something else.');
      await write(seller, other);
      expect(await slip(seller, other).getByRole('link', { name: title }).count()).toBe(0);

      const reader = await visitor();
      await reader.goTo(`/tickets/${ticket.id}`);
      await reader.sees(said);
      for (let at = 0; at < 3; at += 1) await seller.person.post(words(`More ${at}`), ticket.id);
      await reader.page.reload();
      await reader.sees(/^More 2/);
      expect(await reader.page.getByText(said).count()).toBe(0);
      await reader.follow('Everything about it');
      await reader.isAt(`/community?ticketId=${ticket.id}`);
      await reader.sees(`About ${title}`);
      await reader.sees(said);
      expect(await reader.page.getByText(other).count()).toBe(0);

      expect((await seller.person.withdraw(ticket.id)).status).toBe(204);
      for (const one of [reader, seller]) {
        await one.goTo('/community');
        await one.sees(said);
        expect(await one.page.getByText(title).count()).toBe(0);
      }
    }),
  );
});

describe('a like', () => {
  it(
    'that fails is taken back, and says so',
    shop.test(async ({ customer, person }) => {
      const said = words('Liked in vain.');
      const { body: post } = await (await person()).post(said);
      const jan = await customer();
      await jan.goTo(`/community/${post.id}`);
      await jan.page.route('**/api/posts/*/like', (route) => route.fulfill({ status: 502 }));
      await pressLike(slip(jan, said));
      await jan.page.getByRole('alert').filter({ hasText: 'The shop did not answer.' }).waitFor();
      expect(await likesOf(slip(jan, said))).toEqual([false, '0']);
      await jan.page.unroute('**/api/posts/*/like');
      const tooMany = { errors: [{ message: 'Too many', code: 'too_many_requests' }] };
      await jan.page.route('**/api/posts/*/like', (route) =>
        route.fulfill({ status: 429, headers: { 'Retry-After': '1200' }, json: tooMany }),
      );
      await pressLike(slip(jan, said));
      await jan.sees(/Try again in 20 minutes/);
      await jan.page.unroute('**/api/posts/*/like');
      await pressLike(slip(jan, said));
      await eventually(async () => expect((await jan.person.seePost(post.id)).body.likes).toBe(1));
      expect(await jan.page.getByRole('main').getByRole('alert').count()).toBe(0);
    }),
  );

  it(
    'is there at once, and still there on the way back',
    shop.test(async ({ customer, person }) => {
      const said = words('Liked, and on.');
      await (await person()).post(said);
      const jan = await customer();
      await jan.goTo('/community');
      let isLetThrough = () => {};
      const letThrough = new Promise<void>((resolve) => {
        isLetThrough = resolve;
      });
      await jan.page.route('**/api/posts/*/like', async (route) => {
        await letThrough;
        await route.continue();
      });
      await pressLike(slip(jan, said));
      expect(await likesOf(slip(jan, said))).toEqual([true, '1']);
      isLetThrough();
      await slip(jan, said).getByRole('link', { name: 'Comment' }).click();
      await jan.isAt(/^\/community\/[0-9a-f]{24}$/);
      await jan.page.goBack();
      await jan.isAt('/community');
      await eventually(async () => expect(await likesOf(slip(jan, said))).toEqual([true, '1']));
    }),
  );
});

describe('what people write', () => {
  it(
    'is text and nothing else, and its links say that they are not ours',
    shop.test(async ({ customer, visitor }) => {
      const mira = await customer();
      const said = words('<img src=x onerror=alert(1)> <b>bold</b> javascript:alert(1)');
      await mira.goTo('/community');
      await write(mira, `${said} (https://a.example/b_(c)).\nOn a line of its own`);
      const reader = await visitor();
      await reader.goTo('/community');
      const text = slip(reader, said);
      await text.waitFor();
      expect(await text.locator('p img, p b').count()).toBe(0);
      const link = text.getByRole('link', { name: 'https://a.example/b_(c)', exact: true });
      expect(await link.getAttribute('rel')).toBe('ugc nofollow noopener');
      expect(await link.getAttribute('href')).toBe('https://a.example/b_(c)');
      expect((await text.allInnerTexts()).flatMap((all) => all.split('\n'))).toContain(
        'On a line of its own',
      );
    }),
  );

  it(
    'is refused in words, and stays in its field',
    shop.test(async ({ customer }) => {
      const mira = await customer();
      await mira.goTo('/community');
      const field = mira.page.getByLabel('What do you want to say?');
      await mira.press(/^Post$/);
      await mira.sees('Needs 1 to 1,000 characters that one can read.');
      const long = 'x'.repeat(1_003);
      await field.fill(long);
      await mira.sees('3 too many');
      await mira.press(/^Post$/);
      await mira.page.locator('textarea[aria-invalid]:focus').waitFor();
      expect(await field.inputValue()).toBe(long);
      await field.fill('x'.repeat(995));
      await mira.hears('10 characters left');
    }),
  );

  it(
    'is the same post, however often its form is sent',
    shop.test(async ({ customer }) => {
      const mira = await customer();
      const said = words('Pressed twice.');
      await mira.goTo('/community');
      await mira.page.getByLabel('What do you want to say?').fill(said);
      await mira.page.getByRole('button', { name: 'Post', exact: true }).dblclick();
      await mira.sees('Posted.');
      expect(await mira.page.getByText(said).count()).toBe(1);
    }),
  );

  it(
    'goes on to what is older, where one is, and by a link before JavaScript has loaded',
    shop.test(async ({ visitor, person }) => {
      const word = words('Page');
      const seller = await person();
      const { body: ticket } = await seller.sell({ title: word });
      const writers = [seller, await person(), await person()];
      for (let at = 0; at < 24; at += 1)
        await (writers[at % writers.length] as Person).post(`${word} no ${at}.`, ticket.id);
      const path = `/community?ticketId=${ticket.id}`;

      const reader = await visitor();
      await reader.goTo(path);
      expect(await reader.page.getByRole('article').count()).toBe(20);
      await reader.follow('Older');
      await reader.sees(`${word} no 0.`);
      expect(await reader.page.getByRole('article').count()).toBe(24);
      await reader.isAt(path);
      // What one has read on is there again on the way back.
      await slip(reader, `${word} no 0.`).getByRole('link', { name: 'Comment' }).click();
      await reader.isAt(/^\/community\/[0-9a-f]{24}$/);
      await reader.page.goBack();
      await reader.sees(`${word} no 0.`);

      const onPaper = await visitor({ window: { javaScriptEnabled: false } });
      await onPaper.goTo(path);
      await onPaper.follow('Older');
      await onPaper.sees(`${word} no 0.`);
      expect(await onPaper.page.getByRole('article').count()).toBe(4);
      await onPaper.follow('Back to the newest');
      await onPaper.isAt(path);
      await onPaper.goTo(`${path}&cursor=garbled`);
      await onPaper.isAt(path);
    }),
  );

  it(
    'beneath a post is read in its order, and one’s own is found at its end',
    shop.test(async ({ customer, person }) => {
      const mira = await customer();
      const { body: post } = await mira.person.post(words('A long thread.'));
      const other = await person();
      for (let at = 0; at < 51; at += 1) await other.comment(post.id, `Comment no ${at}.`);
      await mira.goTo(`/community/${post.id}`);
      await mira.sees('Comment no 0.');
      await mira.page.getByLabel('Your comment').fill('The last word.');
      await mira.press(/^Comment$/);
      await mira.sees('Your comment is there, at the end.');
      await mira.follow('Later comments');
      await mira.sees('The last word.');
      const comments = mira.page.locator('#comments').getByRole('article');
      expect(await comments.count()).toBe(52);
      expect(await comments.last().textContent()).toContain('The last word.');
    }),
  );
});

describe('who is not signed in', () => {
  it(
    'reads everything, and comes back from signing in to write or to like',
    shop.test(async ({ visitor, person }) => {
      const mira = await person();
      const said = words('For everybody.');
      const { body: post } = await mira.post(said);
      const reader = await visitor();
      await reader.goTo('/community');
      await reader.sees(said);
      await reader.follow('Sign in to write');
      await reader.isAt('/signin?next=%2Fcommunity');
      await reader.goTo(`/community/${post.id}`);
      await reader.follow('Sign in to comment');
      await reader.isAt(`/signin?next=%2Fcommunity%2F${post.id}`);
      await reader.goTo(`/community/${post.id}`);
      await pressLike(slip(reader, said));
      await reader.isAt(/^\/signin$/);
      await reader.signInHere(mira.email);
      await reader.isAt(new RegExp(`^/community/${post.id}$`));

      const other = await visitor();
      await other.goTo('/community?feed=following');
      await other.isAt('/signin?next=%2Fcommunity%3Ffeed%3Dfollowing');
      await other.signInHere(mira.email);
      await other.sees('Nobody yet');
      await other.follow('See everybody');
      await other.isAt('/community');
    }),
  );

  it(
    'is told so where they had been signed in, and loses nothing',
    shop.test(async ({ customer }) => {
      const mira = await customer();
      await mira.goTo('/community');
      const said = words('Written at length.');
      await mira.page.getByLabel('What do you want to say?').fill(said);
      await mira.context.clearCookies();
      await mira.press(/^Post$/);
      await mira.sees(/You are not signed in any more/);
      expect(await mira.page.getByLabel('What do you want to say?').inputValue()).toBe(said);
      await mira.takeSession(mira.person.cookie ?? '');
      await mira.press(/^Post$/);
      await mira.sees('Posted.');
    }),
  );
});

describe('before JavaScript has loaded, or without it', () => {
  it(
    'one can write, comment, like, take it back, edit and delete',
    shop.test(async ({ visitor, person }) => {
      const as = await person();
      const mira = await visitor({ as, window: { javaScriptEnabled: false } });
      const said = words('Written on paper.');
      await mira.goTo('/community');
      await mira.press(/^Post$/);
      await mira.sees('Needs 1 to 1,000 characters that one can read.');
      await write(mira, said);
      await pressLike(slip(mira, said));
      await mira.isAt('/community');
      expect(await likesOf(slip(mira, said))).toEqual([true, '1']);
      await pressLike(slip(mira, said));
      expect(await likesOf(slip(mira, said))).toEqual([false, '0']);

      await slip(mira, said).getByRole('link', { name: 'Comment' }).click();
      await comment(mira, 'And a comment.');
      await pressLike(slip(mira, 'And a comment.'));
      expect(await likesOf(slip(mira, 'And a comment.'))).toEqual([true, '1']);
      await mira.page.getByText('Edit', { exact: true }).last().click();
      await mira.page.getByLabel('Your post').fill(`${said} Twice.`);
      await mira.press('Save');
      await mira.sees(`${said} Twice.`);
      await slip(mira, 'And a comment.').getByText('Delete', { exact: true }).click();
      await slip(mira, 'And a comment.').getByRole('button', { name: 'Yes, delete it' }).click();
      await mira.sees('Deleted.');
      await slip(mira, said).getByText('Delete', { exact: true }).click();
      await mira.press('Yes, delete it');
      await mira.isAt(/^\/community$/);
      await mira.sees('Deleted.');
      expect(await mira.page.getByText(said).count()).toBe(0);
    }),
  );
});

describe('without a mouse', () => {
  it(
    'one can write, like and comment, and is led to what one has written',
    shop.test(async ({ customer }) => {
      const mira = await customer();
      const { keyboard } = mira.page;
      const said = words('With the keyboard.');
      await mira.goTo('/');
      await mira.tabTo('Community');
      await keyboard.press('Enter');
      await mira.isAt('/community');
      await mira.tabTo('What do you want to say?');
      await keyboard.type(said);
      await mira.tabTo('Post');
      await keyboard.press('Enter');
      await mira.sees('Posted.');
      await mira.page.locator('li:focus').filter({ hasText: said }).waitFor();
      await mira.tabTo(/^Like ?:/);
      await keyboard.press('Space');
      await eventually(async () => expect(await likesOf(slip(mira, said))).toEqual([true, '1']));
      await mira.tabTo('Edit or delete');
      await keyboard.press('Enter');
      await mira.isAt(/^\/community\/[0-9a-f]{24}$/);
      await mira.tabTo('Your comment');
      await keyboard.type('Typed.');
      await mira.tabTo('Comment');
      await keyboard.press('Enter');
      await mira.page.locator('li:focus').filter({ hasText: 'Typed.' }).waitFor();
    }),
  );
});

describe('while the community is away', () => {
  it(
    'its pages say so, and the shop sells as before',
    shop.test(async ({ system, customer, person }) => {
      const { own } = system;
      if (own === undefined) return;
      const seller = await person();
      const { body: ticket } = await seller.sell({ title: words('Sold all the same') });
      const { body: post } = await seller.post(words('Gone for a moment.'), ticket.id);
      const buyer = await customer();
      await own.service('community').stop();
      try {
        await buyer.goTo('/community');
        await buyer.sees('Nobody answers');
        await isForEverybody(buyer);
        await buyer.goTo(`/community/${post.id}`);
        await buyer.sees('Nobody answers');
        await buyer.goTo(`/tickets/${ticket.id}`);
        await buyer.sees('Posts are not available.');
        await isForEverybody(buyer);
        await buyer.press('Reserve');
        await buyer.isAt(/^\/orders\//);
      } finally {
        await own.service('community').start();
      }
    }),
  );

  it(
    'or does not answer at all, the page of a ticket is there at once, also before JavaScript has loaded',
    shop.test(async ({ system, person, visitor }) => {
      const { own } = system;
      if (own === undefined) return;
      const seller = await person();
      const { body: ticket } = await seller.sell({ title: words('Waits for nobody') });
      const { pid } = own.service('community');
      process.kill(pid, 'SIGSTOP');
      try {
        const onPaper = await visitor({ as: await person(), window: { javaScriptEnabled: false } });
        await onPaper.goTo(`/tickets/${ticket.id}`);
        await onPaper.sees('Everything about it');
        await onPaper.press('Reserve');
        await onPaper.isAt(/^\/orders\//);
        const reader = await visitor();
        await reader.goTo(`/tickets/${ticket.id}`);
        await reader.sees('Posts are not available.');
        await reader.goTo('/tickets/000000000000000000000000');
        await reader.sees('No such ticket');
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    }),
  );
});

describe('every page of the community is for everybody, and fits any phone', () => {
  /** A post about a ticket, with comments, and one that is hard to set. */
  const withPosts = async (mira: Person, jan: Person) => {
    await mira.introduce('Mira Öztürk');
    await jan.introduce('Bartholomäus Weihnachtsoratorium-Fürstenfeldbruck');
    const startsAt = `${new Date().getUTCFullYear() + 1}-07-14T18:30:00.000Z`;
    const { body: ticket } = await jan.sell({ title: 'Weihnachtsoratorium', price: 1234.5, startsAt });
    const { body: hard } = await jan.post(
      `${'https://example.com/'.padEnd(180, 'a-long-path/')} ${'ohneleerzeichen'.repeat(20)}`,
      ticket.id,
    );
    await mira.post('هل هناك أحد ذاهب الليلة؟ لدي تذكرة واحدة في الصف الثالث.');
    const { body: post } = await mira.post(words('Third row.'), ticket.id);
    await jan.comment(post.id, 'Zazdroszczę. Bilety na 24. jeszcze są?');
    await mira.comment(post.id, 'Two left when I looked.');
    await jan.ask('PUT', `/api/posts/${post.id}/like`);
    return { ticket, post, hard };
  };

  it(
    'of who reads, and of who writes',
    shop.test(async ({ visitor, person, customer }) => {
      const mira = await customer();
      const { ticket, post, hard } = await withPosts(mira.person, await person());
      await looksAt(await visitor(), [
        '/community',
        `/community/${post.id}`,
        `/community?ticketId=${ticket.id}`,
        `/tickets/${ticket.id}`,
        '/community/000000000000000000000000',
      ]);
      await looksAt(mira, [
        `/community?about=${ticket.id}`,
        '/community?feed=following',
        `/community/${post.id}`,
        `/community/${hard.id}`,
      ]);
    }),
  );

  it(
    'while something is being written, changed, or refused',
    shop.test(async ({ person, customer }) => {
      const mira = await customer();
      const { page } = mira;
      const { post } = await withPosts(mira.person, await person());
      await mira.goTo('/community');
      await mira.press(/^Post$/);
      await mira.sees('Needs 1 to 1,000 characters that one can read.');
      await isForEverybody(mira);
      await isForPhones(mira);
      await mira.goTo(`/community/${post.id}`);
      await page.getByText('Edit', { exact: true }).last().click();
      await slip(mira, 'Third row.').getByText('Delete', { exact: true }).click();
      await slip(mira, 'Two left').getByText('Delete', { exact: true }).click();
      await mira.press(/^Comment$/);
      await mira.sees('Needs 1 to 500 characters that one can read.');
      await page.route('**/api/comments/*/like', (route) => route.fulfill({ status: 502 }));
      await pressLike(slip(mira, 'Two left'));
      await mira.sees(/The shop did not answer/);
      await isForEverybody(mira);
      await isForPhones(mira);
    }),
  );

  it(
    'and its bar at the bottom of a phone has room for all it names',
    shop.test(async ({ customer }) => {
      const mira = await customer({ viewport: phone });
      await mira.goTo('/community');
      const bar = mira.page.getByRole('navigation', { name: 'Main' });
      for (const width of [phone.width, 320]) {
        await mira.page.setViewportSize({ ...phone, width });
        const boxes = await Promise.all(
          (await bar.getByRole('link').all()).map((link) => link.boundingBox()),
        );
        expect(boxes).toHaveLength(5);
        for (const box of boxes) {
          expect(box?.x).toBeGreaterThanOrEqual(0);
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
          expect(box?.height).toBeGreaterThanOrEqual(44);
        }
      }
      await mira.page.setViewportSize(desk);
    }),
  );
});
