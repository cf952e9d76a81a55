import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ticketing/common/testing';
import { everyPage, openTown, type Town, texts } from './town.ts';

let ahead = 0;
let town: Town;
beforeAll(async () => {
  town = await openTown({ clock: { now: () => new Date(Date.now() + ahead) } });
});
afterAll(() => town.end());

const MINUTE = 60_000;

describe('a post', () => {
  it('is shown to anybody, with who wrote it', async () => {
    const ada = await town.neighbour();
    const ticketId = newId();
    const written = await ada.writes('  Row one!\r\n\r\n\r\n\r\nhttps://example.com is theirs  ', {
      ticketId,
    });
    expect(written).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      author: { userId: ada.id, handle: ada.handle, name: ada.handle },
      text: 'Row one!\n\nhttps://example.com is theirs',
      ticketId,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      ...{ likes: 0, comments: 0, likedByMe: false },
    });
    const { body, headers } = await town.visitor.get(`/api/posts/${written.id}`).expect(200);
    expect(body).toEqual(written);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect(headers.etag).toBeDefined();
  });

  it('makes a profile for somebody who has none, and asking for one makes none', async () => {
    const bob = town.somebody();
    await bob.get('/api/profiles/me').expect(404);
    await bob.get('/api/profiles/me').expect(404);
    const { author } = await bob.writes();
    expect(author).toEqual({
      userId: bob.id,
      handle: expect.stringMatching(/^fan_[a-z2-9]{8}$/),
      name: author.handle,
    });
    const { body } = await bob.get('/api/profiles/me').expect(200);
    expect(body).toMatchObject({ ...author, hidden: false, links: [] });
    // One that was made up is not their choice: they choose at once.
    expect(await bob.known()).toMatchObject({ handle: bob.handle });
    expect(JSON.stringify(body)).not.toContain('@example.com');
  });

  it.each([
    ['nothing', undefined],
    ['blanks', ' \n '],
    ['a number', 7],
    ['a list', ['text']],
    ['only what nobody can see', '\u3164\u200b'],
    ['marks piled up', `Z${'\u0335'.repeat(40)}`],
    ['too much', 'x'.repeat(1_001)],
  ])('has a text: not %s', async (_what, text) => {
    const { status, body } = await town.somebody().post('/api/posts', { text });
    expect([status, body.errors[0]]).toEqual([
      400,
      expect.objectContaining({ field: 'text', code: 'invalid_field' }),
    ]);
  });

  it('is kept as it was written: markup is text', async () => {
    const ada = await town.neighbour();
    const { text } = await ada.writes('<b>bold</b> & <script>alert(1)</script>');
    expect(text).toBe('<b>bold</b> & <script>alert(1)</script>');
  });

  it('is edited for 15 minutes, which is marked, and what stands need not be right by a newer rule', async () => {
    const ada = await town.neighbour();
    const { id } = await ada.writes('Frist!');
    expect(await (await ada.put(`/api/posts/${id}`, { text: 'Frist!' })).body).not.toHaveProperty('editedAt');
    ahead = 14 * MINUTE;
    const { body } = await ada.put(`/api/posts/${id}`, { text: 'First!' }).expect(200);
    expect(body).toMatchObject({ text: 'First!', editedAt: expect.any(String) });
    expect(await town.visitor.sees(`/api/posts/${id}`)).toEqual(body);
    ahead = 16 * MINUTE;
    const late = await ada.put(`/api/posts/${id}`, { text: 'Second!' });
    expect([late.status, late.body.errors[0].code]).toEqual([400, 'too_late_to_edit']);
    await ada.put(`/api/posts/${id}`, { text: 'First!' }).expect(200);
    ahead = 0;
  });

  it('that is deleted is gone for everybody, once', async () => {
    const ada = await town.neighbour();
    const bob = await town.neighbour();
    const post = await ada.writes();
    const comment = await bob.comments(post.id);
    await ada.delete(`/api/posts/${post.id}`).expect(204);
    for (const path of [`/api/posts/${post.id}`, `/api/posts/${post.id}/comments`])
      await ada.get(path).expect(404);
    for (const path of [`/api/posts/${post.id}/like`, `/api/comments/${comment.id}/like`])
      await bob.put(path).expect(404);
    await bob.delete(`/api/comments/${comment.id}`).expect(404);
    await bob.post(`/api/posts/${post.id}/comments`, { text: 'Too late' }).expect(404);
    await ada.delete(`/api/posts/${post.id}`).expect(404);
    await ada.put(`/api/posts/${post.id}`, { text: 'Back' }).expect(404);
    expect(await town.visitor.reads(`/api/posts?author=${ada.id}`)).toEqual([]);
  });

  it('is written once, however often the same is asked for under one key', async () => {
    const ada = await town.neighbour();
    const write = (text: string) => ada.post('/api/posts', { text }).set('Idempotency-Key', 'one');
    const [first, ...others] = await Promise.all([write('Once'), write('Once'), write('Once')]);
    expect(others.every(({ status }) => [201, 409].includes(status))).toBe(true);
    const again = await write('Once');
    expect([again.status, again.body.text]).toEqual([201, 'Once']);
    expect((await write('Twice')).body.errors[0].code).toBe('idempotency_key_reused');
    expect(texts(await town.visitor.reads(`/api/posts?author=${ada.id}`))).toEqual(['Once']);
    await ada.delete(`/api/posts/${again.body.id}`).expect(204);
    expect((await write('Once')).status).toBe(404);
    expect([201, 409]).toContain(first.status);
  });
});

