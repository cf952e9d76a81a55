import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ticketing/common/testing';
import { everyPage, openTown, type Person, type Town, texts } from './town.ts';

let ahead = 0;
let town: Town;
beforeAll(async () => {
  town = await openTown({ clock: { now: () => new Date(Date.now() + ahead) } });
});
afterAll(() => town.end());

const DAY = 24 * 60 * 60_000;

const change = async (who: Person, fields: object) => {
  const { status, body } = await who.put('/api/profiles/me', { name: 'Ada', ...fields });
  return status === 200 ? body : [status, body.errors[0].field, body.errors[0].code];
};

describe('a profile', () => {
  it('is made by its person, shown to everybody, and has no address in it', async () => {
    const ada = town.somebody();
    const fields = {
      name: 'Ada Lovelace',
      about: 'Goes to everything\nwith a piano in it.',
      city: 'London',
      links: ['https://ada.example/', 'https://ada.example/concerts?year=1843'],
    };
    const own = await ada.known(fields);
    expect(own).toEqual({
      ...{ userId: ada.id, handle: ada.handle, ...fields, hidden: false },
      since: expect.any(String),
      handleStaysUntil: expect.any(String),
    });
    const { body } = await town.visitor.get(`/api/profiles/${ada.handle.toUpperCase()}`).expect(200);
    const { hidden: _hidden, handleStaysUntil: _until, ...shown } = own;
    expect(body).toEqual({ ...shown, followedByMe: false });
    expect(JSON.stringify(body)).not.toContain('@example.com');
    // What is left out is taken away, and the handle stays.
    expect(await change(ada, {})).toMatchObject({ name: 'Ada', handle: ada.handle, links: [] });
    expect((await town.visitor.get(`/api/profiles/${ada.handle}`)).body).not.toHaveProperty('about');
  });

  it.each([
    ['name', { name: '' }],
    ['name', { name: '\u3164' }],
    ['name', { name: 'A\nB' }],
    ['name', { name: 'x'.repeat(41) }],
    ['about', { about: 'x'.repeat(501) }],
    ['about', { about: 'zero\u200bwidth' }],
    ['city', { city: ['Berlin'] }],
    ['links', { links: ['http://plain.example'] }],
    ['links', { links: ['javascript:alert(1)'] }],
    ['links', { links: ['https://user:secret@example.com'] }],
    ['links', { links: 'https://example.com' }],
    [
      'links',
      { links: ['https://a.example', 'https://b.example', 'https://c.example', 'https://d.example'] },
    ],
    ['handle', { handle: 'ab' }],
    ['handle', { handle: 'a-b-c' }],
    ['handle', { handle: 'ädä' }],
    ['handle', { handle: 'x'.repeat(21) }],
  ])('has no such %s: %j', async (field, fields) => {
    expect(await change(town.somebody(), fields)).toEqual([400, field, 'invalid_field']);
  });

  it('has a handle of its own: of many who want the same at once, one gets it', async () => {
    const wanting = Array.from({ length: 8 }, () => town.somebody());
    const answers = await Promise.all(wanting.map((each) => change(each, { handle: 'the_one' })));
    const refused = answers.filter((answer) => Array.isArray(answer));
    expect(refused).toEqual(Array.from({ length: 7 }, () => [400, 'handle', 'handle_taken']));
    expect(await change(town.somebody(), { handle: 'support' })).toEqual([400, 'handle', 'handle_taken']);
    // Those who did not get it have one that was made up, and nothing else of what they sent.
    expect((await town.visitor.get('/api/profiles/the_one')).body.name).toBe('Ada');
  });

  it('keeps its handle for 30 days, and nobody else ever gets a former one', async () => {
    const [ada, eve] = [town.somebody(), town.somebody()];
    await change(ada, { handle: 'ada_first' });
    expect(await change(ada, { handle: 'ada_second' })).toEqual([400, 'handle', 'handle_changed_lately']);
    ahead = 30 * DAY;
    expect(await change(ada, { handle: 'ada_second' })).toMatchObject({ handle: 'ada_second' });
    await town.visitor.get('/api/profiles/ada_first').expect(404);
    expect(await change(eve, { handle: 'ada_first' })).toEqual([400, 'handle', 'handle_taken']);
    ahead = 60 * DAY;
    expect(await change(ada, { handle: 'ada_first' })).toMatchObject({ handle: 'ada_first' });
    ahead = 0;
  });

  it('is changed by many requests at once, and one of them is what stands', async () => {
    const ada = await town.neighbour();
    const cities = ['Berlin', 'London', 'Lisbon', 'Tallinn'];
    const answers = await Promise.all(
      cities.map((city) => ada.put('/api/profiles/me', { name: city, city })),
    );
    for (const { status } of answers) expect([200, 503]).toContain(status);
    const { body } = await ada.get('/api/profiles/me').expect(200);
    expect(body.name).toBe(body.city);
    expect(cities).toContain(body.city);
  });

  it('chooses its handle once, though somebody asks for two at once', async () => {
    const ada = town.somebody();
    await ada.writes();
    const wanted = ['ada_one', 'ada_two', 'ada_three'];
    const answers = await Promise.all(wanted.map((handle) => change(ada, { handle })));
    expect(answers.filter((answer) => !Array.isArray(answer))).toHaveLength(1);
    const stored = await town.deps.mongo.collection('profiles').findOne({ _id: ada.id as never });
    expect(stored?.handles).toHaveLength(2);
  });

  it('gives names for many ids at once, of those who have one', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    const nobody = town.somebody();
    const named = await town.visitor.reads<object>(
      `/api/profiles?userIds=${ada.id},${nobody.id},${bob.id.toUpperCase()},${ada.id}`,
    );
    expect(named).toHaveLength(2);
    expect(named).toEqual(
      expect.arrayContaining([ada, bob].map(({ id, handle }) => ({ userId: id, handle, name: handle }))),
    );
    const many = Array.from({ length: 101 }, newId).join(',');
    for (const userIds of ['', 'me', `${ada.id},`, many]) {
      const { status, body } = await town.visitor.get(`/api/profiles?userIds=${userIds}`);
      expect([status, body.errors[0].field]).toEqual([400, 'userIds']);
    }
    await town.visitor.get('/api/profiles').expect(400);
    const full = Array.from({ length: 100 }, newId).join(',');
    expect(await town.visitor.reads(`/api/profiles?userIds=${full}`)).toEqual([]);
  });
});

