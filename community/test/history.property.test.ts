/**
 * Random histories of a few people and an operator, against a plain model that knows nothing of marks, indexes or counts
 * that are kept: whatever happened, everybody sees what the model says, in every list, feed and count.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hideThing, restoreThing } from '../src/use-cases/moderate.ts';
import { everyPage, openTown, type Person, type Town } from './town.ts';

const PEOPLE = 4;
const RUNS = 8;
const TEST_MS = 120_000;

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.end());

interface Written {
  readonly id: string;
  readonly by: Person;
  /** Of a comment: the post that it is beneath. */
  readonly of?: Written;
  text: string;
  gone: boolean;
  hidden: boolean;
  readonly likedBy: Set<Person>;
}

/** What there is, in the plainest form. */
class Model {
  readonly people: readonly Person[];
  readonly written: Written[] = [];
  readonly follows = new Set<string>();
  readonly blocks = new Set<string>();
  readonly hidden = new Set<Person>();

  constructor(people: readonly Person[]) {
    this.people = people;
  }

  apart(one: Person | undefined, other: Person): boolean {
    if (one === undefined) return false;
    return this.blocks.has(`${one.id} ${other.id}`) || this.blocks.has(`${other.id} ${one.id}`);
  }

  /** Whether this person's doings are there for a viewer. */
  there(by: Person, viewer: Person | undefined): boolean {
    return !this.hidden.has(by) && !this.apart(viewer, by);
  }

  sees(viewer: Person | undefined, { by, of, gone, hidden }: Written): boolean {
    const itself = !gone && !hidden && this.there(by, viewer);
    return itself && (of === undefined || this.sees(viewer, of));
  }

  beneath(post: Written | undefined, viewer: Person | undefined): Written[] {
    return this.written.filter((each) => each.of === post && this.sees(viewer, each));
  }

  /** As the API tells it. */
  answer(viewer: Person | undefined, each: Written): object {
    return {
      ...{ id: each.id, text: each.text, by: each.by.id },
      likes: [...each.likedBy].filter((by) => this.there(by, viewer)).length,
      likedByMe: viewer !== undefined && each.likedBy.has(viewer) && !this.hidden.has(viewer),
      ...(each.of === undefined ? { comments: this.beneath(each, viewer).length } : {}),
    };
  }
}

type Step = (model: Model) => Promise<void>;
const nth = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];

/** Somebody does something to what somebody wrote; the answer must be what the model says. */
const doing =
  (who: number, what: number, act: (model: Model, me: Person, thing: Written) => Promise<void>): Step =>
  async (model) => {
    const me = nth(model.people, who);
    const thing = nth(model.written, what);
    if (me !== undefined && thing !== undefined) await act(model, me, thing);
  };

const pathOf = ({ id, of }: Written): string => `/api/${of === undefined ? 'posts' : 'comments'}/${id}`;

const writing =
  (who: number, text: string): Step =>
  async (model) => {
    const by = nth(model.people, who);
    if (by === undefined) return;
    const { status, body } = await by.post('/api/posts', { text });
    expect(status).toBe(model.hidden.has(by) ? 400 : 201);
    if (status === 201)
      model.written.push({ id: body.id, by, text, gone: false, hidden: false, likedBy: new Set() });
  };

const commenting = (who: number, what: number, text: string): Step =>
  doing(who, what, async (model, by, thing) => {
    const of = thing.of ?? thing;
    const { status, body } = await by.post(`/api/posts/${of.id}/comments`, { text });
    expect(status).toBe(model.hidden.has(by) ? 400 : model.sees(by, of) ? 201 : 404);
    if (status === 201)
      model.written.push({ id: body.id, by, of, text, gone: false, hidden: false, likedBy: new Set() });
  });

const liking = (who: number, what: number, likes: boolean): Step =>
  doing(who, what, async (model, me, thing) => {
    const path = `${pathOf(thing)}/like`;
    const { status, body } = await (likes ? me.put(path) : me.delete(path));
    expect(status).toBe(model.hidden.has(me) ? 400 : model.sees(me, thing) ? 200 : 404);
    if (status !== 200) return;
    if (likes) thing.likedBy.add(me);
    else thing.likedBy.delete(me);
    expect(body).toEqual({
      likes: [...thing.likedBy].filter((by) => model.there(by, me)).length,
      likedByMe: likes,
    });
  });

const deleting = (who: number, what: number): Step =>
  doing(who, what, async (model, me, thing) => {
    const { status } = await me.delete(pathOf(thing));
    const may = thing.by === me || thing.of?.by === me;
    expect(status).toBe(model.sees(me, thing) ? (may ? 204 : 401) : 404);
    if (status === 204) thing.gone = true;
  });

const editing = (who: number, what: number, text: string): Step =>
  doing(who, what, async (model, me, thing) => {
    if (thing.of !== undefined) return;
    const { status } = await me.put(pathOf(thing), { text });
    const may = model.hidden.has(me) ? 400 : model.sees(me, thing) ? (thing.by === me ? 200 : 401) : 404;
    expect(status).toBe(may);
    if (status === 200) thing.text = text;
  });

const tying =
  (who: number, whom: number, tie: 'follow' | 'block', on: boolean): Step =>
  async (model) => {
    const [me, other] = [nth(model.people, who), nth(model.people, whom)];
    if (me === undefined || other === undefined || me === other) return;
    const path = `/api/profiles/${other.handle}/${tie}`;
    const { status } = await (on ? me.put(path) : me.delete(path));
    const ties = tie === 'follow' ? model.follows : model.blocks;
    const found = tie === 'follow' ? model.there(other, me) : !on || !model.hidden.has(other);
    const barred = tie === 'follow' && on && model.hidden.has(me);
    expect(status).toBe(barred ? 400 : found ? 200 : 404);
    if (status !== 200) return;
    if (on) ties.add(`${me.id} ${other.id}`);
    else ties.delete(`${me.id} ${other.id}`);
    if (tie === 'block' && on) {
      model.follows.delete(`${me.id} ${other.id}`);
      model.follows.delete(`${other.id} ${me.id}`);
    }
  };