describe('a list of posts', () => {
  it('is everybody’s, of one person, or about one ticket, the newest first', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    const ticketId = newId();
    await ada.writes('a1');
    await bob.writes('b1', { ticketId });
    await ada.writes('a2', { ticketId });
    expect(texts(await town.visitor.reads('/api/posts?limit=3'))).toEqual(['a2', 'b1', 'a1']);
    expect(texts(await town.visitor.reads(`/api/posts?author=${ada.id}`))).toEqual(['a2', 'a1']);
    expect(texts(await town.visitor.reads(`/api/posts?ticketId=${ticketId}`))).toEqual(['a2', 'b1']);
    expect(await town.visitor.reads(`/api/posts?author=${newId()}`)).toEqual([]);
    const both = await town.visitor.get(`/api/posts?author=${ada.id}&ticketId=${ticketId}`);
    expect([both.status, both.body.errors[0].code]).toEqual([400, 'invalid_field']);
  });

  it('of the people one follows is for those who are signed in', async () => {
    const [ada, bob, eve] = [await town.neighbour(), await town.neighbour(), await town.neighbour()];
    await bob.writes('of Bob');
    await eve.writes('of Eve');
    const feed = '/api/posts?feed=following';
    await town.visitor.get(feed).expect(401);
    expect(await ada.reads(feed)).toEqual([]);
    await ada.follows(bob.handle);
    await ada.follows(bob.handle);
    expect(texts(await ada.reads(feed))).toEqual(['of Bob']);
    expect((await ada.get(`/api/profiles/${bob.handle}`)).body).toMatchObject({ followedByMe: true });
    expect(await ada.reads<object>('/api/profiles/me/following')).toEqual([
      { userId: bob.id, handle: bob.handle, name: bob.handle },
    ]);
    await ada.delete(`/api/profiles/${bob.handle}/follow`).expect(200, { followedByMe: false });
    expect(await ada.reads(feed)).toEqual([]);
  });

  it('neither repeats nor skips in its pages while posts come and go', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    await bob.follows(ada.handle);
    const ticketId = newId();
    const stay: string[] = [];
    const go: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      stay.unshift((await ada.writes(`stays ${n}`, { ticketId })).text);
      go.push((await ada.writes(`goes ${n}`, { ticketId })).id);
    }
    const lists = [`author=${ada.id}`, `ticketId=${ticketId}`, 'feed=following'];
    for (const list of lists) {
      const seen = await everyPage(bob, `/api/posts?${list}&limit=3`, async () => {
        await ada.writes('came meanwhile', { ticketId });
        const id = go.pop();
        if (id !== undefined) await ada.delete(`/api/posts/${id}`).expect(204);
      });
      expect(texts(seen).filter((text) => text.startsWith('stays'))).toEqual(stay);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    }
  });

  it('takes no cursor of another list', async () => {
    const ada = await town.neighbour();
    await ada.writes();
    await ada.writes();
    const { headers } = await town.visitor.get('/api/posts?limit=1').expect(200);
    const cursor = new URL(headers.link?.slice(1).split('>')[0] ?? '', 'http://host').searchParams.get(
      'cursor',
    );
    for (const list of [`author=${ada.id}`, 'feed=following', `ticketId=${newId()}`]) {
      const { status, body } = await ada.get(`/api/posts?${list}&cursor=${cursor}`);
      expect([status, body.errors[0].code]).toEqual([400, 'invalid_cursor']);
    }
    for (const wrong of ['limit=0', 'limit=101', 'author=me', 'feed=all', 'ticketId=1', 'cursor=x'])
      expect([wrong, (await ada.get(`/api/posts?${wrong}`)).status]).toEqual([wrong, 400]);
  });
});