describe('a block', () => {
  it('hides both from each other, and from nobody else', async () => {
    const [ada, bob, eve] = [await town.neighbour(), await town.neighbour(), await town.neighbour()];
    const post = await ada.writes('of Ada');
    const his = await bob.writes('of Bob');
    const comment = await bob.comments(post.id, 'by Bob');
    await bob.likes(post);
    await eve.likes(comment);
    await bob.follows(ada.handle);
    await ada.follows(bob.handle);
    await ada.blocks(bob.handle);
    await ada.blocks(bob.handle);

    for (const [who, whom, theirs] of [
      [ada, bob, his],
      [bob, ada, post],
    ] as const) {
      await who.get(`/api/profiles/${whom.handle}`).expect(404);
      await who.put(`/api/profiles/${whom.handle}/follow`).expect(404);
      await who.get(`/api/posts/${theirs.id}`).expect(404);
      await who.get(`/api/posts/${theirs.id}/comments`).expect(404);
      await who.put(`/api/posts/${theirs.id}/like`).expect(404);
      await who.post(`/api/posts/${theirs.id}/comments`, { text: 'Hello?' }).expect(404);
      await who.post('/api/reports', { postId: theirs.id, reason: 'spam' }).expect(404);
      expect(await who.reads(`/api/posts?author=${whom.id}`)).toEqual([]);
      expect(texts(await who.reads('/api/posts?limit=3'))).not.toContain(theirs.text);
      expect(await who.reads('/api/posts?feed=following')).toEqual([]);
      expect(await who.reads(`/api/profiles?userIds=${whom.id}`)).toEqual([]);
    }
    await ada.put(`/api/comments/${comment.id}/like`).expect(404);
    await ada.delete(`/api/comments/${comment.id}`).expect(404);

    // Counts are what each of them can see.
    expect(await ada.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 0, comments: 0 });
    expect(await ada.reads(`/api/posts/${post.id}/comments`)).toEqual([]);
    expect((await ada.put(`/api/posts/${post.id}/like`)).body).toEqual({ likes: 1, likedByMe: true });
    for (const other of [eve, town.visitor]) {
      expect(await other.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 2, comments: 1 });
      expect(texts(await other.reads(`/api/posts/${post.id}/comments`))).toEqual(['by Bob']);
    }

    // What was hidden is there again; whom they followed is not.
    expect(await ada.reads<object>('/api/profiles/me/blocked')).toMatchObject([{ handle: bob.handle }]);
    await ada.delete(`/api/profiles/${bob.handle}/block`).expect(200, { blockedByMe: false });
    expect(await ada.reads('/api/profiles/me/blocked')).toEqual([]);
    expect(await ada.sees(`/api/posts/${post.id}`)).toMatchObject({ likes: 2, comments: 1 });
    expect((await bob.get(`/api/profiles/${ada.handle}`).expect(200)).body).toMatchObject({
      followedByMe: false,
    });
  });

  it('can be answered by one who is blocked, and holds until both have taken it back', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    await ada.blocks(bob.handle);
    await bob.blocks(ada.handle);
    await ada.delete(`/api/profiles/${bob.handle}/block`).expect(200);
    await ada.get(`/api/profiles/${bob.handle}`).expect(404);
    await bob.delete(`/api/profiles/${ada.handle}/block`).expect(200);
    await ada.get(`/api/profiles/${bob.handle}`).expect(200);
  });

  it('is of others, of a thousand at most, and those lists have pages', async () => {
    const ada = await town.neighbour();
    for (const tie of ['block', 'follow']) {
      const own = await ada.put(`/api/profiles/${ada.handle}/${tie}`);
      expect([own.status, own.body.errors[0].code]).toEqual([400, 'own_profile']);
      await ada.put(`/api/profiles/nobody_here/${tie}`).expect(404);
    }
    const others = [await town.neighbour(), await town.neighbour(), await town.neighbour()];
    for (const [n, { handle }] of others.entries()) await (n < 2 ? ada.follows(handle) : ada.blocks(handle));
    const full = Array.from({ length: 999 }, () => ({ who: ada.id, whom: newId(), at: new Date() }));
    for (const collection of ['follows', 'blocks']) {
      const ties = town.deps.mongo.collection(collection);
      const there = await ties.countDocuments({ who: ada.id });
      await ties.insertMany(full.slice(0, 1_000 - there).map((tie) => ({ ...tie })));
    }
    const last = await town.neighbour();
    for (const [tie, code] of [
      ['follow', 'too_many_follows'],
      ['block', 'too_many_blocks'],
    ]) {
      const { status, body } = await ada.put(`/api/profiles/${last.handle}/${tie}`);
      expect([status, body.errors[0].code]).toEqual([400, code]);
    }
    // What stands already is not one more.
    await ada.follows(others[0]?.handle ?? '');
    const following = await everyPage<{ handle: string }>(ada, '/api/profiles/me/following?limit=100');
    expect(following.map(({ handle }) => handle)).toEqual([others[1]?.handle, others[0]?.handle]);
  });
});
