import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Schema } from 'mongoose';
import { orderCreated, parseEvent, paymentAuthorized, ticketCreated } from '../../src/events/index.ts';
import { sessionVerifier } from '../../src/http/index.ts';
import {
  anOrderState,
  aPaymentState,
  aTicketState,
  eventOf,
  eventually,
  everyOrder,
  explainQueries,
  newId,
  type QueryPlan,
  type TestDatabase,
  testDatabase,
  testSessions,
} from '../../src/testing/index.ts';

describe('every order', () => {
  it('of things is each of their permutations once', () => {
    expect(everyOrder([])).toEqual([[]]);
    expect(everyOrder(['a'])).toEqual([['a']]);
    expect(everyOrder([1, 2, 3])).toEqual([
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1],
    ]);
    const five = everyOrder([1, 2, 3, 4, 5]);
    expect(new Set(five.map(String)).size).toBe(120);
  });

  it('keeps things that are equal apart', () => {
    expect(everyOrder(['a', 'a']).length).toBe(2);
  });
});

describe('eventually', () => {
  it('gives what the first success gave', async () => {
    let tries = 0;
    const result = await eventually(async () => {
      tries += 1;
      if (tries < 4) throw new Error('not yet');
      return tries;
    });
    expect(result).toBe(4);
  });

  it('throws what the last try threw when the time is over', async () => {
    let tries = 0;
    const never = eventually(() => {
      tries += 1;
      throw new Error(`try ${tries}`);
    }, 50);
    await expect(never).rejects.toThrow(/^try \d+$/);
    await expect(never).rejects.toThrow(`try ${tries}`);
    expect(tries).toBeGreaterThan(1);
  });
});

describe('a state for a test', () => {
  it('is one that a consumer would let in, and new each time', () => {
    for (const [eventType, build] of [
      [ticketCreated, aTicketState],
      [orderCreated, anOrderState],
      [paymentAuthorized, aPaymentState],
    ] as const) {
      const [one, other] = [build(), build()];
      expect(one.id).not.toBe(other.id);
      // biome-ignore lint/suspicious/noExplicitAny: three pairs of types in one list
      const event = eventOf(eventType as any, one as any);
      // biome-ignore lint/suspicious/noExplicitAny: see above
      expect(parseEvent(eventType as any, JSON.parse(JSON.stringify(event)))).toEqual(event);
    }
    expect(aTicketState({ version: 3, title: 'Row 1' })).toMatchObject({ version: 3, title: 'Row 1' });
  });
});

describe('a session for a test', () => {
  it('is one that a service would let in, until it runs out, with its own key only', () => {
    const sessions = testSessions();
    const user = sessions.user({ email: 'ann@example.com' });
    const verifier = sessionVerifier(sessions.jwks);
    expect(verifier.verify(sessions.token(user))).toMatchObject(user);
    expect(verifier.verify(sessions.token(user, -1))).toBeUndefined();
    expect(sessionVerifier(testSessions().jwks).verify(sessions.token(user))).toBeUndefined();
    expect(sessions.user().id).not.toBe(user.id);
  });
});

describe('an explanation of queries', () => {
  let database: TestDatabase;
  const schema = new Schema(
    { seller: String, price: Number, tags: [String] },
    { versionKey: false, autoIndex: false, autoCreate: false },
  );
  schema.index({ seller: 1, price: 1 });

  beforeAll(async () => {
    database = await testDatabase();
    database.mongo.model('things', schema, 'things');
    await database.buildIndexes();
    const things = Array.from({ length: 200 }, (_, n) => ({
      seller: `s${n % 20}`,
      price: n,
      tags: [`t${n}`],
    }));
    await database.mongo.collection('things').insertMany(things);
  });

  afterAll(async () => {
    await database.end();
  });

  const explain = async (work: () => Promise<unknown>): Promise<QueryPlan> => {
    const plans = await explainQueries(database.mongo, work);
    expect(plans.length).toBe(1);
    const [plan] = plans;
    if (plan === undefined) throw new Error('no plan');
    expect(plan.collection).toBe('things');
    return plan;
  };
  const things = () => database.mongo.model('things');

  it.each([
    ['a find', () => things().find({ price: 7 })],
    ['a find with a limit', () => things().findOne({ tags: 't150' })],
    ['a count', () => things().countDocuments({ price: 7 })],
    ['an update', () => things().updateOne({ price: 7 }, { $set: { price: 7.5 } })],
    ['an update of many', () => things().updateMany({ tags: 't3' }, { $set: { price: 3 } })],
    ['a find and update', () => things().findOneAndUpdate({ tags: 't8' }, { $inc: { price: 1 } })],
    ['a removal', () => things().deleteOne({ tags: 'none' })],
    ['an aggregation', () => things().aggregate([{ $match: { price: 9 } }, { $project: { price: 1 } }])],
    ['a grouping', () => things().aggregate([{ $group: { _id: '$seller', n: { $sum: 1 } } }])],
    ['a list of values', () => things().distinct('tags', { price: { $gt: 3 } })],
    ['an upsert', () => things().replaceOne({ price: -1 }, { price: -1, seller: 'x' }, { upsert: true })],
  ])('shows that %s reads the whole collection where no index serves', async (_what, query) => {
    const plan = await explain(() => Promise.resolve(query()));
    expect(plan.summary).toContain('COLLSCAN');
    if (plan.stages.length > 0) expect(plan.stages).toContain('COLLSCAN');
    expect(plan.docsExamined).toBeGreaterThan(0);
  });

  it('shows the index that serves, and how much was looked at', async () => {
    const found = await explain(() => things().find({ seller: 's3' }).sort({ price: -1 }).limit(5).lean());
    expect(found).toMatchObject({
      summary: 'IXSCAN { seller: 1, price: 1 }',
      sorted: false,
      docsExamined: 5,
      keysExamined: 5,
      returned: 5,
    });
    expect(found.stages).toEqual(expect.arrayContaining(['LIMIT', 'FETCH', 'IXSCAN']));
    expect((await explain(() => things().findById(newId()))).summary).toBe('IDHACK');
  });

  it('shows a sort in memory, also of what an index found', async () => {
    const plan = await explain(() => things().find({ seller: 's3' }).sort({ tags: 1 }).lean());
    expect(plan).toMatchObject({ summary: 'IXSCAN { seller: 1, price: 1 }', sorted: true });
    expect(plan.stages).toContain('SORT');
  });

  it('shows each of many queries, and forgets those of the time before', async () => {
    const plans = await explainQueries(database.mongo, async () => {
      // Together larger than the profile that mongod makes by itself.
      const long = 'x'.repeat(3_000);
      for (let count = 0; count < 600; count += 1) {
        await things().findOne({ seller: { $in: [`s${count}`, long] } });
      }
    });
    expect(plans.length).toBe(600);
    await expect(
      explainQueries(database.mongo, () => Promise.reject(new Error('not today'))),
    ).rejects.toThrow('not today');
    expect((await explain(() => things().findById(newId()))).summary).toBe('IDHACK');
  });

  it('shows nothing of what other tests do in their databases', async () => {
    const other = await testDatabase();
    const plans = await explainQueries(database.mongo, async () => {
      await other.mongo.collection('things').findOne({});
    }).finally(() => other.end());
    expect(plans).toEqual([]);
  });
});