/** What an operator's command does. */
const moderating =
  (what: number, hides: boolean): Step =>
  async (model) => {
    const thing = nth(model.written, what);
    if (thing === undefined || thing.gone) return;
    const kind = thing.of === undefined ? 'post' : 'comment';
    const decide = hides ? hideThing : restoreThing;
    await decide(town.operators)({ kind, id: thing.id, operator: 'ops', why: 'a test' });
    thing.hidden = hides;
  };

const moderatingPerson =
  (whom: number, hides: boolean): Step =>
  async (model) => {
    const person = nth(model.people, whom);
    if (person === undefined) return;
    const decide = hides ? hideThing : restoreThing;
    await decide(town.operators)({ kind: 'profile', id: person.id, operator: 'ops', why: 'a test' });
    if (hides) model.hidden.add(person);
    else model.hidden.delete(person);
  };

const someone = fc.nat({ max: PEOPLE - 1 });
const something = fc.nat({ max: 11 });
const words = fc.constantFrom('Row one.', 'Who goes?', 'It was loud.', '你好', 'مرحبا');
/** More is done than taken back. */
const mostly = fc.oneof(
  { weight: 3, arbitrary: fc.constant(true) },
  { weight: 2, arbitrary: fc.constant(false) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(someone, words).map(([who, text]) => writing(who, text)) },
  {
    weight: 4,
    arbitrary: fc.tuple(someone, something, words).map(([who, what, text]) => commenting(who, what, text)),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(someone, something, mostly).map(([who, what, on]) => liking(who, what, on)),
  },
  { weight: 1, arbitrary: fc.tuple(someone, something).map(([who, what]) => deleting(who, what)) },
  {
    weight: 1,
    arbitrary: fc.tuple(someone, something, words).map(([who, what, text]) => editing(who, what, text)),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(someone, someone, fc.constantFrom('follow', 'block'), mostly)
      .map(([who, whom, tie, on]) => tying(who, whom, tie, on)),
  },
  { weight: 2, arbitrary: fc.tuple(something, mostly).map(([what, hides]) => moderating(what, hides)) },
  { weight: 2, arbitrary: fc.tuple(someone, mostly).map(([whom, hides]) => moderatingPerson(whom, hides)) },
);

interface Told {
  readonly id: string;
  readonly text: string;
  readonly author: { readonly userId: string };
  readonly likes: number;
  readonly likedByMe: boolean;
  readonly comments?: number;
}

const plain = ({ id, text, author, likes, likedByMe, comments }: Told): object => ({
  ...{ id, text, by: author.userId, likes, likedByMe },
  ...(comments === undefined ? {} : { comments }),
});

/** Everything that somebody can look at, and what the model says of it. */
const compare = async (model: Model, viewer: Person | undefined): Promise<void> => {
  const at = viewer ?? town.visitor;
  const look = async (path: string) => (await everyPage<Told>(at, `${path}limit=3`)).map(plain);
  const says = (posts: readonly Written[]) => posts.map((post) => model.answer(viewer, post));
  const visible = model.beneath(undefined, viewer).reverse();

  for (const person of model.people) {
    const posts = visible.filter(({ by }) => by === person);
    expect(await look(`/api/posts?author=${person.id}&`)).toEqual(says(posts));
    const isThere = viewer === person ? !model.hidden.has(person) : model.there(person, viewer);
    expect((await at.get(`/api/profiles/${person.handle}`)).status).toBe(isThere ? 200 : 404);
  }
  const ours = new Set(model.written.map(({ id }) => id));
  const everybody = await at.reads<Told>('/api/posts?limit=100');
  expect(everybody.filter(({ id }) => ours.has(id)).map(plain)).toEqual(says(visible));
  if (viewer !== undefined) {
    const followed = visible.filter(({ by }) => model.follows.has(`${viewer.id} ${by.id}`));
    expect(await look('/api/posts?feed=following&')).toEqual(says(followed));
  }
  for (const post of model.written.filter(({ of }) => of === undefined)) {
    const path = `/api/posts/${post.id}`;
    if (!model.sees(viewer, post)) {
      await at.get(path).expect(404);
      await at.get(`${path}/comments`).expect(404);
      continue;
    }
    expect(plain((await at.sees(path)) as Told)).toEqual(model.answer(viewer, post));
    expect(await look(`${path}/comments?`)).toEqual(says(model.beneath(post, viewer)));
  }
};

it(
  'whatever people and operators do, everybody sees what a plain model says',
  () => {
    const history = fc.array(step, { minLength: 5, maxLength: 40 });
    return fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const model = new Model(await Promise.all(Array.from({ length: PEOPLE }, () => town.neighbour())));
        for (const each of steps) await each(model);
        for (const viewer of [undefined, ...model.people]) await compare(model, viewer);
        // Nothing is left over, and what is kept beside a post is what its documents say.
        const { mongo } = town.deps;
        for (const { id } of model.written) {
          const of = { of: id, shown: true };
          const likes = await mongo.collection('likes').countDocuments(of);
          const [kept] = [
            await town.operators.posts.model.findById(id).lean(),
            await town.operators.comments.model.findById(id).lean(),
          ].filter((each) => each !== null);
          expect(kept?.likes.count).toBe(likes);
        }
      }),
      { numRuns: RUNS },
    );
  },
  TEST_MS,
);
