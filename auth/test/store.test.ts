import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, serviceMetrics } from '@ticketing/common/service';
import { connectMongo } from '@ticketing/common/store';
import {
  eventually,
  explainQueries,
  newId,
  type TestDatabase,
  testDatabase,
  testDatabaseUrl,
} from '@ticketing/common/testing';
import type { Connection } from 'mongoose';
import request from 'supertest';
import { auth } from '../src/app.ts';
import { passwordHasher } from '../src/passwords/password-hasher.ts';
import { openSessionStore } from '../src/store/sessions.ts';
import { openUserStore } from '../src/store/users.ts';
import { cableTo } from './cable.ts';
import {
  DAY,
  type FrontDesk,
  GOOD_PASSWORD,
  HOUR,
  movableClock,
  openFrontDesk,
  quickHasher,
  settings,
} from './front-desk.ts';

/** Everything a visitor can do, told by who carries it out. */
const everything = async (desk: FrontDesk, advance: (seconds: number) => void) => {
  const visitor = desk.visitor();
  await visitor.signUp('ada@example.com');
  await visitor.signUp('ada@example.com');
  await visitor.signIn('ada@example.com');
  await visitor.signIn('nobody@example.com');
  await visitor.currentUser();
  advance(HOUR);
  await visitor.currentUser();
  await visitor.signOut();
};

describe('the store', () => {
  const clock = movableClock();
  const databaseUrl = testDatabaseUrl();
  let desk: FrontDesk;
  beforeAll(async () => {
    desk = await openFrontDesk({ clock, databaseUrl });
    // So many that a scan would be seen.
    await Promise.all(Array.from({ length: 20 }, (_, n) => desk.visitor().signUp(`guest-${n}@example.com`)));
  });
  afterAll(() => desk.end());

  it('finds everything by an index, and looks at no document that it does not answer', async () => {
    const dearer = await openFrontDesk({
      clock,
      databaseUrl,
      keys: desk.keys,
      passwords: passwordHasher({ costs: { ln: 8, r: 8, p: 1 } }),
    });
    const plans = await explainQueries(desk.mongo, async () => {
      await everything(desk, clock.advance);
      // Also what is done once the costs have been raised.
      await dearer.visitor().signIn('ada@example.com');
    });
    await dearer.service.stop();
    const seen = new Set(plans.map(({ collection, command }) => `${Object.keys(command)[0]} ${collection}`));
    for (const query of ['find users', 'q users', 'find sessions', 'q sessions'])
      expect(seen).toContain(query);
    for (const plan of plans) {
      expect(plan.summary).toMatch(/^(IDHACK|IXSCAN)/);
      expect(plan.docsExamined).toBeLessThanOrEqual(1);
      expect(plan.sorted).toBe(false);
    }
  });

  it('lets Mongo remove sessions that nobody has used for 30 days', async () => {
    const indexes = await desk.mongo.collection('sessions').indexes();
    expect(indexes).toContainEqual(
      expect.objectContaining({ key: { lastUsedAt: 1 }, expireAfterSeconds: 30 * DAY }),
    );
  });

  it('keeps one account an email by a unique index', async () => {
    const indexes = await desk.mongo.collection('users').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { email: 1 }, unique: true }));
  });
});

describe('writes that meet', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.end());

  it('never put the hash of an old password over that of a new one', async () => {
    const users = openUserStore(database);
    const user = { id: newId(), email: 'ada@example.com', passwordHash: 'old', createdAt: new Date() };
    await users.insert(user);
    await users.replaceHash(user, 'changed by its owner');
    await users.replaceHash(user, 'old, but with higher costs');
    expect(await users.find(user.id)).toEqual({ ...user, passwordHash: 'changed by its owner' });
  });

  it('never make a session older than it is', async () => {
    const sessions = openSessionStore(database);
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 12, minute));
    const { sid } = await sessions.begin(newId(), at(0));
    expect(await sessions.renew(sid, at(50))).toBe(true);
    expect(await sessions.renew(sid, at(40))).toBe(true);
    expect((await sessions.find(sid))?.lastUsedAt).toEqual(at(50));
  });

  it('never bring a session back that has been idle for too long, though Mongo has not removed it yet', async () => {
    const sessions = openSessionStore(database);
    const now = new Date();
    const { sid } = await sessions.begin(newId(), new Date(now.getTime() - 30 * DAY * 1000));
    expect(await sessions.renew(sid, now)).toBe(false);
  });

  it('never bring a session back that was ended', async () => {
    const sessions = openSessionStore(database);
    const now = new Date();
    const { sid } = await sessions.begin(newId(), now);
    await sessions.end(sid);
    expect(await sessions.renew(sid, now)).toBe(false);
    expect(await sessions.find(sid)).toBeUndefined();
  });
});

describe('every write', () => {
  let mongo: Connection;
  afterAll(async () => {
    await mongo.dropDatabase();
    await mongo.close();
  });

  it('is in the journal of a majority before anything is answered', async () => {
    mongo = await connectMongo(testDatabaseUrl(), 'requests', { monitorCommands: true });
    const clock = movableClock();
    const deps = { mongo, clock, logger: createLogger('auth', 'silent'), metrics: serviceMetrics('auth') };
    const { app } = auth(deps, settings(), quickHasher());
    for (const model of Object.values(mongo.models)) await model.createIndexes();
    if (app === undefined) throw new Error('auth has no app');

    const writes: { what: string; concern: unknown }[] = [];
    mongo.getClient().on('commandStarted', ({ commandName, command }) => {
      if (!['insert', 'update', 'delete', 'findAndModify'].includes(commandName)) return;
      writes.push({ what: `${commandName} ${command[commandName]}`, concern: command.writeConcern });
    });
    const agent = request.agent(app);
    const credentials = { email: 'ada@example.com', password: GOOD_PASSWORD };
    await agent.post('/api/users/signup').send(credentials).expect(201);
    await agent.post('/api/users/signin').send(credentials).expect(200);
    clock.advance(HOUR);
    await agent.get('/api/users/currentuser').expect(200);
    await agent.post('/api/users/signout').expect(200);
    const dearer = auth(deps, settings(), passwordHasher({ costs: { ln: 8, r: 8, p: 1 } }));
    await request(dearer.app ?? app)
      .post('/api/users/signin')
      .send(credentials)
      .expect(200);

    expect(new Set(writes.map(({ what }) => what))).toEqual(
      new Set(['insert users', 'insert sessions', 'delete sessions', 'update sessions', 'update users']),
    );
    for (const { concern } of writes) expect(concern).toMatchObject({ w: 'majority', j: true });
  });
});

describe('while the database is away', () => {
  it('every route says when to come back, no cookie is touched, and all goes on when it is there again', async () => {
    const cable = await cableTo(new URL(testDatabaseUrl()));
    const desk = await openFrontDesk({ databaseUrl: cable.url });
    const visitor = desk.visitor();
    await visitor.signUp('ada@example.com');

    await cable.unplug();
    const answers = await Promise.all([
      visitor.signUp('grace@example.com'),
      visitor.signIn('ada@example.com'),
      visitor.currentUser(),
      visitor.signOut(),
    ]);
    for (const { status, headers, body, cookie } of answers) {
      expect(status).toBe(503);
      expect(body.errors[0].code).toBe('unavailable');
      expect(headers.get('retry-after')).toBe('1');
      expect(cookie).toBeUndefined();
    }

    await cable.plugIn();
    await eventually(async () => {
      expect((await visitor.currentUser()).body.currentUser).toMatchObject({ email: 'ada@example.com' });
    });
    await desk.end();
    await cable.unplug();
  });
});
